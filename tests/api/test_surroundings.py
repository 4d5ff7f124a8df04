"""The proxy and certificates a computer names, by its environment and its desktop."""

import os
import sys
import time
from pathlib import Path

import pytest

from app.api import limits, surroundings
from app.chat.network import SYSTEM_PROXY, Network, Origin

SECRET = "sEcReT"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks GNOME's settings")


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave no program that could tell of this computer's own proxy, and no certificates."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def desktop(folder: Path, script: str) -> None:
    """Install a `gsettings` that runs a script."""
    program = folder / "bin" / "gsettings"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def saying(**settings: str) -> str:
    """Return a script that says GNOME's settings, with these in place of the usual ones."""
    said = {
        "mode": "'manual'",
        "ignore_hosts": "['localhost', '127.0.0.0/8', '::1']",
        "https_host": "''",
        "https_port": "0",
        "socks_host": "''",
        "socks_port": "0",
    } | settings
    lines = [
        "org.gnome.system.proxy use-same-proxy true",
        f"org.gnome.system.proxy mode {said['mode']}",
        f"org.gnome.system.proxy ignore-hosts {said['ignore_hosts']}",
        f"org.gnome.system.proxy.https host {said['https_host']}",
        f"org.gnome.system.proxy.https port {said['https_port']}",
        f"org.gnome.system.proxy.socks host {said['socks_host']}",
        f"org.gnome.system.proxy.socks port {said['socks_port']}",
    ]
    return "/bin/cat <<'END'\n" + "\n".join(lines) + "\nEND"


@pytest.mark.parametrize(
    ("environ", "address", "variable"),
    [
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128", "HTTPS_PROXY"),
        ({"https_proxy": "http://small:1", "HTTPS_PROXY": "http://B:2"}, "http://small:1", ""),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "http://proxy.example:3128", "HTTPS_PROXY"),
        ({"https_proxy": "https://proxy/"}, "https://proxy:443", "https_proxy"),
        ({"ALL_PROXY": "socks5h://[::1]:9050"}, "socks5h://[::1]:9050", "ALL_PROXY"),
        ({"ALL_PROXY": "socks5://a", "https_proxy": "http://b:8"}, "http://b:8", "https_proxy"),
        ({"all_proxy": "socks5://a"}, "socks5://a:1080", "all_proxy"),
        ({"HTTP_PROXY": "http://only-for-plain:1"}, "", ""),
        ({"HTTPS_PROXY": ""}, "", ""),
        ({"NO_PROXY": "*"}, "", ""),
    ],
)
def test_the_environment_names_a_proxy(
    environ: dict[str, str], address: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    seen = surroundings.network(SYSTEM_PROXY)
    assert seen.proxy == address
    assert seen.is_usable
    if variable:
        assert (seen.origin, seen.variable) == (Origin.VARIABLE, variable)


@pytest.mark.parametrize("choice", ["", "http://own:1"])
def test_who_chooses_is_not_overruled_by_the_environment(
    choice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://other:2")
    monkeypatch.setenv("NO_PROXY", "*")
    origin = Origin.PERSON if choice else Origin.NOBODY
    assert surroundings.network(choice) == Network(choice, origin)
    assert surroundings.look(choice).leads_past("api.example", 443) == (not choice)


@pytest.mark.parametrize(
    ("listed", "past", "through"),
    [
        ("example.com", "example.com api.example.com", "badexample.com example.com.org"),
        (".example.com", "example.com a.b.example.com", "notexample.com"),
        ("*.example.com", "api.example.com", "example.org"),
        ("a.test, b.test c.test,", "a.test b.test c.test", "d.test"),
        ("*", "api.example.com 10.0.0.1", ""),
        ("EXAMPLE.com", "api.Example.COM example.com.", "x.test"),
        ("example.com:443", "example.com api.example.com", "example.org"),
        ("example.com:8443", "", "example.com"),
        ("10.0.0.0/8,192.168.1.7", "10.1.2.3 192.168.1.7", "11.1.2.3 192.168.1.8"),
        ("[fd00::1],fe80::/10", "fd00::1 fe80::5", "fd00::2"),
        ("", "", "example.com"),
        ("*.,.,:443", "", "example.com"),
    ],
)
def test_hosts_on_the_list_are_reached_without_it(
    listed: str, past: str, through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", listed)
    found = surroundings.look(SYSTEM_PROXY)
    assert [host for host in past.split() if not found.leads_past(host, 443)] == []
    assert [host for host in through.split() if found.leads_past(host, 443)] == []


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_computer_is_never_reached_through_a_proxy(host: str) -> None:
    assert surroundings.look("http://proxy:3128").leads_past(host, 443)


@pytest.mark.parametrize(
    "url",
    [
        f"http://ada:{SECRET}@proxy:3128",
        f"socks5://{SECRET}@proxy:1080",
        f"socks4://ada:{SECRET}@proxy:1080",
        f"http://ada:{SECRET}/@proxy:3128",
        f"http://ada:123/{SECRET}@proxy:3128",
        f"http://ada:12#{SECRET}@proxy:3128",
        f"http://ada:{SECRET}@proxy:99999",
        f"http://ada:{SECRET} {SECRET}@proxy:1",
        f"http://ada:{SECRET}@[::1",
    ],
)
def test_a_name_and_password_are_shown_by_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    found, seen = surroundings.look(SYSTEM_PROXY), surroundings.network(SYSTEM_PROXY)
    shown = f"{found!r} {found} {seen!r} {found.proxy!r} {found.proxy and found.proxy.address}"
    assert SECRET not in shown
    assert "ada" not in shown
    assert "123" not in shown.replace("3128", "")


@pytest.mark.parametrize(
    "url", ["socks4://p:1", "ftp://p:1", "quic://p:1", "http://", "http://p:0", "http://p q:1"]
)
def test_a_proxy_of_another_kind_is_called_unusable(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", url)
    seen = surroundings.network(SYSTEM_PROXY)
    assert not seen.is_usable
    assert seen.variable == "ALL_PROXY"


@linux_only
@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"https_host": "'proxy.lan'", "https_port": "3128"}, "http://proxy.lan:3128"),
        ({"socks_host": "'10.0.0.1'", "socks_port": "1080"}, "socks5://10.0.0.1:1080"),
        ({"https_host": "'fd00::1'", "https_port": "8080"}, "http://[fd00::1]:8080"),
        ({}, ""),
        ({"https_host": "'p'", "https_port": "1", "mode": "'none'"}, ""),
    ],
)
def test_the_desktop_names_a_proxy(settings: dict[str, str], address: str, tmp_path: Path) -> None:
    desktop(tmp_path, saying(**settings))
    seen = surroundings.network(SYSTEM_PROXY)
    assert seen.proxy == address
    assert seen.origin is (Origin.SYSTEM if address else Origin.NOBODY)


@linux_only
def test_the_environment_goes_before_the_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop(tmp_path, saying(https_host="'desktop'", https_port="1"))
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:2")
    assert surroundings.network(SYSTEM_PROXY).proxy == "http://environment:2"


@linux_only
def test_the_desktops_list_of_hosts_holds(tmp_path: Path) -> None:
    hosts = "['*.lan', '10.0.0.0/8']"
    desktop(tmp_path, saying(https_host="'proxy'", https_port="1", ignore_hosts=hosts))
    found = surroundings.look(SYSTEM_PROXY)
    assert found.leads_past("box.lan", 443)
    assert found.leads_past("10.4.5.6", 443)
    assert not found.leads_past("api.example", 443)


@linux_only
def test_an_empty_list_of_hosts_is_understood(tmp_path: Path) -> None:
    desktop(tmp_path, saying(https_host="'proxy'", https_port="1", ignore_hosts="@as []"))
    assert not surroundings.look(SYSTEM_PROXY).leads_past("api.example", 443)


@linux_only
def test_a_script_that_decides_is_told_of_and_not_asked(tmp_path: Path) -> None:
    desktop(tmp_path, saying(mode="'auto'", https_host="'proxy'", https_port="1"))
    assert surroundings.network(SYSTEM_PROXY) == Network(has_script=True)


@linux_only
@pytest.mark.parametrize("script", ["exit 1", "echo nonsense; echo 'a b c'", "exec sleep 30"])
def test_a_desktop_that_does_not_answer_has_no_proxy(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.defpath}")
    monkeypatch.setattr(limits, "PROXY_LOOK_S", 0.3)
    desktop(tmp_path, script)
    since = time.monotonic()
    assert surroundings.network(SYSTEM_PROXY) == Network()
    assert time.monotonic() - since < 5


@linux_only
def test_the_desktop_is_asked_without_keys_and_without_our_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PRIME_API_KEY": SECRET,
        "LD_LIBRARY_PATH": "/bundle",
        "LD_LIBRARY_PATH_ORIG": "/before",
        "PATH": f"{tmp_path}/bin:{os.defpath}",
    }.items():
        monkeypatch.setenv(name, value)
    desktop(tmp_path, f"env > {tmp_path}/seen")
    surroundings.look(SYSTEM_PROXY)
    seen = (tmp_path / "seen").read_text().splitlines()
    assert "LD_LIBRARY_PATH=/before" in seen
    assert not any(SECRET in line or "/bundle" in line for line in seen)


@linux_only
def test_variables_that_name_certificates_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert surroundings.network("").certificates_variable == ""
    monkeypatch.setenv("SSL_CERT_DIR", "/certificates")
    seen = surroundings.network("")
    assert (seen.certificates_variable, seen.certificates_path) == (
        "SSL_CERT_DIR",
        "/certificates",
    )
    monkeypatch.setenv("SSL_CERT_FILE", "/bundle.pem")
    assert surroundings.network("http://p:1").certificates_path == "/bundle.pem"

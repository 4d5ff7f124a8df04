"""Surroundings: the proxy and certificates this computer names, found out by ourselves.

Law: a proxy's name and password are used, and shown by nothing. What is asked
may take a moment: `look` and `leads_past` belong off the thread of the window.
"""

import ast
import os
import re
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from app.api import limits
from app.chat.network import SYSTEM_PROXY, Network, Origin

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""The kinds of proxy that can be used, and where they listen if nothing else is said."""
_HERE = re.compile(r"(.+\.)?localhost|127(\.\d{1,3}){3}|::1")
_HASHED = re.compile(r"[0-9a-fA-F]{8}\.[0-9]")
"""How OpenSSL names certificates in a folder."""
_SCHEMA = "org.gnome.system.proxy"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and where it comes from."""

    url: str = field(repr=False)
    """With the name and password, if there are any."""
    origin: Origin
    variable: str = ""
    past: tuple[str, ...] = ()
    """Hosts to which it does not lead."""

    @property
    def is_usable(self) -> bool:
        """Whether it is of a kind we can use."""
        parts = _parts(self.url)
        return parts is not None and parts[0] in PORTS

    @property
    def address(self) -> str:
        """What may be shown of it: `scheme://host:port`."""
        parts = _parts(self.url)
        if parts is None:
            return ""
        scheme, host, port = parts
        return f"{scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found."""

    proxy: Proxy | None
    has_script: bool = False

    def leads_past(self, host: str, port: int) -> bool:
        """Return whether a host is reached without the proxy; may ask the name service."""
        proxy = self.proxy
        if proxy is None or _HERE.fullmatch(host):
            return True
        if any(_names(entry, host, port) for entry in proxy.past):
            return True
        # Imported when it is needed, which is after the start: it brings half of http and email.
        from urllib.request import proxy_bypass

        # The list of Windows and macOS is known to the standard library only.
        is_listed = proxy.origin is Origin.SYSTEM and not proxy.past
        return is_listed and bool(proxy_bypass(host))


def look(way_out: str) -> Surroundings:
    """Find the proxy for `https`: an address, none, or with `SYSTEM_PROXY` the system's."""
    if way_out != SYSTEM_PROXY:
        return Surroundings(Proxy(way_out, Origin.PERSON) if way_out else None)
    from urllib.request import getproxies

    named = getproxies()
    for kind in ("https", "all"):
        if named.get(kind):
            variable = _variable(kind)
            past = tuple(re.split(r"[\s,]+", named.get("no", ""))) if variable else ()
            origin = Origin.VARIABLE if variable else Origin.SYSTEM
            return Surroundings(Proxy(_with_scheme(named[kind]), origin, variable, past))
    if os.name == "posix" and sys.platform != "darwin":
        return _desktop()
    return Surroundings(None)


def network(way_out: str) -> Network:
    """Return what the window may show; may take a moment, as `look` does."""
    found = look(way_out)
    proxy, certificates = found.proxy, certificates_named()
    variable, path = certificates[0] if certificates else ("", "")
    try:
        check_certificates()
    except OSError:
        has_certificates = False
    else:
        has_certificates = True
    known = Network(
        has_script=proxy is None and found.has_script,
        certificates_variable=variable,
        certificates_path=path,
        has_certificates=has_certificates,
    )
    if proxy is None:
        return known
    return replace(
        known,
        proxy=proxy.address,
        origin=proxy.origin,
        variable=proxy.variable,
        is_usable=proxy.is_usable,
    )


def certificates_named() -> list[tuple[str, str]]:
    """Return the variables that name certificates to trust, with their paths."""
    if sys.platform in ("win32", "darwin"):
        return []  # There the system checks certificates itself, and asks no variable.
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    return [(name, os.environ[name]) for name in names if os.environ.get(name)]


def check_certificates() -> None:
    """Look whether there is anything to trust in what the environment names.

    Raises:
        OSError: what `SSL_CERT_FILE` or `SSL_CERT_DIR` name holds no certificates.
    """
    for name, path in certificates_named():
        # OpenSSL would pass over them in silence, and then trust nobody.
        if name == "SSL_CERT_FILE":
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        elif not any(_HASHED.fullmatch(n) for f in path.split(os.pathsep) for n in _listed(f)):
            raise FileNotFoundError


def _listed(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def _parts(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port; None for what can be no address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if not host or port == 0 or not url.isprintable() or any(c.isspace() for c in url):
        return None
    if "@" in parts.path + parts.query + parts.fragment:
        return None  # What looks like a host and port is a name and half a password.
    return parts.scheme, host, port or PORTS.get(parts.scheme, 0)


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"http://{address}"


def _variable(kind: str) -> str:
    """Return the name of the variable that names the proxy; small letters win."""
    names = [name for name in os.environ if name.lower() == f"{kind}_proxy" and os.environ[name]]
    return next((name for name in names if name.islower()), names[0] if names else "")


def _names(entry: str, host: str, port: int) -> bool:
    """Return whether an entry of a list of hosts names this one.

    `*`, a host and all below it, also as `.host` or `*.host`, with or without a
    port, an address, or a range of addresses.
    """
    entry, host = entry.strip().lower(), host.lower().strip("[]").rstrip(".")
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass  # One of them is a name, or the entry has a port.
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        if int(number) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*").strip(".")
    return bool(entry) and (host == entry or host.endswith(f".{entry}"))


def _desktop() -> Surroundings:
    """Return what GNOME's settings say, where there are any."""
    found = _settings()
    mode = found.get(f"{_SCHEMA} mode")
    if mode != "manual":
        return Surroundings(None, has_script=mode == "auto")
    listed = found.get(f"{_SCHEMA} ignore-hosts")
    past = tuple(str(host) for host in listed) if isinstance(listed, list) else ()
    for kind, scheme in (("https", "http"), ("socks", "socks5")):
        host, port = (found.get(f"{_SCHEMA}.{kind} {name}") for name in ("host", "port"))
        if isinstance(host, str) and host and isinstance(port, int):
            name = f"[{host}]" if ":" in host else host
            return Surroundings(Proxy(f"{scheme}://{name}:{port}", Origin.SYSTEM, past=past))
    return Surroundings(None)


def _settings() -> dict[str, object]:
    """Return GNOME's proxy settings by schema and name; empty where nothing answers."""
    program = shutil.which("gsettings")
    if program is None:
        return {}
    try:
        said = subprocess.run(  # noqa: S603 - a fixed command
            [program, "list-recursively", _SCHEMA],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limits.PROXY_LOOK_S,
            env=_child_environment(),
            stdin=subprocess.DEVNULL,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[str, object] = {}
    for line in said.splitlines():
        schema, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        try:
            # An empty list is written with its type: @as [].
            found[f"{schema} {name}"] = ast.literal_eval(value.removeprefix("@as "))
        except (ValueError, SyntaxError):
            continue  # true and false, which we need none of.
    return found


def _child_environment() -> dict[str, str]:
    """Return the environment without keys, and without the libraries of a frozen Coprime."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PRIME_")}
    before = environ.pop("LD_LIBRARY_PATH_ORIG", None)
    environ.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        environ["LD_LIBRARY_PATH"] = before
    return environ

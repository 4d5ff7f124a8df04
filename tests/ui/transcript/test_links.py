"""Which addresses may be followed."""

import pytest

from app.ui.transcript.links import host_of


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://arxiv.org/abs/2402.03300", "arxiv.org"),
        ("http://localhost:8000/x", "localhost"),
        ("https://xn--pypal-4ve.com/", "xn--pypal-4ve.com"),
        ("HTTPS://Example.org", "example.org"),
    ],
)
def test_an_address_on_the_web_leads_to_its_host(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "mailto:a@b.c",
        "/relative",
        "//no.scheme",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://user:password@host.example/",
        "https://bad.example\\@evil.example",
        "https://host.example:port/",
        "https://host.example:99999/",
        "https://[::1/",
        "https://host.example/a b",
        "https://host.example/\nX",
        "smb://host.example/",
        "",
    ],
)
def test_any_other_address_leads_nowhere(address: str) -> None:
    assert host_of(address) == ""

"""Links: which addresses in a text may be followed.

Only http and https, to a host that is named, without a name or password in
front of it (`https://bank.example@evil.example` leads to evil.example). All
others stay text. Nothing here opens anything.
"""

from urllib.parse import urlsplit

_LONGEST = 2_048
"""Characters of an address."""


def host_of(address: str) -> str:
    """Return the host an address leads to; empty if it may not be followed."""
    if len(address) > _LONGEST or not address.isprintable():
        return ""
    if any(c in ' \\<>"' for c in address):
        return ""
    try:
        parts = urlsplit(address)
        # Reading the port is what checks it.
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return host

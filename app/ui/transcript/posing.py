"""Posing: links whose text names another host than the one they lead to.

`[https://bank.example](https://evil.example)` is what people are deceived with. File
names look like hosts too (`main.py`, `README.md`): without `https://` or `www.` only
what ends as most addresses do is taken for one.
"""

import re

from PySide6.QtCore import QUrl

from app.ui.transcript.links import host_of

_LONGEST = 256
"""Characters of a text that are looked at: nobody reads more of it as an address."""
_ENDINGS = "ai|app|ch|cn|co|com|de|dev|edu|eu|fr|gov|info|io|jp|net|nl|org|ru|uk|us"
_NAMED = re.compile(
    r"(?:https?://(?:[^\s/?#]*@)?|\b(?=www\.))([\w.-]+\w)"
    rf"|(?<![\w@./-])((?:[\w-]+\.)+(?:{_ENDINGS}))(?![\w.-]*\w)",
    re.IGNORECASE,
)


def other_host(text: str, address: str) -> str:
    """Return the host that the text of a link names, if the link leads to another."""
    if "." not in text:
        return ""
    real = _plain(host_of(address))
    for match in _NAMED.finditer(text[:_LONGEST]):
        named = _plain(match[1] or match[2])
        # What belongs to the host that is named is what was said.
        if named and real != named and not real.endswith(f".{named}"):
            return named
    return ""


def _plain(host: str) -> str:
    """Return a host in ASCII, without the part that makes no difference to people."""
    url = QUrl()
    url.setHost(host)
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower().removeprefix("www.")

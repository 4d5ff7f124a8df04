"""Language: texts in the person's own."""

import unicodedata

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """Return a sentence in the person's language."""
    return QCoreApplication.translate("wording", text)


def isolated(name: str) -> str:
    """Return a name as it stands in a sentence: one from right to left turns nothing around it."""
    if all(unicodedata.bidirectional(c) not in ("R", "AL") for c in name):
        return name
    return f"\u2068{name}\u2069"

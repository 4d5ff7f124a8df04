"""Language: texts in the person's own."""

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """Return a sentence in the person's language."""
    return QCoreApplication.translate("wording", text)

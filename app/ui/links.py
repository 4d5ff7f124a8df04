"""Links: an address opens only after its real host was shown."""

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.ui.outside import open_outside

ADDRESS_SHOWN = 500
"""Characters of an address that are shown."""
_LINE = 56
"""Characters in a line of what has no place to break: the end of a host is what counts."""


def tr(text: str) -> str:
    """Return a text about links in the person's language."""
    return QCoreApplication.translate("links", text)


def ask_to_open(address: str, parent: QWidget, poses_as: str = "") -> None:
    """Show where a link leads, and open it in the browser if the person wants that.

    Only http and https, with a host and without a user name; others do nothing.
    `poses_as` is another host that its text names.
    """
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if url.scheme() not in ("http", "https") or not url.host() or url.userInfo():
        return
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    host = _in_lines(url.host(QUrl.ComponentFormattingOption.FullyEncoded))
    box.setText(tr("Open {host} in the browser?").format(host=host))
    shown = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    shown = _in_lines(shown[:ADDRESS_SHOWN] + "…" * (len(shown) > ADDRESS_SHOWN))
    if poses_as:
        box.setIcon(QMessageBox.Icon.Warning)
        text = tr("The text of the link says {other}, but it leads to {host}.")
        shown = f"{text.format(other=_in_lines(poses_as), host=host)}\n\n{shown}"
    box.setInformativeText(shown)
    open_button = box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
    copy_button = box.addButton(tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
    cancel_button = box.addButton(QMessageBox.StandardButton.Cancel)
    if poses_as:
        box.setDefaultButton(cancel_button)
    open_button.clicked.connect(lambda: _open(url, parent))
    copy_button.clicked.connect(lambda: QApplication.clipboard().setText(address))
    if (layout := box.layout()) is not None:
        # Qt puts another 15 where an icon would be.
        layout.setContentsMargins(24 if poses_as else 9, 24, 24, 16)
    # Its buttons alone would leave it narrower than most addresses.
    box.setStyleSheet("QLabel#qt_msgbox_label { min-width: 340px; }")
    box.open()


def _open(url: QUrl, parent: QWidget) -> None:
    if open_outside(url):
        return
    QApplication.clipboard().setText(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setText(tr("No browser could be opened."))
    box.setInformativeText(tr("The address is on the clipboard."))
    box.open()


def _in_lines(text: str) -> str:
    """Return a text in lines that are shown whole, whatever it is made of."""
    return "\n".join(text[start : start + _LINE] for start in range(0, len(text), _LINE))

"""Links: an address opens only after its real host was shown."""

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

ADDRESS_SHOWN = 500
"""Characters of an address that are shown."""


def tr(text: str) -> str:
    """Return a text about links in the person's language."""
    return QCoreApplication.translate("links", text)


def ask_to_open(address: str, parent: QWidget) -> None:
    """Show where a link leads, and open it in the browser if the person wants that.

    Only http and https, with a host and without a user name; others do nothing.
    """
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if url.scheme() not in ("http", "https") or not url.host() or url.userInfo():
        return
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    box.setText(tr("Open {host} in the browser?").format(host=host))
    shown = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    box.setInformativeText(shown[:ADDRESS_SHOWN])
    open_button = box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
    copy_button = box.addButton(tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    open_button.clicked.connect(lambda: QDesktopServices.openUrl(url))
    copy_button.clicked.connect(lambda: QApplication.clipboard().setText(address))
    box.open()

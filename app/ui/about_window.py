"""AboutWindow: what this is, of which version, and the licences of what it is made of."""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.paths import resource
from app.ui import icons, theme
from app.ui.account_form import plain_label
from app.ui.diagnostics import versions
from app.ui.picture import Picture
from app.ui.style import style_sheet

STYLE = """
#aboutwindow { background: @window; }
#aboutwindow #pagetitle { font-size: 18px; font-weight: 600; }
#aboutwindow #rowhint { color: @muted; font-size: @size_small; }
#aboutwindow QPlainTextEdit {
    background: @surface; color: @text; border: 1px solid @line; border-radius: @radius_block;
    padding: 6px; selection-background-color: @selection; selection-color: @text;
}
#aboutwindow QPlainTextEdit:focus { border: 2px solid @accent; padding: 5px; }
#aboutwindow QPushButton {
    background: @raised; color: @text; border-color: @strong_line; outline: none;
}
#aboutwindow QPushButton:hover { background: @accent_wash; }
#aboutwindow QPushButton:focus { border-color: @accent; }
#aboutwindow QComboBox {
    background: @raised; color: @text; border: 1px solid @strong_line;
    border-radius: @radius_control; padding: 5px 10px; min-height: 20px;
}
#aboutwindow QComboBox:focus { border: 2px solid @accent; padding: 4px 9px; }
#aboutwindow QComboBox::drop-down { border: none; width: 28px; }
#aboutwindow QComboBox::down-arrow { image: none; }
#aboutwindow QComboBox QAbstractItemView {
    background: @raised; color: @text; border: 1px solid @strong_line; outline: none;
    selection-background-color: @selection; selection-color: @text;
}
"""
SIZE = QSize(600, 560)
LEAST = QSize(320, 280)
LICENCES = ("notices.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "qt.txt")
"""Files of a package, below `licences`."""


def tr(text: str) -> str:
    """Return a text of the window in the person's language."""
    return QCoreApplication.translate("AboutWindow", text)


def licence_texts() -> dict[str, str]:
    """Return the licences that come with this Coprime, by what they are; a package has them."""
    names = {
        "notices.txt": tr("What Coprime contains"),
        "LGPL-3.0.txt": tr("LGPL 3.0"),
        "GPL-3.0.txt": tr("GPL 3.0"),
        "qt.txt": tr("What Qt contains"),
    }
    found = {}
    for file in LICENCES:
        try:
            path = resource(f"licences/{file}")
        except FileNotFoundError:
            continue
        found[names[file]] = path.read_text(encoding="utf-8", errors="replace")
    return found


class AboutWindow(QDialog):
    """Versions and licences; opened with `open`, closed with Esc.

    Signals:
        diagnostics_requested: the diagnostics are wanted on the clipboard.
    """

    diagnostics_requested = Signal()

    def __init__(self, parent: QWidget | None, look: theme.Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("aboutwindow")
        self.setWindowTitle(tr("About Coprime"))
        self._texts = licence_texts()
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(tr("Licences"))
        self.choice.addItems(list(self._texts))
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Licence"))
        self._without = plain_label(
            self,
            "rowhint",
            tr(
                "The licences of Python, Qt and the libraries come with Coprime’s packages. "
                "This one runs from its source: they are beside the libraries as installed."
            ),
        )
        self.copy = QPushButton(tr("Copy diagnostics"), self)
        self.close_button = QPushButton(tr("Close"), self)
        self._copied = plain_label(self, "rowhint")
        self._lay_out()
        self.choice.currentTextChanged.connect(self._on_chosen)
        self.copy.clicked.connect(self.diagnostics_requested)
        self.close_button.clicked.connect(self.accept)
        self._on_chosen(self.choice.currentText())
        self.set_theme(look)
        self.copy.setFocus()

    def tell_copied(self) -> None:
        """Say that the diagnostics are on the clipboard."""
        self._copied.setText(tr("Copied: versions, settings and counts."))

    def set_theme(self, look: theme.Theme) -> None:
        """Show it in another theme."""
        self.setStyleSheet(style_sheet(look, STYLE))
        self.copy.setIcon(icons.icon("copy", look.colours.muted))
        self.text.setFont(theme.font(look.type.code))

    def _lay_out(self) -> None:
        mark = Picture(44, self)
        mark.show_icon(icons.mark())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(plain_label(self, "pagetitle", f"Coprime {__version__}"))
        for sentence in (
            tr("A native chat client for the Prime Intellect Inference API."),
            tr("MIT licence · Icons: Lucide, ISC licence"),
            versions(),
        ):
            words.addWidget(plain_label(self, "rowhint", sentence))
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.copy)
        foot.addWidget(self._copied, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.text, 1)
        column.addWidget(self._without)
        column.addLayout(foot)
        for button in (self.copy, self.close_button):
            button.setAutoDefault(False)
        has_texts = bool(self._texts)
        self.choice.setVisible(has_texts)
        self.text.setVisible(has_texts)
        self._without.setVisible(not has_texts)
        # A small or a strongly scaled screen has less room.
        room = self.screen().availableSize() - QSize(16, 48)
        wanted = SIZE if has_texts else QSize(SIZE.width(), LEAST.height() - 60)
        self.setMinimumSize(QSize(LEAST.width(), 0).boundedTo(room))
        self.resize(wanted.boundedTo(room))

    def _on_chosen(self, name: str) -> None:
        self.text.setPlainText(self._texts.get(name, ""))

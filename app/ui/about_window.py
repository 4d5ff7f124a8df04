"""AboutWindow: what this is, of which version, and the licences of what it is made of."""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyle,
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
from app.ui.unfailing import unfailing

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
SIZE = QSize(720, 600)
SHORT = QSize(600, 220)
LEAST = 320


def tr(text: str) -> str:
    """Return a text of the window in the person's language."""
    return QCoreApplication.translate("AboutWindow", text)


def licences() -> dict[str, Path]:
    """Return the licences that come with this Coprime, by what they are; a package has them."""
    names = {
        "notices": tr("What Coprime contains"),
        "python": tr("What Python contains"),
        "qt": tr("What Qt contains"),
        "libraries": tr("Libraries and fonts"),
        "LGPL-3.0": tr("LGPL 3.0"),
        "GPL-3.0": tr("GPL 3.0"),
    }
    try:
        files = {path.stem: path for path in resource("licences").glob("*.txt")}
    except FileNotFoundError:
        return {}
    known = [name for name in names if name in files]
    others = sorted(name for name in files if name not in names)
    return {names.get(name, name): files[name] for name in (*known, *others)}


def _where() -> str:
    """Return where the licences are when they are not here."""
    if getattr(sys, "frozen", False):
        return tr("The licences were removed with the package of this Coprime.")
    return tr(
        "The licences of Python, Qt and the libraries come with Coprime’s packages. "
        "This one runs from its source: they are beside the libraries as installed."
    )


class Drop(QComboBox):
    """A choice with an arrow that has the colour of its text."""

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        size = icons.SIZE
        place = QRect(self.width() - size - 8, (self.height() - size) // 2, size, size)
        with QPainter(self) as painter:
            there = QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), place))
            icons.paint(painter, "chevron-down", there, self.palette().text().color())


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
        self._files = licences()
        self.choice = Drop(self)
        self.choice.addItems(list(self._files))
        self._label = QLabel(tr("&Licences"), self)
        # On Linux a list to choose from is heard as its value, whatever its own name.
        self._label.setBuddy(self.choice)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Licence"))
        self._without = plain_label(self, "rowhint", _where())
        self.copy = QPushButton(tr("Copy diagnostics"), self)
        self.close_button = QPushButton(tr("Close"), self)
        self._copied = plain_label(self, "rowhint")
        self._lay_out()
        self.choice.currentTextChanged.connect(self._on_chosen)
        self.copy.clicked.connect(self.diagnostics_requested)
        self.close_button.clicked.connect(self.accept)
        self._on_chosen(self.choice.currentText())
        self.set_theme(look)
        self._fit()
        self.copy.setFocus()

    def tell_copied(self) -> None:
        """Say that the diagnostics are on the clipboard."""
        words = tr("Copied: versions, settings and counts. No texts, names, keys or addresses.")
        self._copied.setText(words)
        self._copied.show()
        self._fit()

    def set_theme(self, look: theme.Theme) -> None:
        """Show it in another theme."""
        self.setStyleSheet(style_sheet(look, STYLE))
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
        licence = QHBoxLayout()
        licence.setSpacing(12)
        licence.addWidget(self._label)
        licence.addWidget(self.choice)
        licence.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.copy)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(licence)
        column.addWidget(self.text, 1)
        column.addWidget(self._without)
        column.addWidget(self._copied)
        column.addLayout(foot)
        for button in (self.copy, self.close_button):
            button.setAutoDefault(False)
        has_texts = bool(self._files)
        for part in (self._label, self.choice, self.text):
            part.setVisible(has_texts)
        self._without.setVisible(not has_texts)
        self._copied.hide()
        # A small or a strongly scaled screen has less room.
        room = self.screen().availableSize() - QSize(16, 48)
        self.setMinimumWidth(min(LEAST, room.width()))
        self.resize((SIZE if has_texts else SHORT).boundedTo(room))

    def _fit(self) -> None:
        """Be high enough for the words at this width: in lines that wrap they need more."""
        column = self.layout()
        if column is not None:
            needed = column.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), needed))

    def _on_chosen(self, name: str) -> None:
        path = self._files.get(name)
        if path is not None:
            self.text.setPlainText(path.read_text(encoding="utf-8", errors="replace"))

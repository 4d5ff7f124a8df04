"""Picture: an icon that is looked at and does nothing."""

from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.unfailing import unfailing


class Picture(QWidget):
    """An icon at one size, sharp at every scale."""

    def __init__(self, size: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = QIcon()
        self.setFixedSize(size, size)

    def show_icon(self, icon: QIcon) -> None:
        """Show another one."""
        self._icon = icon
        self.update()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()

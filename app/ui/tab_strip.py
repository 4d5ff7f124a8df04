"""TabStrip: the tabs as they are seen and touched, painted in one widget.

It shows what it is given and asks for everything else: nothing is chosen, closed
or moved before whoever owns the conversations says so. A tab is a rectangle, not
a widget, so a thousand cost what those in view cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget

from app.chat.mark import Mark
from app.ui import marks
from app.ui.actions import in_menu
from app.ui.tab_painter import HEIGHT, TOP, TabPainter, TabState
from app.ui.tab_row import TabRow
from app.ui.theme import Theme, light
from app.ui.unfailing import unfailing

EDGE = 24
"""How near to an end of the strip a carried tab makes it scroll."""


@dataclass(frozen=True, slots=True)
class TabFace:
    """What a tab shows of its conversation."""

    conversation_id: int
    title: str
    mark: Mark | None = None


@dataclass(slots=True)
class _Hand:
    """A tab a person holds: which, where it was taken, and where it begins now."""

    position: int
    pressed: QPoint
    grip: int
    """From the start of the tab to the pointer."""
    start: int
    is_carrying: bool = False


class TabStrip(QWidget):
    """The tabs in a row; the one in front is a sheet on the surface below.

    Signals:
        chosen: a tab is wanted in front. arg: conversation id.
        close_requested: a tab is to go. arg: conversation id.
        close_others_requested: all tabs but one are to go. arg: conversation id.
        reopen_requested: the tab closed last is wanted again.
        moved: a tab was dropped. args: conversation id, its new position.
        rearranged: its tabs became other ones, wider or narrower, or were scrolled.
    """

    chosen = Signal(object)
    close_requested = Signal(object)
    close_others_requested = Signal(object)
    reopen_requested = Signal()
    moved = Signal(object, int)
    rearranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabstrip")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.can_reopen = True
        self.row = TabRow()
        self._faces: Sequence[TabFace] = ()
        self._front = -1
        self._cursor = -1
        self._hover = -1
        self._is_on_close = False
        self._closing = -1
        self._hand: _Hand | None = None
        self._menu: QMenu | None = None
        self._painter = TabPainter(self, light())
        self._say()

    @property
    def faces(self) -> Sequence[TabFace]:
        return self._faces

    @property
    def front(self) -> int:
        """Position of the tab in front, -1 if there is none."""
        return self._front

    def show_tabs(self, faces: Sequence[TabFace], front: int | None) -> None:
        """Show these tabs; `front` is the id of the one in front."""
        faces = tuple(faces)
        position = next((i for i, f in enumerate(faces) if f.conversation_id == front), -1)
        if faces == self._faces and position == self._front:
            return
        ids = [face.conversation_id for face in faces]
        is_other_row = ids != [face.conversation_id for face in self._faces]
        is_other_front = position != self._front
        if is_other_row:
            self._hand, self._closing = None, -1
        self._faces, self._front = faces, position
        if is_other_front or is_other_row:
            self._cursor = position if position >= 0 else min(self._cursor, len(faces) - 1)
        self._lay_out()
        if (is_other_front or is_other_row) and position >= 0:
            self.row.bring_into_view(position)
        self._say()
        self.rearranged.emit()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._painter.set_theme(theme)
        self._lay_out()
        self.update()

    def move_on(self, distance: int) -> None:
        """Move the tabs by a distance; positive shows later ones."""
        if self.row.scroll(distance):
            self.rearranged.emit()
            self.update()

    def put_back(self) -> bool:
        """Let go of a tab that is being dragged; False if none is."""
        is_carrying = self._hand is not None and self._hand.is_carrying
        self._hand = None
        self.update()
        return is_carrying

    def tab_rect(self, position: int) -> QRect:
        """Return where a tab is on the strip, also if it is scrolled out of view."""
        start, width = self.row.span(position)
        return self._place(start, width)

    def close_rect(self, position: int) -> QRect:
        """Return where a tab's close button is, shown or not."""
        return self._painter.close_rect(self.tab_rect(position))

    def _place(self, start: int, width: int) -> QRect:
        x = start - self.row.offset
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            x = self.width() - x - width
        return QRect(x, TOP, width, HEIGHT - TOP)

    def _along(self, point: QPoint) -> int:
        """Return how far along the row a point on the strip is."""
        x = point.x()
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            x = self.width() - 1 - x
        return x + self.row.offset

    def _tab_at(self, point: QPoint) -> int:
        return self.row.at(self._along(point)) if self.rect().contains(point) else -1

    def _is_close_at(self, position: int, point: QPoint) -> bool:
        return position >= 0 and self.close_rect(position).contains(point)

    def set_room(self, room: int) -> None:
        """Take the width there is; tabs shrink to it, then they scroll."""
        if room != self.row.room:
            self.row.room = room
            self._lay_out()
            if self._front >= 0:
                self.row.bring_into_view(self._front)

    def _lay_out(self) -> None:
        if self.row.needs_widths(len(self._faces)):
            self.row.lay_out([self._painter.wanted_width(face.title) for face in self._faces])
        else:
            self.row.lay_out([0] * len(self._faces))
        # One more: the right edge of the last tab's sheet.
        self.setFixedSize(min(self.row.length, self.row.room) + 1, HEIGHT)

    # What a person does

    def _move_cursor(self, position: int) -> None:
        if self._faces:
            self._cursor = min(max(position, 0), len(self._faces) - 1)
            self.row.bring_into_view(self._cursor)
            self._say()
            self.rearranged.emit()
            self.update()

    def _say(self) -> None:
        """Let a screen reader know which tab the keyboard is on."""
        name = self.tr("Open conversations")
        if 0 <= self._cursor < len(self._faces):
            face = self._faces[self._cursor]
            name = self.tr("Tab {number} of {count}: {title}").format(
                number=self._cursor + 1,
                count=len(self._faces),
                title=marks.with_word(face.title, face.mark),
            )
        if name != self.accessibleName():
            self.setAccessibleName(name)
            if self.hasFocus():
                event = QAccessibleEvent(self, QAccessible.Event.NameChanged)
                QAccessible.updateAccessibility(event)

    def _set_hover(self, point: QPoint | None) -> None:
        position = self._tab_at(point) if point is not None else -1
        is_on_close = point is not None and self._is_close_at(position, point)
        if (position, is_on_close) != (self._hover, self._is_on_close):
            self._hover, self._is_on_close = position, is_on_close
            self.update()

    def _open_menu(self, position: int, where: QPoint) -> None:
        """Offer what can be done with a tab; the menu is made when first wanted."""
        conversation_id = self._faces[position].conversation_id
        if self._menu is None:
            self._menu = QMenu(self)
        self._menu.clear()
        close = self._menu.addAction(in_menu("close_tab"))
        close.triggered.connect(lambda: self.close_requested.emit(conversation_id))
        others = self._menu.addAction(in_menu("close_other_tabs"))
        others.triggered.connect(lambda: self.close_others_requested.emit(conversation_id))
        others.setEnabled(len(self._faces) > 1)
        self._menu.addSeparator()
        reopen = self._menu.addAction(in_menu("reopen_tab"))
        reopen.triggered.connect(self.reopen_requested)
        reopen.setEnabled(self.can_reopen)
        self._menu.popup(where)

    def _carry(self, hand: _Hand, point: QPoint) -> None:
        """Carry the tab in the hand; the others make room at once."""
        if not hand.is_carrying:
            distance = abs(point.x() - hand.pressed.x())
            hand.is_carrying = distance >= QApplication.startDragDistance()
        if not hand.is_carrying:
            return
        in_view = self._along(point) - self.row.offset
        if in_view < EDGE:
            self.move_on(-EDGE)
        elif in_view > self.row.room - EDGE:
            self.move_on(EDGE)
        _, width = self.row.span(hand.position)
        furthest = self.row.length - width
        hand.start = min(max(0, self._along(point) - hand.grip), furthest)
        self.update()

    def _drop(self, hand: _Hand) -> None:
        slot = self.row.slot(hand.position, hand.start)
        self._hand = None
        self.update()
        if slot != hand.position:
            self.moved.emit(self._faces[hand.position].conversation_id, slot)

    # Painting

    def _state(self, position: int) -> TabState:
        carried = self._hand.position if self._hand and self._hand.is_carrying else -1
        is_hovered = position == self._hover and carried < 0
        return TabState(
            is_front=position == self._front,
            is_hovered=is_hovered,
            is_carried=position == carried,
            is_on_close=is_hovered and self._is_on_close,
            has_focus=position == self._cursor and self.hasFocus(),
        )

    def _paint_tab(self, painter: QPainter, position: int, start: int) -> None:
        face = self._faces[position]
        place = self._place(start, self.row.span(position)[1])
        self._painter.paint(painter, place, face.title, face.mark, self._state(position))

    # What Qt calls

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._painter.colours
        painter.fillRect(event.rect(), colours.window)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, colours.line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hand = self._hand if self._hand is not None and self._hand.is_carrying else None
        slot = self.row.slot(hand.position, hand.start) if hand is not None else -1
        for position in self.row.seen():
            if hand is None:
                self._paint_tab(painter, position, self.row.span(position)[0])
            elif position != hand.position:
                start = self.row.start_while_carried(position, hand.position, slot)
                self._paint_tab(painter, position, start)
        if hand is not None:
            self._paint_tab(painter, hand.position, hand.start)

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        position = self._tab_at(point)
        if position < 0:
            return
        if event.button() is Qt.MouseButton.MiddleButton or (
            event.button() is Qt.MouseButton.LeftButton and self._is_close_at(position, point)
        ):
            self._closing = position
        elif event.button() is Qt.MouseButton.LeftButton:
            start, _ = self.row.span(position)
            self._hand = _Hand(position, point, self._along(point) - start, start)
            if position != self._front:
                self.chosen.emit(self._faces[position].conversation_id)

    @unfailing
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._hand is not None:
            self._carry(self._hand, point)
        else:
            self._set_hover(point)

    @unfailing
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        hand, self._hand = self._hand, None
        closing, self._closing = self._closing, -1
        if hand is not None and hand.is_carrying:
            self._drop(hand)
        elif closing >= 0 and closing == self._tab_at(point):
            is_middle = event.button() is Qt.MouseButton.MiddleButton
            if is_middle or self._is_close_at(closing, point):
                self.close_requested.emit(self._faces[closing].conversation_id)
        self._set_hover(point)

    @unfailing
    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    @unfailing
    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        self.move_on(-(turn.y() or turn.x()))
        self._set_hover(event.position().toPoint())
        event.accept()

    @unfailing
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            position = self._tab_at(event.pos())
            where = event.globalPos()
        else:
            position = self._cursor
            where = self.mapToGlobal(self.rect().bottomLeft())
            if position >= 0:
                where = self.mapToGlobal(self.tab_rect(position).bottomLeft())
        if position >= 0:
            self._open_menu(position, where)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        key, last = Qt.Key(event.key()), len(self._faces) - 1
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if (key == Qt.Key.Key_Right) != is_mirrored else -1
            self._move_cursor(self._cursor + step)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move_cursor(0 if key == Qt.Key.Key_Home else last)
        elif key == Qt.Key.Key_Escape and self._hand is not None:
            self._hand = None
            self.update()
        elif not 0 <= self._cursor <= last:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._faces[self._cursor].conversation_id)
        elif key == Qt.Key.Key_Delete:
            self.close_requested.emit(self._faces[self._cursor].conversation_id)
        else:
            super().keyPressEvent(event)

    @unfailing
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._move_cursor(self._front if self._front >= 0 else self._cursor)

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    @unfailing
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            position = self._tab_at(event.pos())
            if position < 0:
                QToolTip.hideText()
            else:
                text = self._tooltip(position, event.pos())
                QToolTip.showText(event.globalPos(), text, self, self.tab_rect(position))
            return True
        return super().event(event)

    def _tooltip(self, position: int, point: QPoint) -> str:
        if self._is_close_at(position, point):
            return self.tr("Close tab (Ctrl+W)")
        face = self._faces[position]
        return marks.as_tooltip(marks.with_word(face.title, face.mark))

"""Transcript: one conversation, read and acted upon.

How it is painted is in `surface`; here is what a person does with it. The text
of a model never acts: a link only tells where it leads. Nor does a message do
anything by itself: what is asked of it goes to whoever owns the transcript.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.chat.conversation import Conversation
from app.ui.notice import Act
from app.ui.theme import Theme
from app.ui.transcript.acts import (
    KEYS,
    OWN_ACTS,
    REPLY_ACTS,
    MessageAct,
    act_hint,
    tr,
    turn_hint,
)
from app.ui.transcript.captions import Captions
from app.ui.transcript.copying import harmless
from app.ui.transcript.editable import EditableSurface
from app.ui.transcript.links import host_of
from app.ui.transcript.pill import Pill
from app.ui.transcript.position import Position
from app.ui.transcript.surroundings import FOOT
from app.ui.transcript.table_text import table_markdown
from app.ui.transcript.targets import (
    Copy,
    CopyTable,
    Do,
    Fold,
    Link,
    Spot,
    Take,
    Target,
    Turn,
    Wrap,
)
from app.ui.unfailing import unfailing

DONE_MS = 1_500
"""For so long a target says that it did what it says."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class Transcript(EditableSurface):
    """The messages of a conversation in one reading column.

    Signals, besides those of editing:
        link_activated: a link was clicked; nothing was opened. args: the address,
            http or https; another host that its text names, or nothing.
        offer_taken: a button of a notice was clicked. args: message id, `Act`.
        message_act_requested: something is to be done with a message. args:
            message id, `MessageAct`; never MORE.
        menu_requested: the menu of a message is wanted. args: message id,
            `QPoint` on the screen.
        version_chosen: another version of a message is to come into view. arg:
            that version's id.
        wrapping_changed: lines of code were asked to be broken, or not to be; this
            transcript has done so. arg: whether they are.
        pinned_changed: the view began or ceased to follow the end. arg: follows.
    """

    link_activated = Signal(str, str)
    offer_taken = Signal(object, object)
    message_act_requested = Signal(object, object)
    menu_requested = Signal(object, object)
    version_chosen = Signal(object)

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self._pill: Pill | None = None
        self._has_news = False
        """Whether text came below that the reader has not seen."""
        self._done_timer = QTimer(self)
        self._done_timer.setSingleShot(True)
        self._done_timer.setInterval(DONE_MS)
        self._done_timer.timeout.connect(self._on_done_timed_out)
        conversation.message_added.connect(self._on_news_came)
        conversation.message_changed.connect(self._on_news_came)

    def target_at(self, point: QPoint) -> Target | None:
        """Return what a click on a point of the view means."""
        spot = self._spot_at(point)
        return None if spot is None else self._column.target(spot)

    # Acting

    def _act(self, spot: Spot) -> None:
        match self._column.target(spot):
            case Link(address, poses_as):
                self.link_activated.emit(address, poses_as)
            case Copy():
                QGuiApplication.clipboard().setText(harmless(self._column.code(spot)))
                self._tell_done(spot)
            case CopyTable():
                QGuiApplication.clipboard().setText(table_markdown(*self._column.table(spot)))
                self._tell_done(spot)
            case Wrap(is_wrapped):
                self._toggle_wrapping(spot, not is_wrapped)
            case Fold():
                self._toggle_reasoning(spot.message_id)
            case Take(act):
                self._take_offer(spot.message_id, act)
            case Do(act):
                self._ask_for(spot.message_id, act)
            case Turn(message_id):
                self._turn_to(spot, message_id)

    def _ask_for(self, message_id: int, act: MessageAct) -> None:
        if act is MessageAct.MORE:
            self.menu_requested.emit(message_id, self._menu_point(message_id))
            return
        self.message_act_requested.emit(message_id, act)
        spot = self._spot_of(message_id, act)
        if act is MessageAct.COPY and spot is not None:
            self._tell_done(spot)

    def _take_offer(self, message_id: int, act: Act) -> None:
        self.offer_taken.emit(message_id, act)

    def _turn_to(self, spot: Spot, message_id: int) -> None:
        # What was clicked stays under the pointer whatever the version's length.
        place = self._column.place_now(Position(spot.message_id, FOOT))
        if place is not None:
            self._held_foot = message_id, self._column.top_of(place) - self._top
        self.version_chosen.emit(message_id)

    def _toggle_reasoning(self, message_id: int) -> None:
        # What was clicked stays under the pointer, also at the end.
        if self.is_pinned:
            self._move_to(self._column.position_at(self._top))
        self._column.toggle_reasoning(message_id)
        self._changed.add(message_id)
        self._flush()

    def _spot_of(self, message_id: int, act: MessageAct) -> Spot | None:
        spots = self._column.spots_of(message_id, FOOT) if self._column.has(message_id) else []
        return next((spot for spot in spots if self._column.target(spot) == Do(act)), None)

    def _menu_point(self, message_id: int) -> QPoint:
        """Return where the menu of a message opens, on the screen."""
        view, spot = self.viewport(), self._spot_of(message_id, MessageAct.MORE)
        areas = self._column.areas_of(spot) if spot is not None else []
        point = self._on_view(areas[0]).bottomLeft() if areas else QPoint(0, -1)
        if not view.rect().contains(point):
            box = self._column.box_of(message_id)
            corner = self._on_view(box).topLeft() if box is not None else view.rect().topLeft()
            point = QPoint(corner.x(), min(max(corner.y(), 0), view.height() - 1))
        return view.mapToGlobal(point)

    def _tell_done(self, spot: Spot) -> None:
        self._attend(replace(self._attention, done=spot))
        self._done_timer.start()

    def _on_done_timed_out(self) -> None:
        self._attend(replace(self._attention, done=None))

    def _on_message_key(self, message_id: int, key: Qt.Key) -> bool:
        """Do what a key means on a message; return whether it means anything."""
        own = self._column.is_own(message_id)
        if key in _ENTER:
            if self._attention.ringed is not None:
                self._act(self._attention.ringed)
            else:
                self.menu_requested.emit(message_id, self._menu_point(message_id))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = -1 if key == Qt.Key.Key_Left else 1
            if not self._slide_ringed(step):
                self._turn_by_key(message_id, step)
        elif key == Qt.Key.Key_Space:
            if self._conversation.reasoning_length(message_id):
                self._toggle_reasoning(message_id)
        elif key == Qt.Key.Key_Escape:
            self._attend(replace(self._attention, focused=None, ringed=None))
        elif KEYS.get(key) in (OWN_ACTS if own else REPLY_ACTS):
            if not self._conversation.message(message_id).status.is_open:
                self._ask_for(message_id, KEYS[key])
        else:
            return False
        return True

    def _turn_by_key(self, message_id: int, step: int) -> None:
        for spot in self._column.spots_of(message_id, FOOT):
            target = self._column.target(spot)
            if isinstance(target, Turn) and target.step == step:
                self._turn_to(spot, target.message_id)

    # What floats over the page

    def _on_news_came(self, message_id: int) -> None:
        if not self.is_pinned and self._conversation.message(message_id).status.is_open:
            self._has_news = True

    def _move_to(self, position: Position) -> None:
        super()._move_to(position)
        if position.is_end:
            self._has_news = False

    def _place_what_floats(self) -> None:
        super()._place_what_floats()
        self._place_pill()

    def _place_pill(self) -> None:
        room = self.viewport().height()
        is_wanted = not self.is_pinned and (
            self._has_news or self._column.height - room - self._top > room
        )
        if self._pill is None:
            if not is_wanted:
                return
            self._pill = Pill(self._theme, self)
            self._pill.clicked.connect(self.scroll_to_end)
        if is_wanted:
            self._pill.say(has_news=self._has_news)
            view = self.viewport().geometry()
            left = view.center().x() - self._pill.width() // 2
            self._pill.move(left, view.bottom() - self._pill.height() - self._theme.space.xs)
        if is_wanted != self._pill.isVisibleTo(self):
            self._pill.setVisible(is_wanted)
            self._pill.raise_()

    # What the surface asks for

    def _restyle(self) -> None:
        if self._pill is not None:
            self._pill.set_theme(self._theme)
        super()._restyle()

    def _rebuild(self) -> None:
        super()._rebuild()
        focused = self._attention.focused
        if focused is not None and not self._column.has(focused):
            shown = (i for i in self._versions(focused) if self._column.has(i))
            self._attend(replace(self._attention, focused=next(shown, None), ringed=None))

    def _versions(self, message_id: int) -> Sequence[int]:
        try:
            return self._conversation.versions(message_id)
        except KeyError:
            # It was taken back: it could not be saved.
            return ()

    # Qt's

    @unfailing
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            is_override = event.type() is QEvent.Type.ShortcutOverride
            if is_override and (self._is_leaving(event) or self._is_steering(event)):
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress and self.focused_message is not None:
                steps = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
                if event.key() in steps and self._step_spot(steps[Qt.Key(event.key())]):
                    return True
        return super().event(event)

    def _is_leaving(self, event: QKeyEvent) -> bool:
        """Return whether Esc lets go of something rather than ending the reply under way."""
        is_held = self.focused_message is not None or self.is_selecting
        if event.key() != Qt.Key.Key_Escape or not is_held:
            return False
        branch = self._conversation.branch
        return not branch or not self._conversation.message(branch[-1]).status.is_open

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._settle_branch()
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        message_id = self.focused_message
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and key in steps:
            self.jump(steps[key])
        elif self._steer(event):
            pass
        elif key == Qt.Key.Key_Escape and self.is_selecting:
            self.clear_selection()
        elif event.matches(QKeySequence.StandardKey.Copy) and message_id is not None:
            self._ask_for(message_id, MessageAct.COPY)
        elif (
            event.modifiers() in _PLAIN
            and message_id is not None
            and self._column.has(message_id)
            and self._on_message_key(message_id, key)
        ):
            pass
        elif key == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif key == Qt.Key.Key_End:
            self.scroll_to_end()
        else:
            super().keyPressEvent(event)

    @unfailing
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._settle_branch()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            message_id = self.focused_message
            point = None if message_id is None else self._menu_point(message_id)
        else:
            message_id = self._column.message_at(event.pos().y() + self._top)
            point = event.globalPos()
        if message_id is not None and self._column.has(message_id):
            self.menu_requested.emit(message_id, point)

    @unfailing
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._point_at(None)
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            hint = self._hint_at(event.pos())
            if hint:
                QToolTip.showText(event.globalPos(), hint, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _hint_at(self, point: QPoint) -> str:
        """Return what a tooltip says about a point, as plain text."""
        match self.target_at(point):
            case Link(address, poses_as):
                host = host_of(address)
                if poses_as:
                    host = tr("Leads to {host}, not to {other}").format(host=host, other=poses_as)
                return f"{host}\n{address}".replace("<", "‹")
            case CopyTable():
                return tr("Copy as Markdown")
            case Do(act):
                return act_hint(act)
            case Turn(_, step):
                return turn_hint(step)
        x, y = point.x() - self._column_x, point.y() + self._top
        return self._column.sent_at(x, y)

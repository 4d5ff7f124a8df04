"""Surface: one conversation, painted; what a person does with it is not known here.

The laws:

- What the reader sees does not move unless they move it. Their place is a
  `Position`; pixels follow from it. At the end, the view follows what comes.
- Only what shows is parsed and laid out; all else has an estimated height.
- Repainting, laying out and rebuilding are three things: `_repaint`,
  `_arrange`, `_rebuild`.
- Nothing is parsed, laid out or painted while nobody can see it.
"""

from dataclasses import replace
from time import thread_time

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.chat.conversation import Conversation
from app.ui.theme import Theme
from app.ui.transcript.attention import Attention
from app.ui.transcript.captions import Captions
from app.ui.transcript.colouring import Colouring
from app.ui.transcript.counts import Counts
from app.ui.transcript.drawn_formulas import Formulas, Wanted
from app.ui.transcript.frames import Frames
from app.ui.transcript.hold import Hold, hold
from app.ui.transcript.position import END, Position
from app.ui.transcript.reading import LARGEST, SMALLEST, Reading
from app.ui.transcript.repainting import Mark, Repainting
from app.ui.transcript.scroll_bar import ScrollBar
from app.ui.transcript.selection import UNMARKED
from app.ui.transcript.surroundings import FOOT
from app.ui.transcript.wide_page import WidePage
from app.ui.transcript.wrapping import wrapping
from app.ui.unfailing import unfailing

_LARGEST = 2**31 - 1
"""A scroll bar counts in C's int."""


class Surface(QAbstractScrollArea):
    """The messages of a conversation in one reading column.

    Signals:
        pinned_changed: the view began or ceased to follow the end. arg: follows.
    """

    pinned_changed = Signal(bool)

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar = ScrollBar(self)
        self.setVerticalScrollBar(self._bar)
        self._conversation = conversation
        self._plain_theme = theme
        """As the window has it, without what the person chose for reading."""
        self._reading = Reading()
        self._wraps_code = False
        self._theme = theme
        self.counts = Counts()
        """How much work was done so far."""
        self._column = WidePage(conversation, captions, theme, self.counts)
        self._formulas = Formulas(self._can_see, self)
        self._formulas.drawn.connect(self._on_formulas_drawn)
        self._column.formulas = self._formulas
        self._colouring = Colouring(self._column, self._can_see, self)
        # With the text of the next frame: no paint of their own between two of them.
        self._colouring.found.connect(self._request)
        self._repainting = Repainting(self.viewport(), self._column)
        self._frames = Frames(self)
        self._frames.due.connect(self._on_frames_due)
        self._position = END
        """Where the reader is."""
        self._held: tuple[Hold, Position] | None = None
        """What was kept in place when the view changed last, and where that led to."""
        self._top = 0
        """Pixels of the column above the view; follows from `_position`."""
        self._changed: set[int] = set()
        """Messages that changed since they were last looked at."""
        self._is_behind = True
        """Whether there is more to do than `_changed` says."""
        self._is_rebuilt = False
        """Whether another branch came into view."""
        self._is_syncing = False
        self._wanted: set[int] = set()
        self._attention = Attention()
        self._marks = UNMARKED
        self._held_foot: tuple[int, int] | None = None
        """A version that was turned to, and where its foot is to be in the view."""
        self._dress()
        conversation.message_added.connect(self._on_message_added)
        conversation.message_changed.connect(self._on_message_changed)
        conversation.branch_changed.connect(self._on_branch_changed)

    # What others may ask and tell

    @property
    def is_pinned(self) -> bool:
        """Whether the reader is at the end, and the view follows it."""
        return self._position.is_end

    @property
    def is_busy(self) -> bool:
        """Whether work is due."""
        return not self._frames.is_idle

    def position(self) -> Position:
        """Return where the reader is."""
        return self._position

    def restore(self, position: Position) -> None:
        """Bring the reader to a position; to the end if there is no such place."""
        if self._is_rebuilt:
            self._rebuild()
        self._held = None
        self._move_to(position if self._column.has(position.message_id) else END)
        self._is_behind = True
        self._flush_if_seen()

    def scroll_to_end(self) -> None:
        """Bring the reader to the end, where the view follows what comes."""
        self.restore(END)

    def set_theme(self, theme: Theme) -> None:
        """Change all colours and fonts."""
        self._plain_theme = theme
        self._read_as(self._reading)

    def set_reading_width(self, px: int) -> None:
        """Change the width of the reading column."""
        self._read_as(replace(self._reading, width=px))

    def set_text_scale(self, scale: float) -> None:
        """Change the size of all text, between half and three times of what it is."""
        self._read_as(replace(self._reading, scale=min(max(scale, SMALLEST), LARGEST)))

    def set_code_wrapping(self, is_wrapping: bool) -> None:
        """Have long lines of code broken, or scrolled sideways."""
        if self._wraps_code != is_wrapping:
            self._wraps_code = is_wrapping
            self._read_as(self._reading)

    def refresh_captions(self, message_id: int | None = None) -> None:
        """Ask anew what stands around a message, or around all of them.

        Texts are neither parsed nor laid out for this.
        """
        self._changed.update(self._column.known if message_id is None else [message_id])
        self._request()

    # What the conversation tells

    def _on_message_added(self, message_id: int) -> None:
        if not self._is_rebuilt:
            self._column.append(message_id)
        self._is_behind = True
        self._stay_at_end()
        self._request()

    def _on_message_changed(self, message_id: int) -> None:
        self._changed.add(message_id)
        self._stay_at_end()
        if message_id in self._wanted and self._conversation.has_text(message_id):
            # It came from the disk, once: the page stands empty for want of it.
            self._wanted.discard(message_id)
            self._hasten()
        self._request()

    def _on_branch_changed(self) -> None:
        self._is_rebuilt = self._is_behind = True
        self._request()

    # What comes later: formulas, and the colours of code

    def _can_see(self) -> bool:
        return self._is_seen

    def _on_formulas_drawn(self, drawn: frozenset[Wanted]) -> None:
        if self._column.renew(drawn):
            self._is_behind = True
            self._request()

    def _show_colours(self) -> None:
        """Show colours that were found."""
        for area in self._colouring.show():
            self.viewport().update(self._on_view(area))

    # Frames

    @property
    def _is_seen(self) -> bool:
        return self.isVisible() and not self.window().isMinimized()

    def _request(self) -> None:
        if self._is_seen:
            self._frames.request()

    def _hasten(self) -> None:
        if self._is_seen:
            self._frames.hasten()

    def _flush_if_seen(self) -> None:
        if self._is_seen:
            self._flush()

    def _on_frames_due(self) -> None:
        if self._is_behind or self._changed or self._is_rebuilt:
            self._flush_if_seen()
        elif self._is_seen:
            # Not a frame: text that comes next need not wait for its turn.
            self._show_colours()

    def _flush(self) -> None:
        """Take in what changed, and show it."""
        begun = thread_time()
        self._frames.cancel()
        self._frames.begin()
        self.counts.flushes += 1
        mark = self._repainting.mark(self._top)
        self._column.begin_frame()
        if self._is_rebuilt:
            self._rebuild()
            mark = None
        changed, self._changed, self._is_behind = self._changed, set(), False
        self._column.refresh(changed)
        self._arrange()
        self._formulas.resume()
        self._colouring.want(changed)
        self._repaint(mark)
        self._show_colours()
        self._place_what_floats()
        self._frames.add_cost(thread_time() - begun)
        if self._column.is_behind:
            self._is_behind = True
            self._frames.request(is_behind=True)

    # Rebuild, arrange, repaint

    def _rebuild(self) -> None:
        """Take up another branch; the reader stays with what is in both."""
        self._is_rebuilt = False
        position = self._position
        above: list[int] = []
        at = position.message_id
        while at is not None:
            above.append(at)
            at = self._column.neighbour(at, -1)
        self._column.rebuild()
        held, self._held_foot = self._held_foot, None
        if held is not None and not self.is_pinned and self._column.read_whole(held[0]):
            self._move_to(Position(held[0], FOOT, -held[1]))
            return
        kept = next((i for i in above if self._column.has(i)), None)
        if kept != position.message_id:
            self._move_to(END if kept is None else Position(kept, _LARGEST, 0))

    def _read_as(self, reading: Reading) -> None:
        self._reading, self._theme = reading, reading.applied_to(self._plain_theme)
        if self._wraps_code:
            self._theme = wrapping(self._theme)
        self._dress()
        self._restyle()

    def _restyle(self) -> None:
        """Let go of all layouts, for another width or theme."""
        held = self._taken_hold()
        self._column.restyle(self._column_width, self._theme)
        self._settle(held)

    def _taken_hold(self) -> Hold | None:
        """Take hold of what the reader has at the top; None at the end."""
        if self._held is not None and self._held[1] == self._position:
            # Nobody has moved since: this is the way back, also from the end.
            return self._held[0]
        return None if self.is_pinned else hold(self._column, self._position)

    def _settle(self, held: Hold | None) -> None:
        """Show all anew, with what was held where it was."""
        if held is not None:
            self._move_to(held.found_in(self._column))
        self._is_behind = True
        self._flush_if_seen()
        self._held = None if held is None else (held, self._position)
        self.viewport().update()

    def _stay_at_end(self) -> None:
        """Let go of what was held by a reader who follows the end, and sees what came."""
        if self.is_pinned:
            self._held = None

    def _arrange(self) -> None:
        """Lay out what shows and a little around it, and see where it is."""
        room = self.viewport().height()
        margin = room // 4
        place = None if self.is_pinned else self._column.place_of(self._position)
        if place is not None:
            need = max(place.offset, 0) + room + margin
            self._column.lay_out_from(place, margin + max(-place.offset, 0), need)
            top = self._column.top_of(place)
            if top >= self._column.height - room and not place.is_late:
                place = None
            else:
                self._top = max(top, 0)
                if not place.is_late:
                    self._move_to(self._column.position_at(self._top))
        if place is None:
            self._column.lay_out_end(room + margin)
            self._top = max(self._column.height - room, 0)
            self._move_to(END)
        self._column.release(self._top - room, self._top + 2 * room)
        self._sync_bar(room)
        self._want(self._top - room, self._top + 2 * room)

    def _move_to(self, position: Position) -> None:
        was_pinned, self._position = self.is_pinned, position
        if was_pinned != self.is_pinned:
            self.pinned_changed.emit(self.is_pinned)

    def _sync_bar(self, room: int) -> None:
        most = min(max(self._column.height - room, 0), _LARGEST)
        page = max(room - 2 * self._theme.space.xl, 1)
        self._is_syncing = True
        self._bar.place(most, page, min(self._top, _LARGEST))
        self._is_syncing = False

    def _want(self, top: int, bottom: int) -> None:
        missing = {
            i
            for i in self._column.ids_between(top, bottom)
            if not self._conversation.has_text(i) and i not in self._wanted
        }
        if missing:
            self._wanted |= missing
            self.counts.bodies_wanted += len(missing)
            self._conversation.want(sorted(missing))

    def _repaint(self, mark: Mark | None) -> None:
        """Repaint what does not show any more as it did when the mark was taken."""
        gap, is_ringed = self._theme.space.xxl, self._attention.focused is not None
        self._repainting.repaint(mark, self._top, gap, is_ringed=is_ringed)

    def _dress(self) -> None:
        # The frame is where the ring of the keyboard shows.
        self.setFrameStyle(QFrame.Shape.Box | QFrame.Shadow.Plain)
        self.setLineWidth(self._theme.metrics.focus_ring)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Conversation"))
        self.verticalScrollBar().setSingleStep(self._theme.type.transcript.line)
        view = self.viewport()
        palette = view.palette()
        palette.setColor(QPalette.ColorRole.Window, self._theme.colours.surface)
        view.setPalette(palette)
        view.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.setMouseTracking(True)

    # Geometry

    @property
    def _column_width(self) -> int:
        metrics = self._theme.metrics
        room = self.viewport().width() - 2 * metrics.column_margin
        return max(min(metrics.column, room), 1)

    @property
    def _column_x(self) -> int:
        return (self.viewport().width() - self._column_width) // 2

    def _on_view(self, area: QRect) -> QRect:
        """Return where an area of the column is in the view."""
        return area.translated(self._column_x, -self._top)

    # For those who put something over it

    def _place_what_floats(self) -> None:
        """Bring what lies over the page to where it belongs."""

    def _draw_over(self, painter: QPainter, rect: QRect) -> None:
        """Draw what stands around messages, inside `rect`."""

    # Qt's

    @unfailing
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._is_syncing or not self._is_seen:
            return
        mark, self._held = self._repainting.mark(self._top), None
        bar = self.verticalScrollBar()
        is_end = bar.value() >= bar.maximum()
        self._column.begin_frame()
        self._move_to(END if is_end else self._column.position_at(bar.value()))
        self._arrange()
        self._formulas.resume()
        self._colouring.want(())
        self._repaint(mark)
        self._place_what_floats()
        if self._column.is_behind:
            self._is_behind = True
            self._frames.request(is_behind=True)

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        begun = thread_time()
        rect = event.rect()
        with QPainter(self.viewport()) as painter:
            painter.fillRect(rect, self._theme.colours.surface)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._column.draw(
                painter, self._column_x, -self._top, QRectF(rect), self._attention, self._marks
            )
            self._draw_over(painter, rect)
        self.counts.paints += 1
        self.counts.painted_pixels += rect.height()
        self._frames.add_cost(thread_time() - begun)
        if self._is_behind or self._changed:
            self._frames.request()

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._column.width != self._column_width:
            self._restyle()
        else:
            self._settle(self._taken_hold())

    @unfailing
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Before the window's first paint nothing is parsed: it comes up sooner.
        if self.window().testAttribute(Qt.WidgetAttribute.WA_Mapped):
            self._flush_if_seen()

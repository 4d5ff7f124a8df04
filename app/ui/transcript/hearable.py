"""Hearable surface: what those who hear a transcript can ask of it, in their terms.

Points and areas are those of the screen, offsets are those of what is heard. The
law: nothing is made for a message before somebody asks for it.
"""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessibleInterface
from PySide6.QtWidgets import QWidget

from app.chat.conversation import Conversation
from app.chat.heading import first_words
from app.chat.message import Message, Role
from app.ui.notice import Act, Notice
from app.ui.theme import Theme
from app.ui.transcript.acts import MessageAct, tr
from app.ui.transcript.announcing import sentence_of
from app.ui.transcript.captions import Captions
from app.ui.transcript.heard_text import HeardText, readable, speech
from app.ui.transcript.selection import FIRST, LAST, Selection, TextPosition
from app.ui.transcript.sideways import SidewaysSurface

_TEXTS_KEPT = 16
"""Messages whose text is held as it is heard."""
_BEGINNING = 512
"""Characters of a text that are read for the name of its message."""


class HearableSurface(SidewaysSurface):
    """A surface that answers what is asked of it by those who hear it."""

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self._captions = captions
        self._reading_order: list[int] | None = None
        """The messages in reading order; None until somebody asks for it."""
        self._reading_indexes: dict[int, int] = {}
        self.items: dict[int, QAccessibleInterface] = {}
        """The messages somebody has asked for."""
        self._heard_texts: dict[int, HeardText] = {}
        """Least recently asked for first."""

    # What others are asked for

    def _ask_for(self, message_id: int, act: MessageAct) -> None:
        """Ask for something to be done with a message."""
        raise NotImplementedError

    def _take_offer(self, message_id: int, act: Act) -> None:
        """Take what the notice of a message offers."""
        raise NotImplementedError

    def _toggle_reasoning(self, message_id: int) -> None:
        """Show the reasoning of a message, or hide it."""
        raise NotImplementedError

    def _turn_by_key(self, message_id: int, step: int) -> None:
        """Turn to the version of a message before or after this one."""
        raise NotImplementedError

    # Which messages there are

    @property
    def reading_order(self) -> list[int]:
        """The ids of the messages in the order in which they are read. Not to be changed."""
        if self._reading_order is None:
            message = self._conversation.message
            branch = self._conversation.branch
            self._reading_order = [i for i in branch if message(i).role is not Role.SYSTEM]
            self._reading_indexes = {
                message_id: i for i, message_id in enumerate(self._reading_order)
            }
        return self._reading_order

    def reading_index(self, message_id: int) -> int:
        """Return which message of the branch it is; -1 if it is not in view."""
        return self._reading_indexes.get(message_id, -1) if self.reading_order else -1

    # What a message says

    def heard(self, message_id: int) -> HeardText:
        """Return what is heard of a message; nothing yet, if it has to be read from disk."""
        if self._conversation.text(message_id) is None:
            self._conversation.want([message_id])
        found = self._heard_texts.pop(message_id, None)
        if found is None:
            found = HeardText(self._conversation, message_id)
        self._heard_texts[message_id] = found
        if len(self._heard_texts) > _TEXTS_KEPT:
            del self._heard_texts[next(iter(self._heard_texts))]
        found.read(is_unfolded=self._column.is_unfolded(message_id))
        return found

    def name_heard(self, message_id: int) -> str:
        """Return who wrote a message, and how it begins."""
        message = self._conversation.message(message_id)
        is_own = message.role is Role.USER
        who = tr("You") if is_own else self._captions.name(message)[0]
        words = first_words(self._first_of(message))
        if not words and message.status.is_open:
            words = self._captions.waiting(message)
        return readable(f"{who}: {words}" if words else who)

    def _first_of(self, message: Message) -> str:
        text = self._conversation.text(message.id)
        if text is None:
            self._conversation.want([message.id])
        beginning = (text or "")[:_BEGINNING]
        return beginning if message.role is Role.USER else speech(beginning)

    def description_heard(self, message_id: int) -> str:
        """Return what stands around a message: thought, notice, offers, facts, its time."""
        message = self._conversation.message(message_id)
        _, sent = self._captions.moment(message)
        if message.role is Role.USER:
            return readable(sent)
        parts = []
        if self._conversation.reasoning_length(message_id):
            is_open = message.status.is_open and not self._conversation.length(message_id)
            parts.append(self._captions.thought(message, is_open))
        parts += [*self._below(message), sent]
        return readable("\n".join(part for part in parts if part))

    def _below(self, message: Message) -> list[str]:
        notice = self._captions.notice(message)
        parts = []
        if notice is not None:
            parts.append(sentence_of(notice))
            parts.append(", ".join(offer.label for offer in notice.offers))
        if not message.status.is_open:
            parts.append(", ".join(self._captions.facts(message)))
        return parts

    def is_growing_heard(self, message_id: int) -> bool:
        """Return whether text of a message can still come."""
        return self._conversation.message(message_id).status.is_open

    def is_own_heard(self, message_id: int) -> bool:
        """Return whether a message is the person's."""
        return self._conversation.message(message_id).role is Role.USER

    def has_reasoning_heard(self, message_id: int) -> bool:
        """Return whether there is reasoning to show or hide."""
        return self._conversation.reasoning_length(message_id) > 0

    def notice_heard(self, message_id: int) -> Notice | None:
        """Return what there is to say about how a reply ended."""
        message = self._conversation.message(message_id)
        return None if message.role is Role.USER else self._captions.notice(message)

    def version_heard(self, message_id: int) -> tuple[int, int]:
        """Return which version of a message it is, and how many there are."""
        versions = self._conversation.versions(message_id)
        return list(versions).index(message_id), len(versions)

    # Where it is

    def area_heard(self, message_id: int) -> QRect:
        """Return where a message shows on the screen; nothing if it does not."""
        box = self._column.box_of(message_id)
        if box is None or not self.isVisible():
            return QRect()
        area = self._on_view(box).intersected(self.viewport().rect())
        return self._on_screen(area) if area.isValid() else QRect()

    def message_heard_at(self, x: int, y: int) -> int | None:
        """Return the message at a point of the screen."""
        point = self.viewport().mapFromGlobal(QPoint(x, y))
        if not self.viewport().rect().contains(point):
            return None
        return self._column.message_at(point.y() + self._top)

    def character_area_heard(self, message_id: int, offset: int) -> QRect:
        """Return where a character is on the screen, also beyond the edge of the view.

        Nothing for one that does not show, or is too far away to be laid out.
        """
        found = self.heard(message_id).character_at(offset)
        if found is None or not self.isVisible():
            return QRect()
        position, end = found
        caret = self._column.caret_of(position)
        beyond = self._column.caret_of(TextPosition(message_id, position.place, end))
        if caret is None or beyond is None or not caret.height():
            return QRect()
        # At the end of a line, what is behind it is on the next.
        left, right = caret.x(), beyond.x() if beyond.y() == caret.y() else caret.x()
        area = QRect(min(left, right), caret.y(), abs(right - left), caret.height())
        return self._on_screen(self._on_view(area))

    def offset_heard_at(self, message_id: int, point: QPoint) -> int:
        """Return which character of a message is at a point of the screen; -1 for none."""
        at = self.viewport().mapFromGlobal(point)
        if not self.viewport().rect().contains(at) or not self._is_text_at(at):
            return -1
        position = self._text_at(at)
        if position is None or position.message_id != message_id:
            return -1
        offset = self.heard(message_id).offset_of(position)
        for near in (offset, offset - 1, offset - 2):
            if self.character_area_heard(message_id, near).contains(point):
                return near
        return offset

    def reveal_heard(self, message_id: int, offset: int | None = None) -> None:
        """Bring a message into view, or a character of it."""
        self._settle_branch()
        if not self._column.has(message_id):
            return
        if offset is None:
            self._reveal_message(message_id)
        else:
            self.reveal(self.heard(message_id).position_at(offset))

    def _on_screen(self, area: QRect) -> QRect:
        return area.translated(self.viewport().mapToGlobal(QPoint()))

    # What is selected

    def is_selected_heard(self, message_id: int) -> bool:
        """Return whether something of a message is selected."""
        extent = self._column.extent(self.selection)
        if extent is None or not self._column.has(message_id):
            return False
        return extent.first[0] <= self._column.index_of(message_id) <= extent.last[0]

    def selection_heard(self, message_id: int) -> tuple[int, int] | None:
        """Return from where to where a message is selected; None if it is not."""
        if not self.is_selected_heard(message_id):
            return None
        extent, index = self._column.extent(self.selection), self._column.index_of(message_id)
        assert extent is not None, "something is selected"
        first = extent.first[1:] if extent.first[0] == index else (FIRST, 0)
        last = extent.last[1:] if extent.last[0] == index else (LAST, 0)
        heard = self.heard(message_id)
        start = heard.offset_of(TextPosition(message_id, *first))
        end = heard.offset_of(TextPosition(message_id, *last), is_end=True)
        return (start, end) if start < end else None

    def select_heard(self, message_id: int, start: int, end: int) -> None:
        """Select a stretch of a message, or put the caret where it would be."""
        self._settle_branch()
        if not self._column.has(message_id):
            return
        heard = self.heard(message_id)
        ends = [heard.position_at(offset) for offset in (start, end)]
        self._has_caret = True
        self.select(Selection(*ends))
        self._update_caret()

    def caret_heard(self, message_id: int) -> int:
        """Return where in a message the selection goes on; its beginning if elsewhere."""
        selection, extent = self._marks.selection, self._column.extent(self.selection)
        if selection is None or selection.head.message_id != message_id:
            return 0
        head = selection.head
        is_end = extent is not None and extent.last[1:] == (head.place, head.offset)
        return self.heard(message_id).offset_of(head, is_end=is_end)

    # What can be done with it

    def focus_heard(self, message_id: int) -> None:
        """Bring the keyboard to a message."""
        self._settle_branch()
        if self._column.has(message_id):
            self._focus_message(message_id)

    def do_heard(self, message_id: int, act: MessageAct | Act | int | None) -> None:
        """Do something with a message: an act, what its notice offers, turn so many
        versions further; None shows or hides its reasoning.
        """
        self._settle_branch()
        if not self._column.has(message_id):
            return
        if isinstance(act, MessageAct):
            self._ask_for(message_id, act)
        elif isinstance(act, Act):
            self._take_offer(message_id, act)
        elif act is None:
            self._toggle_reasoning(message_id)
        else:
            self._turn_by_key(message_id, act)

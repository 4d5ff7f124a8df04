"""Conversation: a titled tree of messages, one branch of it in view.

The one owner of its messages. `Session` changes it, the transcript and the
panes listen. Messages are values; the text of a reply that is still growing is
kept here, piece by piece, so that a delta costs what the delta is long.

Bodies of old messages may still be on disk (`Message.text` is None): whoever
needs them calls `want`, and `fill` brings them. Values of messages that were
loaded are made when they are first asked for (`Stored`).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from app.chat.heading import Heading
from app.chat.message import Completion, Delta, Message, Pause, Role, Status
from app.chat.stored import Stored


@dataclass(slots=True)
class _Growth:
    """Text that only grows: appending is O(piece), the tail is read without the rest."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def append(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def whole(self) -> str:
        if len(self.pieces) > 1:
            self.pieces = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""

    def after(self, offset: int) -> str:
        wanted = self.length - offset
        tail: list[str] = []
        for piece in reversed(self.pieces):
            if wanted <= 0:
                break
            tail.append(piece[-wanted:] if len(piece) > wanted else piece)
            wanted -= len(piece)
        return "".join(reversed(tail))


class Conversation(QObject):
    """The live document behind one tab.

    Signals:
        message_added: a message joined the end of the branch in view. arg: its id.
        message_changed: its text grew, its body arrived or its value was
            replaced. arg: its id. At most once per call of `extend`.
        branch_changed: another branch is in view, or the tree was rebuilt.
        heading_changed: title, model, account, parameters or pin changed; not
            for the draft, which changes with every key.
        bodies_wanted: texts still on disk are needed now. arg: list of ids.
    """

    message_added = Signal(object)
    message_changed = Signal(object)
    branch_changed = Signal()
    heading_changed = Signal()
    bodies_wanted = Signal(object)

    def __init__(
        self, heading: Heading, messages: Iterable[Message] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._heading = heading
        self._stored = messages if isinstance(messages, Stored) else Stored.of(messages)
        self._messages: dict[int, Message] = {}
        """The values that were asked for or changed; all others are as they were stored."""
        self._parents = dict(self._stored.parents)
        self._roles = dict(self._stored.roles)
        self._children: dict[int | None, list[int]] = {}
        self._texts: dict[int, _Growth] = {}
        self._reasonings: dict[int, _Growth] = {}
        self._asked: set[int] = set()
        self._grown: dict[int, float] = {}
        """When each open reply last grew, on the clock of `time.monotonic`."""
        for message_id, above in self._parents.items():
            self._children.setdefault(above, []).append(message_id)
        self._branch = self._path_to(heading.leaf)

    # What it is called, and how the next message is sent

    @property
    def id(self) -> int:
        return self._heading.id

    @property
    def heading(self) -> Heading:
        """The conversation without its messages, as of now."""
        return self._heading

    def revise(self, heading: Heading) -> None:
        """Take a heading that differs in title, pin, model, account or parameters."""
        if heading != self._heading:
            self._heading = heading
            self.heading_changed.emit()

    def keep_draft(self, text: str) -> None:
        """Remember what is typed and not sent. Emits nothing."""
        self._heading = replace(self._heading, draft=text)

    # Reading

    @property
    def branch(self) -> Sequence[int]:
        """Ids of the messages in view, first to last. Not to be changed."""
        return self._branch

    @property
    def is_empty(self) -> bool:
        return not self._parents

    @property
    def open_replies(self) -> list[int]:
        """Ids of replies that are waiting or streaming, on any branch."""
        # Asked with every delta: a look at what grows, not at every message.
        return list(self._texts)

    def message(self, message_id: int) -> Message:
        """Return the value of a message. Its `text` may be None or, while it
        grows, behind: read texts with `text` and `text_after`.

        Raises:
            KeyError: there is no such message here.
        """
        message = self._messages.get(message_id)
        if message is None:
            if message_id not in self._parents:
                raise KeyError(message_id)
            message = self._messages[message_id] = self._stored.value(message_id)
        return message

    def role(self, message_id: int) -> Role:
        """Return who a message is from, at less than its value costs."""
        return self._roles[message_id]

    def text(self, message_id: int) -> str | None:
        """Return the text so far; None while it is still on disk."""
        growth = self._texts.get(message_id)
        return growth.whole() if growth else self.message(message_id).text

    def has_text(self, message_id: int) -> bool:
        """Return whether the text is here, and not only on disk."""
        return message_id in self._texts or self.message(message_id).text is not None

    def reasoning(self, message_id: int) -> str | None:
        """Return the reasoning so far; None while it is still on disk."""
        growth = self._reasonings.get(message_id)
        return growth.whole() if growth else self.message(message_id).reasoning

    def text_after(self, message_id: int, offset: int) -> str:
        """Return the text from character `offset` on, at the cost of that part.

        Empty while the text is still on disk.
        """
        growth = self._texts.get(message_id)
        return growth.after(offset) if growth else (self.text(message_id) or "")[offset:]

    def reasoning_after(self, message_id: int, offset: int) -> str:
        """Return the reasoning from character `offset` on."""
        growth = self._reasonings.get(message_id)
        return growth.after(offset) if growth else (self.reasoning(message_id) or "")[offset:]

    def length(self, message_id: int) -> int:
        """Return how many characters the text has, on disk or here."""
        it = self._texts.get(message_id) or self._messages.get(message_id)
        return it.length if it else self._stored.lengths[message_id]

    def lengths(self, message_ids: Iterable[int]) -> list[int]:
        """Return the lengths of many texts, as `length` does."""
        stored, changed = self._stored.lengths, {i: self.length(i) for i in self._messages}
        return [changed[i] if i in changed else stored[i] for i in message_ids]

    def reasoning_length(self, message_id: int) -> int:
        """Return how many characters the reasoning has."""
        growth, message = self._reasonings.get(message_id), self._messages.get(message_id)
        if growth is not None:
            return growth.length
        return message.reasoning_length if message else self._stored.reasoning_lengths[message_id]

    def silence_s(self, message_id: int) -> float:
        """Return for how long a reply under way has not grown; 0 before it begins."""
        grown = self._grown.get(message_id)
        return 0.0 if grown is None else time.monotonic() - grown

    def snapshot(self, message_id: int) -> Message:
        """Return the message as a value with its whole text as of now."""
        message = self.message(message_id)
        text, reasoning = self.text(message_id), self.reasoning(message_id)
        if message_id not in self._texts and message_id not in self._reasonings:
            return message
        return replace(
            message,
            text=text,
            reasoning=reasoning,
            length=len(text or ""),
            reasoning_length=len(reasoning or ""),
        )

    def versions(self, message_id: int) -> Sequence[int]:
        """Return the ids of a message and its siblings, oldest first."""
        return self._children[self._parents[message_id]]

    def has_followers(self, message_id: int) -> bool:
        """Return whether anything was written after a message, on any branch."""
        return bool(self._children.get(message_id))

    def path(self, message_id: int) -> list[int]:
        """Return the ids from the first message down to this one."""
        path: list[int] = []
        at: int | None = message_id
        while at is not None:
            path.append(at)
            at = self._parents[at]
        path.reverse()
        return path

    # Changing

    def add(self, message: Message) -> None:
        """Add a message under its parent and bring it into view."""
        extends = message.parent == (self._branch[-1] if self._branch else None)
        self._place(message)
        if message.status.is_open:
            self._grow(message)
        if extends:
            self._branch.append(message.id)
            self._heading = replace(self._heading, leaf=message.id)
            self.message_added.emit(message.id)
        else:
            self.show_version(message.id)

    def extend(self, message_id: int, deltas: Iterable[Delta]) -> None:
        """Append what deltas bring to an open reply; emits `message_changed` once."""
        text, reasoning = self._texts[message_id], self._reasonings[message_id]
        before = text.length + reasoning.length
        for delta in deltas:
            if delta.text:
                text.append(delta.text)
            if delta.reasoning:
                reasoning.append(delta.reasoning)
        if text.length + reasoning.length == before:
            return
        self._grown[message_id] = time.monotonic()
        message = self.message(message_id)
        if message.status is Status.WAITING:
            self._messages[message_id] = replace(message, status=Status.STREAMING, pause=None)
        self.message_changed.emit(message_id)

    def pause(self, message_id: int, pause: Pause | None) -> None:
        """Note that an open reply waits before its request is made again, or waits no more."""
        self._messages[message_id] = replace(self.message(message_id), pause=pause)
        self.message_changed.emit(message_id)

    def reopen(self, message_id: int, completion: Completion) -> Message:
        """Let a reply whose text is here grow on, by another request; return its new value."""
        before = self.message(message_id)
        assert before.text is not None
        message = replace(
            before, status=Status.WAITING, completion=completion, earlier=before.completions
        )
        self._messages[message_id] = message
        self._grow(message)
        self.message_changed.emit(message_id)
        return message

    def restore(self, message: Message) -> None:
        """Take back a `reopen` that could not be saved: the reply is what it was."""
        self._texts.pop(message.id, None)
        self._reasonings.pop(message.id, None)
        self._messages[message.id] = message
        self.message_changed.emit(message.id)

    def finish(self, message_id: int, status: Status, completion: Completion) -> Message:
        """Close an open reply and return it whole."""
        message = replace(
            self.snapshot(message_id), status=status, completion=completion, pause=None
        )
        self._texts.pop(message_id, None)
        self._reasonings.pop(message_id, None)
        self._grown.pop(message_id, None)
        self._messages[message_id] = message
        self.message_changed.emit(message_id)
        return message

    def remove(self, message_id: int) -> None:
        """Take back the last message of a branch: one that could not be saved."""
        assert not self._children.get(message_id), "only the end of a branch can go"
        parent = self._parents.pop(message_id)
        self._roles.pop(message_id)
        self._messages.pop(message_id, None)
        self._children[parent].remove(message_id)
        self._texts.pop(message_id, None)
        self._reasonings.pop(message_id, None)
        if message_id in self._branch:
            siblings = self._children[parent]
            self.show_version(siblings[-1] if siblings else parent)

    def show_version(self, message_id: int | None) -> None:
        """Bring the branch through a message into view, down its newest replies."""
        leaf = message_id
        while leaf is not None and self._children.get(leaf):
            leaf = self._children[leaf][-1]
        self._branch = self.path(leaf) if leaf is not None else []
        self._heading = replace(self._heading, leaf=leaf)
        self.branch_changed.emit()

    def want(self, message_ids: Iterable[int]) -> None:
        """Ask for texts that are still on disk; each is asked for once."""
        missing = [i for i in message_ids if i not in self._asked and self.message(i).text is None]
        if missing:
            self._asked.update(missing)
            self.bodies_wanted.emit(missing)

    def give_up(self, message_ids: Iterable[int]) -> None:
        """Note that texts could not be read; they are asked for again when wanted."""
        self._asked.difference_update(message_ids)

    def fill(self, bodies: Iterable[tuple[int, str, str]]) -> None:
        """Take in (id, text, reasoning) read from disk."""
        for message_id, text, reasoning in bodies:
            if message_id not in self._parents:
                continue
            message = self.message(message_id)
            if message.text is not None:
                continue
            self._messages[message_id] = replace(message, text=text, reasoning=reasoning)
            self._asked.discard(message_id)
            self.message_changed.emit(message_id)

    # Inside

    def _place(self, message: Message) -> None:
        self._messages[message.id] = message
        self._parents[message.id], self._roles[message.id] = message.parent, message.role
        self._children.setdefault(message.parent, []).append(message.id)

    def _grow(self, message: Message) -> None:
        text, reasoning = _Growth(), _Growth()
        if message.text:
            text.append(message.text)
        if message.reasoning:
            reasoning.append(message.reasoning)
        self._texts[message.id], self._reasonings[message.id] = text, reasoning

    def _path_to(self, leaf: int | None) -> list[int]:
        if leaf is None or leaf not in self._parents:
            leaf = max(self._parents, default=None)
            if leaf is None:
                return []
            self._heading = replace(self._heading, leaf=leaf)
        return self.path(leaf)

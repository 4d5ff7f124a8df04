"""Heard text: what of a message is read out, and where each character of it shows.

It is what shows and not its source. What only the eye tells (that something is a
heading, an item, code, a table, a link) is said in words of its own, between the
blocks' own text. Offsets are in UTF-16 code units, as everywhere in Qt.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.transcript.acts import tr
from app.ui.transcript.blocks import Block, Container, Kind, Run
from app.ui.transcript.boundaries import character_beyond
from app.ui.transcript.links import host_of
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.selection import FIRST, LAST, TextPosition
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.surroundings import REASONING
from app.ui.transcript.texts import is_text, text_of
from app.ui.transcript.utf16 import shown, units

_LINE_END = "\u2028"


def readable(text: str) -> str:
    """Return a text as Qt can hold it, with the line ends it came with."""
    return shown(text).replace(_LINE_END, "\n")


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of what is heard."""

    text: str
    place: int
    """Of the block it belongs to; see `Position.block`."""
    start: int
    """Where it stands in the text of the block, or which place there it comes before."""
    is_said_only: bool = False
    """Whether it does not show."""
    block: Block | None = None


def spoken(blocks: Iterable[Block], place: int = 0) -> Iterator[Words]:
    """Return what is heard of blocks that follow each other, the first at a place."""
    for at, block in enumerate(blocks, place):
        if not is_text(block):
            continue
        before = _before(block)
        if before:
            yield Words(before, at, 0, is_said_only=True)
        yield from _own_words(block, at)
        last = units(text_of(block))
        if block.kind is Kind.CODE and block.is_last:
            yield Words("\n" + tr("End of code"), at, last, is_said_only=True)
        if block.is_last or block.text.endswith("\n"):
            yield Words("\n", at, last, is_said_only=True)


def speech(source: str) -> str:
    """Return what is heard of a whole Markdown text."""
    stream = BlockStream()
    stream.feed(source)
    return "".join(words.text for words in spoken(stream.blocks)).strip("\n")


def code_heading(language: str) -> str:
    """Return what is said before code."""
    return tr("Code, {language}:").format(language=language) if language else tr("Code:")


def _before(block: Block) -> str:
    """Return what is said before the text of a block."""
    if not block.is_first:
        return ""
    parts = []
    if Container.QUOTE in block.within:
        parts.append(tr("Quote:"))
    marker = block.marker
    if marker is not None:
        number = "•" if marker.ordinal is None else f"{marker.ordinal}{marker.suffix}"
        parts.append(tr("Note {name}:").format(name=marker.label) if marker.label else number)
        if marker.is_done is not None:
            parts.append(tr("done:") if marker.is_done else tr("to do:"))
    if block.kind is Kind.HEADING:
        parts.append(tr("Heading {level}:").format(level=block.level))
    elif block.kind is Kind.MATHS:
        parts.append(tr("Formula:"))
    text = " ".join(parts) + " " if parts else ""
    if block.kind is Kind.CODE:
        return text + code_heading(block.language) + "\n"
    if block.kind is Kind.TABLE:
        count = len(block.columns.aligns) if block.columns is not None else 0
        return text + tr("Table, columns: {count}").format(count=count) + "\n"
    return text


def _own_words(block: Block, place: int) -> Iterator[Words]:
    """Return the text of a block as it shows, with where links lead behind them."""
    text, start = text_of(block), 0
    wide = text if text.isascii() else None
    for end, address in _link_ends(block):
        piece = _cut(text, wide, start, end)
        yield Words(readable(piece), place, start, block=block)
        host = host_of(address)
        yield Words(" " + tr("(link: {host})").format(host=host), place, end, is_said_only=True)
        start = end
    yield Words(readable(_cut(text, wide, start, units(text))), place, start, block=block)


def _cut(text: str, ascii_text: str | None, start: int, end: int) -> str:
    if ascii_text is not None:
        return ascii_text[start:end]
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _link_ends(block: Block) -> Iterator[tuple[int, str]]:
    """Return where links end in the text of a block, and where they lead."""
    at, address = 0, ""
    for run in _runs(block):
        if address and run.link != address:
            yield at, address
        address = run.link
        at += units(run.text)
    if address:
        yield at, address


def _runs(block: Block) -> Iterator[Run]:
    if not block.rows:
        yield from block.runs
        return
    gap = Run("\t")
    for row in block.rows:
        for i, cell in enumerate(row):
            yield from cell
            if i < len(row) - 1:
                yield gap
        yield Run("\n")


class HeardText:
    """All that is heard of one message, as far as it is in memory; read on as it grows."""

    def __init__(self, conversation: Conversation, message_id: int) -> None:
        self._conversation = conversation
        self._id = message_id
        self._is_own = conversation.message(message_id).role is Role.USER
        self._stream = self._new_stream()
        self._taken = 0
        self._done = 0
        """Settled blocks of which the words are known."""
        self._settled: list[Words] = []
        self._words: Sequence[Words] = ()
        self._starts: list[int] = []
        """Where each of the words begins."""
        self.text = ""
        """All of it."""
        self.length = 0
        """Of the text, in UTF-16 units."""
        self._thought_length = -1
        """Of the reasoning that is heard too; -1 for none."""

    def read(self, *, is_unfolded: bool) -> None:
        """Take in what is new. The reasoning is heard if it shows."""
        length = self._conversation.length(self._id)
        if self._conversation.text(self._id) is None:
            length = 0
        reasoning = self._conversation.reasoning(self._id) or "" if is_unfolded else None
        thought_length = -1 if reasoning is None else len(reasoning)
        if self._words and (length, thought_length) == (self._taken, self._thought_length):
            return
        if length < self._taken:
            # Not the text it was.
            self._stream, self._taken, self._done = self._new_stream(), 0, 0
            self._settled = []
        self._stream.feed(self._conversation.text_after(self._id, self._taken))
        self._taken, self._thought_length = length, thought_length
        tail = self._stream.tail
        if self._stream.take_revised() is not None:
            self._settled, self._done = [], 0
        self._settled += spoken(self._stream.settled[self._done :], self._done)
        self._done = len(self._stream.settled)
        words = [*self._settled, *spoken(tail, self._done)]
        self._take([*_thought(reasoning), *words] if reasoning else words)

    def _new_stream(self) -> BlockStream | PlainStream:
        return PlainStream() if self._is_own else BlockStream()

    def _take(self, words: list[Words]) -> None:
        if words and words[-1].text == "\n" and words[-1].is_said_only:
            words.pop()
        self._words, self._starts, at = words, [], 0
        for each in words:
            self._starts.append(at)
            at += units(each.text)
        self.text, self.length = "".join(each.text for each in words), at

    # From what is heard to what shows

    def position_at(self, offset: int) -> TextPosition:
        """Return where on the page an offset is; what does not show is where it is said."""
        if not self._words:
            return TextPosition(self._id, FIRST)
        if offset >= self.length:
            last = self._words[-1]
            end = last.start if last.is_said_only else last.start + units(last.text)
            return TextPosition(self._id, last.place, end)
        index = max(bisect_right(self._starts, max(offset, 0)) - 1, 0)
        words = self._words[index]
        inside = 0 if words.is_said_only else max(offset, 0) - self._starts[index]
        return TextPosition(self._id, words.place, words.start + inside)

    def character_at(self, offset: int) -> tuple[TextPosition, int] | None:
        """Return where on the page a character is, and the offset in its block behind it.

        None for what does not show.
        """
        index = bisect_right(self._starts, offset) - 1
        if not 0 <= offset < self.length:
            return None
        words, inside = self._words[index], offset - self._starts[index]
        if words.block is None:
            return None
        end = character_beyond(text_of(words.block), words.start + inside, 1)
        position = TextPosition(self._id, words.place, words.start + inside)
        return position, position.offset + 1 if end is None else end

    # From what shows to what is heard

    def offset_of(self, position: TextPosition, *, is_end: bool = False) -> int:
        """Return where a position of the page is in what is heard.

        Where something is said between two characters: behind that, or before if `is_end`.
        """
        if position.place == LAST:
            return self.length
        own = [i for i, it in enumerate(self._words) if it.place == position.place and it.block]
        if not own:
            return self._offset_beyond(lambda words: words.place > position.place)
        for i in reversed(own):
            if self._words[i].start <= position.offset - is_end or i == own[0]:
                inside = min(position.offset - self._words[i].start, units(self._words[i].text))
                return self._starts[i] + max(inside, 0)
        return self.length

    def _offset_beyond(self, is_beyond: Callable[[Words], bool]) -> int:
        pairs = zip(self._words, self._starts, strict=True)
        return next((start for words, start in pairs if is_beyond(words)), self.length)


def _thought(reasoning: str) -> Iterator[Words]:
    stream = PlainStream((Container.REASONING,))
    stream.feed(reasoning)
    place = REASONING
    yield Words(tr("Reasoning:") + "\n", place, 0, is_said_only=True)
    yield from spoken(stream.blocks, place)
    place += len(stream.blocks)
    yield Words(tr("Reply:") + "\n", place, 0, is_said_only=True)

"""Copying: a stretch of a conversation as plain text and as Markdown, from its source.

The laws:

- What is taken whole, messages and blocks, comes as the characters it was received
  in, whatever they are: no widget has touched them.
- Of what is taken in part, plain text is what shows, and Markdown says the same.
- What lies within one block comes as plain text without its marks: a line of code
  is a line of code.
- Out of code no control characters come but tabs and line ends, so that nothing
  acts when it is pasted into a terminal; from anywhere else everything comes.
- Messages are parted by a blank line. Names, feet and notices are nobody's words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.transcript.blocks import Block, Cell, Kind
from app.ui.transcript.boundaries import cut
from app.ui.transcript.markup import (
    code_markdown,
    markdown_of,
    prefix_of,
    runs_between,
)
from app.ui.transcript.message_rows import PENDING
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.selection import BEYOND, Extent
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.surroundings import REASONING
from app.ui.transcript.table_text import table_markdown
from app.ui.transcript.text_page import TextPage
from app.ui.transcript.texts import length_of
from app.ui.transcript.utf16 import units

_SLICE = 8_192
"""Characters parsed before looking whether that was enough."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""C0 but for tabs and line ends, DEL, and C1: 0x9B begins a sequence as ESC [ does."""
_BLANK = "\n\n"


@dataclass(frozen=True, slots=True)
class Copied:
    """The same stretch of a conversation, twice."""

    plain: str
    markdown: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """Blocks that belong together, as far as they are selected."""

    start: int
    """Where the source begins, and where it ends."""
    end: int
    plain: str = ""
    markdown: str = ""
    is_whole: bool = False
    """Whether the source is what is taken."""


def harmless(code: str) -> str:
    """Return code without the control characters that a terminal would obey."""
    return _CONTROLS.sub("", code)


def missing(conversation: Conversation, message_ids: Iterable[int]) -> list[int]:
    """Return the messages of which the text is still on disk."""
    return [i for i in message_ids if conversation.text(i) is None]


def copy_of(conversation: Conversation, page: TextPage, extent: Extent) -> Copied:
    """Return what an extent says. Texts that are still on disk are left out."""
    plain, markdown = [], []
    for message, message_id in enumerate(page.ids_in(extent), extent.first[0]):
        for copied in _parts_of(conversation, page, extent, message, message_id):
            if copied.plain or copied.markdown:
                plain.append(copied.plain)
                markdown.append(copied.markdown)
    return Copied(_BLANK.join(plain), _BLANK.join(markdown))


def _parts_of(
    conversation: Conversation, page: TextPage, extent: Extent, message: int, message_id: int
) -> Iterator[Copied]:
    """Return what is selected of a message: of what was thought if it shows, of what was said."""
    first = extent.first[1:] if message == extent.first[0] else (-BEYOND, 0)
    last = extent.last[1:] if message == extent.last[0] else (BEYOND, 0)
    if page.is_unfolded(message_id) and first[0] < 0:
        thought = conversation.reasoning(message_id) or ""
        yield _reasoning(thought, extent, message)
    text = conversation.text(message_id)
    if text is None or last[0] < 0 or first[0] >= PENDING:
        return
    if first <= (0, 0) and last[0] >= PENDING:
        yield Copied(text, text)
        return
    is_own = conversation.message(message_id).role is Role.USER
    source = text if is_own else text.replace("\r\n", "\n").replace("\r", "\n")
    start, to_end = max(first, (0, 0)), last[0] >= PENDING
    needed = start[0] if to_end else max(start[0], last[0])
    blocks = _blocks(page, message_id, source, needed, is_own=is_own)
    groups = list(_groups(blocks))
    if to_end:
        # What comes after the block it begins in is taken as it is, parsed or not.
        groups = groups[: next((i for i, g in enumerate(groups, 1) if start[0] in g), None)]
    pieces = [piece for g in groups if (piece := _piece(blocks, g, start, last)) is not None]
    if to_end:
        rest = blocks[groups[-1][-1]].end if groups else 0
        if source[rest:].strip("\n"):
            rest += len(source) - rest - len(source[rest:].lstrip("\n"))
            pieces.append(_Piece(rest, len(source), is_whole=True))
        yield _joined(source, pieces)
    elif any(start[0] in group and last[0] in group for group in groups):
        yield _shown(source, pieces)
    elif len(pieces) == len(groups) and all(piece.is_whole for piece in pieces):
        yield Copied(text, text)
    else:
        yield _joined(source, pieces)


def _reasoning(thought: str, extent: Extent, message: int) -> Copied:
    stream = PlainStream()
    stream.feed(thought)
    texts = []
    for place, block in enumerate(stream.blocks, REASONING):
        reach = extent.within(message, place)
        if reach is not None:
            texts.append(block.text if reach == (0, BEYOND) else cut(block.text, *reach))
    text = "".join(texts)
    return Copied(text, text)


def _blocks(
    page: TextPage, message_id: int, source: str, place: int, *, is_own: bool
) -> Sequence[Block]:
    """Return the blocks of a text, at least up to the end of what stands at a place."""
    blocks, stay = page.blocks_of(message_id)
    if stay == len(blocks) or any(block.is_first for block in blocks[place + 1 : stay]):
        return blocks
    stream = PlainStream() if is_own else BlockStream()
    for start in range(0, len(source), _SLICE):
        stream.feed(source[start : start + _SLICE])
        if any(block.is_first for block in stream.settled[place + 1 :]):
            break
    return stream.blocks


def _groups(blocks: Sequence[Block]) -> Iterator[range]:
    """Return which blocks are the pieces of one."""
    first = 0
    for at in range(1, len(blocks) + 1):
        if at == len(blocks) or blocks[at].is_first:
            yield range(first, at)
            first = at


def _piece(
    blocks: Sequence[Block], group: range, start: tuple[int, int], stop: tuple[int, int]
) -> _Piece | None:
    """Return what is selected of the pieces of one block."""
    reaches = []
    for place in group:
        length = length_of(blocks[place])
        begin = 0 if (place, 0) > start else min(start[1], length)
        end = length if place < stop[0] else min(stop[1], length)
        is_within = start <= (place, 0) < stop if not length else begin < end
        if start[0] <= place <= stop[0] and is_within:
            reaches.append((blocks[place], begin, end, length))
    if not reaches:
        return None
    is_whole = len(reaches) == len(group) and all(
        begin == 0 and end == length for _, begin, end, length in reaches
    )
    source_start = min(blocks[place].start for place in group)
    source_end = max(blocks[place].end for place in group)
    plain, markdown = _as_shown(reaches)
    return _Piece(source_start, source_end, plain, markdown, is_whole)


def _as_shown(reaches: Sequence[tuple[Block, int, int, int]]) -> tuple[str, str]:
    """Return pieces of one block as what shows, and as Markdown that says the same."""
    block, begin, _, _ = reaches[0]
    texts = []
    for i, (piece, start, end, length) in enumerate(reaches):
        text = cut(piece.text, start, end)
        if end == length and i < len(reaches) - 1:
            # What a line end at the end of a piece shows as is the next piece.
            text += piece.text[len(piece.text.removesuffix("\n")) :] if _is_cut(piece) else ""
        texts.append(text)
    text = "".join(texts)
    if block.kind is Kind.CODE:
        text = harmless(text)
        return text, code_markdown(text, block.language)
    if block.kind is Kind.PLAIN:
        return text, text
    if block.kind is Kind.TABLE:
        rows = [row for piece, start, end, _ in reaches for row in _rows(piece, start, end)]
        aligns = block.columns.aligns if block.columns is not None else ()
        return text, table_markdown(rows, aligns).removesuffix("\n")
    runs = runs_between(block.runs, begin, reaches[0][2])
    plain = "".join(harmless(run.text) if run.is_code else run.text for run in runs)
    prefix = prefix_of(block) if begin == 0 else ""
    return plain, prefix + markdown_of(runs)


def _is_cut(block: Block) -> bool:
    return block.kind in (Kind.CODE, Kind.TABLE) or not block.is_last


def _rows(block: Block, start: int, end: int) -> Iterator[tuple[Cell, ...]]:
    """Return the rows of a table of which anything is selected."""
    at = 0
    for row in block.rows:
        above = at
        at += sum(units(run.text) for cell in row for run in cell) + len(row)
        if above < end and at > start:
            yield row


def _shown(source: str, pieces: Sequence[_Piece]) -> Copied:
    """Return what is selected within one block."""
    if not pieces:
        return Copied("", "")
    piece = pieces[0]
    markdown = _slice(source, piece.start, piece.end) if piece.is_whole else piece.markdown
    return Copied(piece.plain, markdown)


def _joined(source: str, pieces: Sequence[_Piece]) -> Copied:
    """Return what is selected of several blocks, whole ones as their source."""
    plain, markdown = "", ""
    at, done = 0, 0
    while at < len(pieces):
        piece, end = pieces[at], at + 1
        if piece.is_whole:
            while end < len(pieces) and pieces[end].is_whole:
                end += 1
            # A block may stand within the source of the one before it.
            start = max(piece.start, done)
            stop = max(each.end for each in pieces[at:end])
            if end < len(pieces):
                stop = max(min(stop, pieces[end].start), start)
            texts = (_slice(source, start, stop),) * 2
        else:
            start, stop = piece.start, piece.end
            texts = piece.plain, piece.markdown
        gap = _gap(source, done, start) if at else ""
        plain, markdown = plain + gap + texts[0], markdown + gap + texts[1]
        at, done = end, stop
    return Copied(plain, markdown)


def _slice(source: str, start: int, end: int) -> str:
    return source[start:end].rstrip("\n")


def _gap(source: str, end: int, start: int) -> str:
    """Return what parts two blocks: a line end within a list, else a blank line."""
    behind = source[:end].rstrip("\n")
    return "\n" if source.count("\n", len(behind), max(start, end)) == 1 else _BLANK

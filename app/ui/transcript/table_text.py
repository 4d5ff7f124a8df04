"""Table text: a table as Markdown and as comma-separated values, for copying."""

import re
from collections.abc import Sequence

from app.ui.transcript.blocks import Align, Block, Cell
from app.ui.transcript.markup import markdown_of

_RULES = {Align.START: "---", Align.CENTRE: ":---:", Align.END: "---:"}
_ACTING = re.compile("[ \u00a0\u200b-\u200f\u2060\ufeff]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula, also behind blanks it drops and
in full width. https://owasp.org/www-community/attacks/CSV_Injection"""


def rows_at(
    blocks: Sequence[Block], index: int
) -> tuple[tuple[tuple[Cell, ...], ...], tuple[Align, ...]]:
    """Return all rows, head first, of the table of which block `index` is a piece.

    And how its columns stand.
    """
    first = last = index
    while first and not blocks[first].is_first:
        first -= 1
    while last + 1 < len(blocks) and not blocks[last].is_last:
        last += 1
    columns = blocks[index].columns
    rows = tuple(row for block in blocks[first : last + 1] for row in block.rows)
    return rows, columns.aligns if columns is not None else ()


def table_markdown(rows: Sequence[Sequence[Cell]], aligns: Sequence[Align]) -> str:
    """Return rows of cells, the first of which is the head, as a table in Markdown."""
    if not rows:
        return ""
    lines = [
        "| " + " | ".join(markdown_of(cell).replace("|", "\\|") for cell in row) + " |"
        for row in rows
    ]
    rule = "| " + " | ".join(_RULES[align] for align in aligns) + " |"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def table_csv(rows: Sequence[Sequence[Cell]]) -> str:
    """Return rows of cells as comma-separated values (RFC 4180).

    What a spreadsheet would compute gets an apostrophe in front: text of a model
    never acts.
    """
    return "".join(",".join(map(_value, row)) + "\r\n" for row in rows)


def _value(cell: Cell) -> str:
    text = "".join(run.text for run in cell)
    if _ACTING.match(text):
        text = "'" + text
    if any(sign in text for sign in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text

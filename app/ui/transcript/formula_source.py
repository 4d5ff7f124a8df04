r"""Formula source: where LaTeX stands in a text.

- Between `$` and `$`, `$$` and `$$`, `\(` and `\)`, `\[` and `\]`, and in a fence
  that says it is `math`. What is not closed is text.
- Prices are no formulas: as in Pandoc, no space may follow a `$` that opens or
  stand before one that closes, and no digit may follow that.
- A search for an end goes no further than a fixed length.

https://pandoc.org/MANUAL.html#extension-tex_math_dollars
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from app.ui.transcript.blocks import Block, Kind, Run, pieces

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

MOST = 4_096
"""Characters of a formula that stands on its own lines; of one between `$` a thousand."""

HELD = "held"
"""The key, in the environment of a parser, of the first line that may yet begin a formula."""

_SIGNS = {
    "$": re.compile(r"\$(?![\s$])((?:[^$\\`\n]|\\[^`\n]){1,1000}+)(?<!\s)\$(?![\dA-Z_$])"),
    "$$": re.compile(r"\$\$((?:[^$\\`]|\\[^`]|\$(?!\$)){1,4096}+)\$\$"),
    "\\(": re.compile(r"\\\(((?:[^\\`]|\\[^()`]){1,4096}+)\\\)"),
    "\\[": re.compile(r"\\\[((?:[^\\`]|\\[^][`]){1,4096}+)\\\]"),
}
_CLOSING = {"$$": re.compile(r"(?<!\\)\$\$"), "\\[": re.compile(r"(?<!\\)\\\]")}
_ENDS = {"$$": "$$", "\\[": "\\]"}
_BLANK = re.compile(r"\n[ \t>]*\n")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_PRICE = re.compile(r"\d[^\\^_=+{}<>]*\s[^\W\d_]{2,}[^\\^_=+{}<>]*")
"""What stands between the signs in `$5 and 10$`."""
_ESCAPED = re.compile(r"[\s\\.,:;'-]*|\d+|[\w\s.,:;'-]*[^\W\d_]{3}[\w\s.,:;'-]*")
"""What stands between brackets that were escaped so that they are brackets."""


def formula_at(source: str, start: int) -> tuple[int, str] | None:
    """Return where the formula that begins at a place ends, and its LaTeX."""
    sign = source[start : start + 2]
    if sign not in _SIGNS:
        sign = sign[:1]
        if sign != "$" or (start and (source[start - 1].isalnum() or source[start - 1] == "$")):
            return None
    match = _SIGNS[sign].match(source, start)
    if match is None or not _is_formula(match[1], sign):
        return None
    return match.end(), match[1].strip()


def _is_formula(content: str, sign: str) -> bool:
    if "`" in content or content.isspace() or not content or not _is_balanced(content):
        return False
    if sign == "$":
        return _PRICE.fullmatch(content) is None
    if sign == "\\[":
        return _ESCAPED.fullmatch(content) is None
    if sign == "\\(":
        return content.isdigit() or _ESCAPED.fullmatch(content) is None
    return True


def _is_balanced(content: str) -> bool:
    depth = 0
    for match in _BRACES.finditer(content):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth < 0:
            return False
    return depth == 0


def as_formula(block: Block) -> Block:
    """Return the code of a fence that was closed as a formula, if that is what it is."""
    content = block.text
    if block.language != "math" or not block.is_first or not content.strip():
        return block
    if len(pieces(content)) > 1:
        return block
    source = f"```math\n{content}```"
    return replace(block, kind=Kind.MATHS, runs=(Run(source, maths=content.strip()),), language="")


def teach(parser: "MarkdownIt") -> None:
    """Let a parser know formulas."""
    parser.block.ruler.before(
        "table", "maths_block", _read_block, {"alt": ["paragraph", "reference"]}
    )
    parser.inline.ruler.before("escape", "maths_inline", _read_inline)


def _read_inline(state: "StateInline", silent: bool) -> bool:
    start = state.pos
    if state.src[start] not in "$\\":
        return False
    found = formula_at(state.src, start)
    if found is None:
        if state.src.startswith("$$", start) and start + 2 <= state.posMax:
            # Neither sign opens anything.
            if not silent:
                state.append_pending("$$")
            state.pos += 2
            return True
        return False
    end, latex = found
    if end > state.posMax:
        return False
    if not silent:
        token = state.push("maths_inline", "", 0)
        token.content = latex
        token.markup = state.src[start:end]
    state.pos = end
    return True


def _read_block(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    sign = state.src[first : first + 2]
    if sign not in _CLOSING or state.is_code_block(start):
        return False
    if not _may_end(state, first + 2, sign):
        return False
    lines = _lines_to_end(state, start, end, sign)
    if lines is None:
        return False
    content = "\n".join(lines)
    if not _is_formula(content, sign):
        return False
    if not silent:
        state.line = start + len(lines)
        token = state.push("maths_block", "", 0)
        token.map = [start, state.line]
        token.content = content.strip()
        token.markup = sign + content + ("$$" if sign == "$$" else "\\]")
    return True


def _may_end(state: "StateBlock", first: int, sign: str) -> bool:
    """Say, at little cost, whether it is worth to look for the end of a formula."""
    reach = first + 2 * MOST
    may_go_on = reach >= len(state.src) and HELD not in state.env
    if not may_go_on and state.src.find(_ENDS[sign], first, reach) < 0:
        return False
    blank = _BLANK.search(state.src, first, reach)
    if _CLOSING[sign].search(state.src, first, blank.start() if blank else reach) is not None:
        return True
    return blank is None and may_go_on


def _lines_to_end(state: "StateBlock", start: int, end: int, sign: str) -> list[str] | None:
    """Return the lines of a formula without its signs; None if it does not end."""
    lines: list[str] = []
    length, line = 0, start
    while length <= MOST:
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if line == start:
            text = text[2:]
        closing = _CLOSING[sign].search(text)
        if closing is not None:
            return None if text[closing.end() :].strip() else [*lines, text[: closing.start()]]
        lines.append(text)
        length += len(text) + 1
        line += 1
        if line >= len(state.bMarks) - 1:
            state.env[HELD] = min(start, state.env.get(HELD, start))
            return None
        if line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return None
    return None

"""Dispatch: only those rules of markdown-it are asked that can begin at a sign.

It asks one after the other, at every line and every sign, though most look at that
one sign and say no. What is read is the same. Importing this module imports
markdown-it. https://github.com/executablebooks/markdown-it-py/tree/master/markdown_it
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, text

_BLOCK_SIGNS = {
    "maths_block": "$\\",
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "footnote": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_INLINE_SIGNS = {
    "bare_address": "hw",
    "newline": "\n",
    "maths_inline": "$\\",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "footnote_sign": "[",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
"""What each rule looks for first. A rule that is not named is always asked."""

_Rule = TypeVar("_Rule", bound=Callable[..., bool])


class _Rules(Generic[_Rule]):
    """Rules of one chain by the sign they begin with, each in the order they are asked in."""

    def __init__(self, ruler: Ruler[_Rule], chain: str, signs: dict[str, str]) -> None:
        active = set(ruler.getRules(chain))
        names = {rule.fn: rule.name for rule in ruler.__rules__ if rule.fn in active}
        ordered = [(rule, signs.get(names[rule])) for rule in ruler.getRules(chain)]
        self.others = tuple(rule for rule, begins in ordered if begins is None)
        """Those that are asked at a sign that is not among those of any."""
        self.by_sign = {
            sign: tuple(rule for rule, begins in ordered if begins is None or sign in begins)
            for sign in "".join(signs.values())
        }


def teach(parser: MarkdownIt) -> None:
    """Let a parser ask only who can answer; to be taught last."""
    parser.block.ruler.disable("lheading")
    chains = parser.block.ruler
    paragraph = _Paragraph(_Rules(chains, "paragraph", _BLOCK_SIGNS))
    chains.at("paragraph", paragraph.read)
    block, inline = _Block(), _Inline()
    block.ruler, inline.ruler = chains, parser.inline.ruler
    inline.ruler2, inline.terminator_re = parser.inline.ruler2, parser.inline.terminator_re
    block.rules = _Rules(chains, "", _BLOCK_SIGNS)
    inline.rules = _Rules(inline.ruler, "", _INLINE_SIGNS)
    for sign in set(inline.rules.by_sign) - set(_INLINE_SIGNS["bare_address"]):
        # Here a text ends, so that none begins.
        rules = inline.rules.by_sign[sign]
        inline.rules.by_sign[sign] = tuple(rule for rule in rules if rule is not text)
    parser.block, parser.inline = block, inline


class _Block(ParserBlock):
    """What stands below each other."""

    rules: _Rules[RuleFuncBlockType]

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - theirs
        by_sign, others = self.rules.by_sign, self.rules.others
        line, has_empty_lines = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options.maxNesting:
                state.line = endLine
                break
            sign = state.src[state.bMarks[line] + state.tShift[line]]
            if not any(rule(state, line, endLine, False) for rule in by_sign.get(sign, others)):
                raise RuntimeError("no rule read a line")
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line


class _Paragraph:
    """Lines that belong together, and what makes a heading of them.

    Theirs looks at each of them twice, once for the heading.
    """

    def __init__(self, rules: _Rules[RuleFuncBlockType]) -> None:
        self._rules = rules

    def read(self, state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 - theirs
        # As theirs does, for good.
        state.parentType = "paragraph"
        line, level = self._end(state, startLine, endLine)
        content = mdTrim(state.getLines(startLine, line, state.blkIndent, False))
        state.line = line + (level > 0)
        name, tag = ("heading", f"h{level}") if level else ("paragraph", "p")
        token = state.push(f"{name}_open", tag, 1)
        token.map = [startLine, state.line]
        token = state.push("inline", "", 0)
        token.content = content
        token.map = [startLine, line]
        token.children = []
        state.push(f"{name}_close", tag, -1)
        return True

    def _end(self, state: StateBlock, start: int, end: int) -> tuple[int, int]:
        """Return the line after a paragraph, and the level of the heading if that underlines it."""
        by_sign, others = self._rules.by_sign, self._rules.others
        line = start + 1
        while line < end:
            at = state.bMarks[line] + state.tShift[line]
            if at >= state.eMarks[line]:
                break
            indent = state.sCount[line]
            # What is indented further goes on with the paragraph; so does what a
            # quote looked at already, which has less than no indent.
            if indent >= 0 and indent - state.blkIndent <= 3:
                sign = state.src[at]
                if sign in "-=" and indent >= state.blkIndent:
                    level = _level(state.src[at : state.eMarks[line]], sign)
                    if level:
                        return line, level
                if any(rule(state, line, end, True) for rule in by_sign.get(sign, others)):
                    break
            line += 1
        return line, 0


def _level(line: str, sign: str) -> int:
    if line.lstrip(sign).strip(" \t"):
        return 0
    return 1 if sign == "=" else 2


class _Inline(ParserInline):
    """What stands in a line."""

    rules: _Rules[RuleFuncInlineType]

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - theirs
        pos = state.pos
        if pos in state.cache:
            state.pos = state.cache[pos]
            return
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        state.level += 1
        rules = self.rules.by_sign.get(state.src[pos], self.rules.others)
        if state.pos != pos or not any(rule(state, True) for rule in rules):
            state.pos += 1
        state.level -= 1
        state.cache[pos] = state.pos

    def tokenize(self, state: StateInline) -> None:
        by_sign, others = self.rules.by_sign, self.rules.others
        end, source = state.posMax, state.src
        most = state.md.options["maxNesting"]
        while state.pos < end:
            sign = source[state.pos]
            rules = by_sign.get(sign, others) if state.level < most else ()
            for rule in rules:
                if rule(state, False):
                    break
            else:
                state.append_pending(sign)
                state.pos += 1
        if state.pending:
            state.pushPending()

"""Markup: runs of text as Markdown that says the same.

Only for what was cut out of a block: what is taken whole keeps the source it has.
Signs are escaped where they would otherwise mean something, and nowhere else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.ui.transcript.blocks import Block, Container, Run
from app.ui.transcript.boundaries import cut
from app.ui.transcript.utf16 import units

_SIGNS = re.compile(
    r"[\\`*\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|~(?=~)|(?<=~)~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)"
    r"|\$"
)
"""What begins or ends something inside a line. `_` inside a word does not, and `[`
not without its other half; a backslash before it would begin a formula."""
_STRUCK_SIGNS = re.compile(f"{_SIGNS.pattern}|~")
_LINE_STARTS = re.compile(
    r"(?m)^(?=(?:#{1,6}|[-+])(?:\s|\\?$)|>|(?:=+|-+)[ \t]*\\?$)"
    r"|^(\d{1,9})(?=[.)](?:\s|\\?$))"
)
"""What begins something at the beginning of a line."""


def runs_between(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """Return a stretch of a text in runs. A formula is taken whole or not at all."""
    result, at = [], 0
    for run in runs:
        length = units(run.text)
        first, last = max(start - at, 0), min(end - at, length)
        at += length
        if first < last:
            result.append(run if run.maths else replace(run, text=cut(run.text, first, last)))
    return result


def markdown_of(runs: Sequence[Run]) -> str:
    """Return Markdown that reads as these runs."""
    result, at = "", 0
    while at < len(runs):
        link, end = runs[at].link, at + 1
        while end < len(runs) and runs[end].link == link:
            end += 1
        inside = _styled(runs[at:end])
        result += f"[{inside}]({_address(link)})" if link else inside
        at = end
    return _LINE_STARTS.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", result)


def code_markdown(text: str, language: str = "") -> str:
    """Return code as Markdown: within a line, or as a fence."""
    ticks = max((len(found) for found in re.findall("`+", text)), default=0) + 1
    if "\n" not in text:
        return _code_span(text, ticks)
    fence = "`" * max(ticks, 3)
    return f"{fence}{language}\n{text.removesuffix(chr(10))}\n{fence}"


def prefix_of(block: Block) -> str:
    """Return what stands before the text of a block: marks of quotes, items, headings."""
    result = ""
    items = block.within.count(Container.ITEM)
    for container in block.within:
        if container is Container.QUOTE:
            result += "> "
        elif container is Container.ITEM:
            items -= 1
            result += _item(block) if not items else "  "
    return result + "#" * block.level + " " * bool(block.level)


def _item(block: Block) -> str:
    marker = block.marker
    if marker is None:
        return "  "
    if marker.ordinal is not None:
        return f"{marker.ordinal}{marker.suffix} "
    if marker.is_done is not None:
        return "- [x] " if marker.is_done else "- [ ] "
    return "- "


def _styled(runs: Sequence[Run]) -> str:
    """Return runs of one link, or of none, with the marks of their styles.

    What is emphasised from one run to the next keeps one pair of marks.
    """
    result = ""
    open_marks: list[str] = []
    for run in runs:
        wanted = _marks(run)
        # What surrounds longest is opened first.
        keep = 0
        while keep < len(open_marks) and open_marks[keep] in wanted:
            keep += 1
        text = _text(run)
        lead = text[: len(text) - len(text.lstrip())]
        closing = "".join(reversed(open_marks[keep:]))
        del open_marks[keep:]
        if closing:
            # A mark that closes must not have space before it.
            body = result.rstrip(" ")
            result = body + closing + result[len(body) :]
        opening = [mark for mark in wanted if mark not in open_marks]
        if opening and text.strip():
            result += lead + "".join(opening) + text[len(lead) :]
            open_marks += opening
        else:
            result += text
    body = result.rstrip(" ")
    return body + "".join(reversed(open_marks)) + result[len(body) :]


def _marks(run: Run) -> list[str]:
    marks = []
    if run.is_struck:
        marks.append("~~")
    if run.is_strong:
        marks.append("**")
    if run.is_emphasis:
        marks.append("*")
    return marks


def _text(run: Run) -> str:
    if run.maths:
        return run.text
    if run.is_raised:
        return f"[^{run.text}]"
    if run.is_code:
        longest = max((len(found) for found in re.findall("`+", run.text)), default=0)
        return _code_span(run.text, longest + 1)
    signs = _STRUCK_SIGNS if run.is_struck else _SIGNS
    text = signs.sub(lambda found: "\\" + found[0], run.text)
    if run.link:
        # There it would need its other half, and with a backslash be a formula.
        text = text.replace("[", "&#91;")
    return text.replace("\n", "\\\n")


def _code_span(text: str, ticks: int) -> str:
    fence = "`" * ticks
    is_close = text.startswith("`") or text.endswith("`")
    air = " " if is_close or (text[:1] == " " == text[-1:] and text.strip()) else ""
    return f"{fence}{air}{text}{air}{fence}"


def _address(link: str) -> str:
    return f"<{link}>" if re.search(r"[\s()<>]", link) else link

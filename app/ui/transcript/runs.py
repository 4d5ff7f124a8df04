"""Runs: the tokens of a stretch of text → runs of one style each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.ui.transcript.blocks import Run

if TYPE_CHECKING:
    from markdown_it.token import Token


def runs_of(tokens: "Sequence[Token]", line_end: str = " ") -> tuple[Run, ...]:
    """Return the runs of a text, its soft line ends shown as `line_end`."""
    return joined(_styled(tokens, line_end))


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Join neighbours in one style."""
    result: list[Run] = []
    texts: list[str] = []
    """Of the last, if it is of more than one."""
    for run in runs:
        if result and not run.maths and not run.is_raised and _is_alike(result[-1], run):
            texts = texts or [result[-1].text]
            texts.append(run.text)
            continue
        if texts:
            result[-1] = replace(result[-1], text="".join(texts))
            texts = []
        result.append(run)
    if texts:
        result[-1] = replace(result[-1], text="".join(texts))
    return tuple(result)


def _is_alike(one: Run, other: Run) -> bool:
    """Return whether two runs look the same."""
    return (
        one.is_emphasis == other.is_emphasis
        and one.is_strong == other.is_strong
        and one.is_code == other.is_code
        and one.link == other.link
        and one.is_struck == other.is_struck
        and one.is_raised == other.is_raised
        and one.maths == other.maths
    )


def _styled(tokens: "Iterable[Token]", line_end: str) -> Iterable[Run]:
    emphasis = strong = struck = 0
    link = ""
    for token in tokens:
        kind, text = token.type, ""
        if kind in ("em_open", "em_close"):
            emphasis += token.nesting
        elif kind in ("strong_open", "strong_close"):
            strong += token.nesting
        elif kind in ("s_open", "s_close"):
            struck += token.nesting
        elif kind == "link_open":
            link = str(token.attrs["href"])
        elif kind == "link_close":
            link = ""
        else:
            text = _text(token, line_end)
        if text:
            yield Run(
                text,
                emphasis > 0,
                strong > 0,
                kind == "code_inline",
                link,
                is_struck=struck > 0,
                is_raised=kind == "footnote_sign",
                maths=token.content if kind == "maths_inline" else "",
            )


def _text(token: "Token", line_end: str) -> str:
    if token.type == "softbreak":
        return line_end
    if token.type == "hardbreak":
        return "\n"
    if token.type == "image":
        # Nothing is loaded, so that where it would come from is all there is.
        label = "".join(_text(child, " ") for child in token.children or ())
        return f"{label} ({token.attrs['src']})".lstrip()
    if token.type == "maths_inline":
        return token.markup.replace("\n", " ")
    return token.content

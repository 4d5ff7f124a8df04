"""What lines are made of: the same whether a text has grown or came at once."""

from collections.abc import Sequence

import pytest

from app.ui.theme import Theme, font, light
from app.ui.transcript.blocks import Run
from app.ui.transcript.composed import Composed
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.styles import Styles
from app.ui.transcript.unseen import with_chips

TEXT = (
    "One *two* `three` [four](https://a.example) 🙂🏽 **five** six "
    "$x_i$ seven\u200beight ~~nine~~ [ten](https://b.example) `e\u202elf` twelve *thir*teen"
)
Made = tuple[str, list[tuple[int, int]], list[tuple[str, int, int]], list[tuple[int, int]]]


def made(it: Composed) -> Made:
    spans = [(span.start, span.end) for span in it.spans]
    links = [(link.address, start, end) for link, start, end in it.links]
    return it.text, spans, links, [places(inlay) for inlay in it.inlays]


def places(inlay: Inlay) -> tuple[int, int]:
    return inlay.start, inlay.end


def composed_of(runs: tuple[Run, ...], styles: Styles, previous: Composed | None) -> Composed:
    return Composed(runs, styles, light(), None, 15, previous)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("step", [1, 3, 20])
def test_a_text_that_grows_is_made_as_one_that_came_at_once(step: int) -> None:
    theme, stream = light(), BlockStream()
    styles = Styles(font(theme.type.transcript), theme)
    previous = None
    text = TEXT * 2
    for at in range(0, len(text), step):
        stream.feed(text[at : at + step])
        [block] = stream.blocks
        previous = composed_of(block.runs, styles, previous)
        assert made(previous) == made(composed_of(block.runs, styles, None))


@pytest.mark.usefixtures("qapp")
def test_what_a_text_begins_with_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    theme = light()
    styles = Styles(font(theme.type.transcript), theme)
    seen: list[int] = []

    def counted(
        runs: tuple[Run, ...], inlays: Sequence[Inlay], theme: Theme
    ) -> tuple[str, Sequence[Inlay]]:
        seen.append(len(runs))
        return with_chips(runs, inlays, theme)

    monkeypatch.setattr("app.ui.transcript.composed.with_chips", counted)
    runs = tuple(Run(f"{number} ", is_code=number % 2 == 1) for number in range(500))
    previous = None
    for count in range(1, len(runs)):
        previous = composed_of(runs[:count], styles, previous)
    assert max(seen) <= 2

"""Formulas: drawn, set in lines and on their own, and their source where they cannot be."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence, Set
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.message import Delta
from app.ui.theme import Theme, dark, light
from app.ui.transcript.blocks import Block, Kind, Run
from app.ui.transcript.drawn_formulas import Formulas, Wanted
from app.ui.transcript.formula import LONGEST, Undrawable, draw
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.layout import Layout, lay_out
from app.ui.transcript.lines import Lines
from app.ui.transcript.maths import MathsLayout
from app.ui.transcript.slices import Overdue, Slices, in_steps
from app.ui.transcript.slices import step as stand_still
from app.ui.transcript.spans import Selected
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    PARAGRAPH,
    Show,
    begin_reply,
    conversation,
    deltas,
    long_text,
    settle,
)

ORDINARY = [
    r"\frac{1}{2}",
    r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
    r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
    r"\begin{vmatrix}a&b\\c&d\end{vmatrix}",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}",
    r"\begin{align}a&=b\nonumber\\c&=d\label{x}\end{align}",
    r"\begin{cases}1&\text{if } x>0\\0&\text{otherwise}\end{cases}",
    r"\boxed{x = 1}",
    r"\underbrace{a+b}_{n}",
    r"\text{a < b & 50\%}",
    r"a = b \tag{1}",
    r"\operatorname*{arg\,max}_\theta \mathbb{E}_{x\sim p}[\log p_\theta(x)]",
    r"\left.\frac{df}{dx}\right|_{x=0}",
    r"\cancel{x}",
]
UNDRAWABLE = [
    r"\frac{1",
    "{",
    "a &",
    "",
    r"\unknowncommand{x}",
    r"\input{/etc/passwd}",
    r"\include{secrets}",
    r"\includegraphics{a.png}",
    r"\href{http://example.com}{x}",
    r"\newcommand{\a}{b}\a",
    r"\def\a{\a\a}\a",
    r"\colorbox{black}{x}",
    "x" * (LONGEST + 1),
    "{" * 900 + "}" * 900,
]


@pytest.fixture(autouse=True)
def _fonts(qapp: QApplication) -> None:
    qapp.setFont(QFont("DejaVu Sans"))


@pytest.fixture
def formulas(qtbot: QtBot) -> Formulas:
    return Formulas(lambda: True)


def wait_for(qtbot: QtBot, formulas: Formulas, *wanted: Wanted) -> None:
    for it in wanted:
        formulas.find(it)
    qtbot.waitUntil(lambda: not any(map(formulas.is_pending, wanted)), timeout=20_000)
    qtbot.waitUntil(lambda: not formulas.is_busy, timeout=20_000)


def maths(latex: str) -> Block:
    text = f"$${latex}$$"
    return Block(Kind.MATHS, (Run(text, maths=latex),), 0, len(text))


def prose(*runs: Run) -> Block:
    return Block(Kind.PARAGRAPH, runs, 0, 1)


def image_of(layout: Layout, width: int, theme: Theme, marks: Sequence[Selected] = ()) -> QImage:
    image = QImage(width, layout.height + 40, QImage.Format.Format_RGB32)
    image.fill(theme.colours.surface)
    with QPainter(image) as painter:
        layout.draw(painter, 0, 20, QRectF(image.rect()), marks)
    return image


def ink_in(image: QImage, theme: Theme) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what was drawn."""
    ground = theme.colours.surface.rgb()
    found = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixel(x, y) != ground
    ]
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return min(xs), min(ys), max(xs), max(ys)


def formulas_of(transcript: Transcript) -> Formulas:
    found = transcript.findChild(Formulas)
    assert isinstance(found, Formulas)
    return found


def settle_formulas(qtbot: QtBot, transcript: Transcript) -> None:
    settle(qtbot, transcript)
    qtbot.waitUntil(lambda: not formulas_of(transcript).is_busy, timeout=20_000)
    settle(qtbot, transcript)


def turn_aside(transcript: Transcript, point: QPoint) -> None:
    """Turn a wheel sideways over a point of the view."""
    view = transcript.viewport()
    event = QWheelEvent(
        QPointF(point),
        view.mapToGlobal(QPointF(point)),
        QPoint(),
        QPoint(-240, 0),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


# Drawing


@pytest.mark.parametrize("latex", ORDINARY)
def test_what_people_write_is_drawn(latex: str) -> None:
    formula = draw(latex, is_display=True)
    assert formula.width > 0
    box = formula.path.boundingRect()
    # What is drawn is where the formula says it is, in ems.
    assert -box.top() <= formula.ascent + 0.05
    assert box.bottom() <= formula.descent + 0.05
    assert box.right() <= formula.width + 0.2


@pytest.mark.parametrize("latex", UNDRAWABLE)
def test_what_is_not_a_formula_or_would_do_something_is_not_drawn(latex: str) -> None:
    with pytest.raises(Undrawable):
        draw(latex, is_display=True)


def test_latex_opens_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    draw("x", is_display=False)
    secret = tmp_path / "secret"
    secret.write_text("x")

    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("a formula opened a file")

    monkeypatch.setattr("builtins.open", refuse)
    for command in ("input", "include", "openin", "read", "usepackage", "write18", "verbatiminput"):
        for latex in (rf"\{command}{{{secret}}}", rf"\{command} {secret}"):
            with pytest.raises(Undrawable) as refusal:
                draw(latex, is_display=True)
            assert "opened a file" not in str(refusal.value.__cause__)


def test_libraries_come_with_the_first_formula_only() -> None:
    code = (
        "import sys; import app.ui.transcript.view;"
        "assert not {'ziamath', 'latex2mathml', 'pygments'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def assert_moves_only_when_let(work: Callable[[], int], steps: list[int]) -> None:
    """Run work that takes 3,000 steps in slices; between two of them none is taken."""
    it = Slices(work, 10)
    count = 0
    while not it.run(0.003):
        count += 1
        before = len(steps)
        assert before < 3_000
        sum(range(100_000))
        assert len(steps) == before
    assert count > 1
    assert it.result() == 3_000


def test_work_in_slices_moves_only_when_it_is_let() -> None:
    steps: list[int] = []

    def step(i: int) -> None:
        steps.append(sum(range(2_000)) and i)

    def work() -> int:
        for i in range(3_000):
            step(i)
        return len(steps)

    assert_moves_only_when_let(work, steps)


def test_work_in_steps_moves_only_when_it_is_let() -> None:
    steps: list[int] = []

    def work() -> int:
        with in_steps():
            for i in range(3_000):
                steps.append(sum(range(2_000)) and i)
                stand_still()
        return len(steps)

    assert_moves_only_when_let(work, steps)


def test_work_in_steps_that_takes_too_long_is_ended() -> None:
    def work() -> None:
        with in_steps():
            while True:
                stand_still()

    it = Slices(work, 0.03)
    while not it.run(0.005):
        pass
    with pytest.raises(Overdue):
        it.result()


def test_work_that_takes_too_long_is_ended() -> None:
    def step() -> None:
        pass

    def work() -> None:
        while True:
            step()

    it = Slices(work, 0.03)
    while not it.run(0.005):
        pass
    with pytest.raises(Overdue):
        it.result()
    assert it.used_s < 1


def test_work_nobody_wants_any_more_ends_with_its_thread(qtbot: QtBot) -> None:
    formulas = Formulas(lambda: True)
    wait_for(qtbot, formulas, Wanted("x", is_display=True))
    formulas.find(Wanted(" + ".join(f"x_{{{i}}}" for i in range(40)), is_display=True))

    def is_drawing() -> bool:
        return any(thread.name == "slices" for thread in threading.enumerate())

    qtbot.waitUntil(is_drawing)
    with qtbot.waitSignal(formulas.destroyed):
        formulas.deleteLater()
    qtbot.waitUntil(lambda: not is_drawing())


def test_a_formula_that_takes_too_long_stays_its_source(qtbot: QtBot, formulas: Formulas) -> None:
    # Each level doubles the work.
    slow = Wanted(r"\frac{" * 20 + "x" + "}{y}" * 20, is_display=True)
    wait_for(qtbot, formulas, slow)
    assert formulas.find(slow) is None


def test_a_formula_wanted_again_while_it_is_drawn_is_drawn_once(
    qtbot: QtBot, formulas: Formulas
) -> None:
    wait_for(qtbot, formulas, Wanted("x", is_display=True))
    drawn: list[Set[Wanted]] = []
    formulas.drawn.connect(drawn.append)
    long = Wanted(" + ".join(f"x_{{{i}}}" for i in range(40)), is_display=True)
    formulas.find(long)
    qtbot.waitUntil(lambda: any(it.name == "slices" for it in threading.enumerate()))
    assert formulas.is_pending(long)
    wait_for(qtbot, formulas, long)
    assert drawn == [{long}]


def test_nothing_is_drawn_while_nobody_can_see_it(qtbot: QtBot) -> None:
    seen: list[bool] = []
    formulas = Formulas(lambda: bool(seen))
    wanted = Wanted("x", is_display=True)
    formulas.find(wanted)
    qtbot.waitUntil(lambda: not formulas.is_busy)
    assert formulas.is_pending(wanted)
    seen.append(True)
    formulas.resume()
    qtbot.waitUntil(lambda: not formulas.is_pending(wanted), timeout=20_000)
    assert formulas.find(wanted) is not None


# In lines


class Square:
    """A drawing that is easy to find."""

    def __init__(self, width: float, ascent: float, descent: float) -> None:
        self.width, self.ascent, self.descent = width, ascent, descent

    def draw(self, painter: QPainter, x: float, baseline: float, colour: QColor) -> None:
        height = self.ascent + self.descent
        painter.fillRect(QRectF(x, baseline - self.ascent, self.width, height), colour)


def lines_with(text: str, *inlays: Inlay, width: float = 400) -> Lines:
    face = QFont("DejaVu Sans")
    face.setPixelSize(15)
    return Lines(text, face, 24, width, inlays=inlays)


def test_positions_in_a_line_with_a_drawing_are_those_of_the_text() -> None:
    text = "Let 😀 $x^2$ be and $y$ too"
    start = text.index("$x") + 1
    inlays = [
        Inlay(start, start + 5, Square(60, 12, 3)),
        Inlay(text.index("$y") + 1, text.index("$y") + 4, Square(20, 12, 3)),
    ]
    it = lines_with(text, *inlays)
    # Between the two halves of a sign there is no place.
    whole = [at for at in range(start + 1) if at != text.index("😀") + 1]
    for at in [*whole, *range(start + 5, inlays[1].start + 1), len(text) + 1]:
        x, top = it.caret_at(at)
        assert it.offset_at(x, top + 12) == at
    left, _ = it.caret_at(start)
    right, _ = it.caret_at(start + 5)
    assert right - left == pytest.approx(60, abs=0.1)
    # Half of it: its beginning or its end, never its middle.
    assert it.offset_at(left + 10, 12) == start
    assert it.offset_at(left + 50, 12) == start + 5
    [area] = it.areas(start + 2, start + 3)
    assert area.left() <= left
    assert area.right() >= right - 1


def test_a_line_grows_for_a_drawing_that_is_higher() -> None:
    text = PARAGRAPH + "$x$ " + PARAGRAPH
    start = text.index("$")
    low = lines_with(text, Inlay(start, start + 3, Square(20, 12, 3)))
    high = lines_with(text, Inlay(start, start + 3, Square(20, 40, 30)))
    assert low.height % 24 == 0
    assert high.height > low.height + 40
    # Lines above and below keep their pitch.
    _, first = high.caret_at(0)
    _, last = high.caret_at(len(text))
    assert first == 0
    assert high.height - last == 24


def test_a_growing_text_with_drawings_is_laid_out_as_at_once() -> None:
    text = "".join(f"{PARAGRAPH}$x_{i % 10}$ " for i in range(60))
    square = Square(30, 20, 10)
    starts = [i for i, sign in enumerate(text) if text.startswith("$x", i)]
    every = [Inlay(i, i + 5, square) for i in starts]
    grown = None
    face = QFont("DejaVu Sans")
    face.setPixelSize(15)
    for end in range(100, len(text) + 300, 300):
        inlays = [it for it in every if it.end <= end]
        grown = Lines(text[:end], face, 24, 400, inlays=inlays, previous=grown)
    once = Lines(text, face, 24, 400, inlays=every)
    assert grown is not None
    assert grown.height == once.height
    for at in range(0, len(text), 37):
        assert grown.caret_at(at) == once.caret_at(at)


@pytest.mark.parametrize("theme", [light(), dark()], ids=["light", "dark"])
def test_a_formula_has_the_colour_of_the_text(
    qtbot: QtBot, formulas: Formulas, theme: Theme
) -> None:
    wait_for(qtbot, formulas, Wanted(r"\frac{a}{b}", is_display=True))
    layout = lay_out(maths(r"\frac{a}{b}"), 400, theme, formulas=formulas)
    image = image_of(layout, 400, theme)
    assert any(
        image.pixelColor(x, y) == theme.colours.text
        for y in range(image.height())
        for x in range(image.width())
    )


def test_a_formula_stands_in_the_middle_of_the_column(qtbot: QtBot, formulas: Formulas) -> None:
    wait_for(qtbot, formulas, Wanted(r"\frac{a}{b}", is_display=True))
    theme = light()
    layout = lay_out(maths(r"\frac{a}{b}"), 401, theme, formulas=formulas)
    left, top, right, bottom = ink_in(image_of(layout, 401, theme), theme)
    assert abs(left + right - 400) <= 8
    assert top >= 20
    assert bottom <= 20 + layout.height


def test_a_formula_in_a_line_stands_on_its_baseline(qtbot: QtBot, formulas: Formulas) -> None:
    wait_for(qtbot, formulas, Wanted(r"\mathrm{H}", is_display=False))
    theme = light()
    drawn = lay_out(prose(Run("$H$", maths=r"\mathrm{H}")), 400, theme, formulas=formulas)
    plain = lay_out(prose(Run("H")), 400, theme)
    bottoms = [ink_in(image_of(it, 400, theme), theme)[3] for it in (drawn, plain)]
    assert abs(bottoms[0] - bottoms[1]) <= 1


def test_what_is_too_wide_is_smaller_and_then_scrolled(qtbot: QtBot, formulas: Formulas) -> None:
    latex = " + ".join(f"x_{{{i}}}" for i in range(12))
    wait_for(qtbot, formulas, Wanted(latex, is_display=True))
    theme = light()
    natural = lay_out(maths(latex), 1_000, theme, formulas=formulas).natural_width
    smaller = lay_out(maths(latex), natural * 4 // 5, theme, formulas=formulas)
    assert isinstance(smaller, MathsLayout)
    assert smaller.bar is None
    _, _, right, _ = ink_in(image_of(smaller, natural * 4 // 5, theme), theme)
    assert right < natural * 4 // 5
    wide = lay_out(maths(latex), natural // 2, theme, formulas=formulas)
    assert isinstance(wide, MathsLayout)
    assert wide.bar is not None
    assert wide.content_width == pytest.approx(0.7 * natural, abs=4)
    assert wide.natural_width <= natural // 2


def test_a_wide_formula_is_scrolled_on_the_page(show: Show, qtbot: QtBot) -> None:
    latex = " + ".join(f"x_{{{i}}}" for i in range(40))
    transcript = show(conversation("hi", f"$${latex}$$"), width=400)
    settle_formulas(qtbot, transcript)
    before = transcript.viewport().grab().toImage()
    for y in range(100, 200, 10):
        turn_aside(transcript, QPoint(200, y))
    settle(qtbot, transcript)
    assert transcript.viewport().grab().toImage() != before


def test_positions_in_a_formula_are_those_of_its_source(qtbot: QtBot, formulas: Formulas) -> None:
    wait_for(qtbot, formulas, Wanted(r"\frac{a}{b}", is_display=True))
    block = maths(r"\frac{a}{b}")
    layout = lay_out(block, 400, light(), formulas=formulas)
    middle = layout.height / 2
    assert layout.hit_test(0, middle) == 0
    assert layout.hit_test(400, middle) == len(block.text)
    theme = light()
    mark = Selected(3, 4, QColor("#00ff00"), QColor("#ff0000"))
    image = image_of(layout, 400, theme, [mark])
    seen = {image.pixelColor(x, y).name() for x in range(400) for y in range(image.height())}
    assert {"#00ff00", "#ff0000"} <= seen


# On the page


def test_a_formula_shows_its_source_until_it_is_drawn(qtbot: QtBot, formulas: Formulas) -> None:
    wanted = Wanted(r"\frac{a}{b}", is_display=True)
    before = lay_out(maths(wanted.latex), 400, light(), formulas=formulas)
    assert before.height == light().type.code.line
    assert isinstance(before, MathsLayout)
    assert before.lacking == {wanted}
    with qtbot.waitSignal(formulas.drawn, timeout=20_000) as signal:
        pass
    assert signal.args == [frozenset({wanted})]
    after = lay_out(maths(wanted.latex), 400, light(), before, formulas)
    assert isinstance(after, MathsLayout)
    assert not after.lacking
    assert after.height > before.height


def test_a_formula_that_becomes_drawn_above_does_not_move_the_reader(
    show: Show, qtbot: QtBot
) -> None:
    formula = "$$\n\\begin{pmatrix}a\\\\b\\\\c\\\\d\\\\e\\end{pmatrix}\n$$\n\n"
    it = conversation("hi", formula * 8 + long_text(20))
    transcript = show(it, height=400)
    settle_formulas(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle_formulas(qtbot, transcript)
    # Anew, so that nothing is drawn: the reader is at text with formulas above.
    fresh = show(it, height=400)
    fresh.restore(transcript.position())
    settle(qtbot, fresh)
    before = fresh.position()
    shown = fresh.viewport().grab().toImage()
    settle_formulas(qtbot, fresh)
    assert fresh.position() == before
    assert fresh.viewport().grab().toImage() == shown


def test_a_stream_of_formulas_stays_at_its_end(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(5), "more")
    transcript = show(it)
    reply = begin_reply(it)
    for i, delta in enumerate(deltas("Since $a_1 = \\frac{1}{2}$ and\n\n$$x^2$$\n\nso. " * 4, 7)):
        it.extend(reply, [delta])
        if i % 4 == 0:
            settle(qtbot, transcript)
    it.extend(reply, [Delta("End.")])
    settle_formulas(qtbot, transcript)
    assert transcript.is_pinned
    bar = transcript.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_formulas_come_back_at_once_in_another_theme(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "$$\\frac{a}{b}$$"))
    settle_formulas(qtbot, transcript)
    height = transcript.verticalScrollBar().maximum()
    transcript.set_theme(dark())
    assert not formulas_of(transcript).is_busy
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().maximum() == height


def test_a_click_on_text_with_formulas_means_nothing(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "See $x$ and $\\alpha$."))
    settle_formulas(qtbot, transcript)
    view = transcript.viewport()
    y = transcript.fontMetrics().height()
    for x in range(0, view.width(), 16):
        for down in range(0, 200, y):
            transcript.target_at(QPoint(x, down))


@pytest.mark.parametrize(
    "latex",
    [r"\left[\sum_t a\right]", r"\left(\frac{\prod_t a}{b}\right)", r"\left\{\sum_i x\right."],
)
def test_brackets_around_a_sum_do_not_grow_without_end(latex: str) -> None:
    drawn = draw(latex, is_display=True)
    assert drawn.ascent + drawn.descent < 6

"""Tables: how wide their columns are, how they grow, and what is copied of them."""

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.theme import dark, light
from app.ui.transcript.blocks import Align, Block, Columns, Kind, Run
from app.ui.transcript.grid import grid_of
from app.ui.transcript.layout import Layout, lay_out
from app.ui.transcript.selection import TextPosition
from app.ui.transcript.spans import Selected
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.table import TableLayout
from app.ui.transcript.table_text import rows_at, table_csv, table_markdown
from app.ui.transcript.targets import CopyTable, Link
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import Show, click, conversation, hot_spots, settle

START, CENTRE, END = Align.START, Align.CENTRE, Align.END
Texts = tuple[tuple[str, ...], ...]


def table(
    *rows: tuple[str, ...],
    aligns: tuple[Align, ...] | None = None,
    characters: tuple[int, ...] | None = None,
    is_first: bool = True,
    is_last: bool = True,
) -> Block:
    """Return a table of plain texts."""
    lengths = tuple(max(map(len, column)) for column in zip(*rows, strict=True))
    return Block(
        Kind.TABLE,
        (),
        0,
        0,
        is_first=is_first,
        is_last=is_last,
        rows=tuple(tuple((Run(text),) if text else () for text in row) for row in rows),
        columns=Columns(aligns or (START,) * len(rows[0]), characters or lengths),
    )


def laid_out(block: Block, width: int = 664, previous: Layout | None = None) -> TableLayout:
    layout = lay_out(block, width, light(), previous)
    assert isinstance(layout, TableLayout)
    return layout


def picture(layout: Layout, *marks: Selected) -> QImage:
    image = QImage(700, layout.height, QImage.Format.Format_RGB32)
    image.fill(light().colours.surface)
    with QPainter(image) as painter:
        layout.draw(painter, 0, 0, QRectF(image.rect()), marks)
    return image


def ink_between(image: QImage, left: int, right: int, top: int, bottom: int) -> list[int]:
    """Return the columns of pixels between these edges that have anything dark."""
    return [
        x
        for x in range(left, right)
        if any(image.pixelColor(x, y).lightness() < 120 for y in range(top, bottom))
    ]


# Columns


def test_columns_are_as_wide_as_their_longest_cell_where_there_is_room(qapp: QApplication) -> None:
    grid = grid_of(Columns((START, END), (20, 4)), 664, light())
    assert grid.width < 400
    assert grid.widths[0] > 3 * grid.widths[1]


def test_wide_columns_are_narrowed_and_narrow_ones_are_not(qapp: QApplication) -> None:
    ample = grid_of(Columns((START, START), (6, 10)), 664, light())
    tight = grid_of(Columns((START, START), (6, 400)), 664, light())
    assert tight.width <= 664
    assert tight.widths[0] == ample.widths[0]


def test_signs_as_wide_as_two_letters_count_as_two() -> None:
    stream = BlockStream()
    stream.feed("| 漢字 | \uff41\uff42 | 한 | é😀 | abc |\n|-|-|-|-|-|\n")
    [block] = stream.blocks
    assert block.columns is not None
    assert block.columns.characters == (4, 4, 2, 3, 3)


def test_a_table_that_would_be_too_narrow_is_wider_than_the_column(qapp: QApplication) -> None:
    layout = laid_out(table(("a long heading here",) * 12, ("x" * 60,) * 12))
    assert layout.content_width > layout.room
    fitting = laid_out(table(("a", "b"), ("c", "d")))
    assert fitting.content_width == 0
    assert fitting.bar is None


def test_all_pieces_of_a_table_agree_about_its_columns(qapp: QApplication) -> None:
    first = table(("a", "b"), ("c", "d"), characters=(9, 9), is_last=False)
    last = table(("x" * 200, "y"), characters=(9, 9), is_first=False)
    wide = laid_out(last)
    assert laid_out(first).caret_at(2)[0] == wide.caret_at(201)[0]
    assert wide.height > 5 * light().type.base.line


@pytest.mark.parametrize("width", [1, 40, 200])
def test_a_table_survives_a_very_narrow_column(qapp: QApplication, width: int) -> None:
    layout = laid_out(table(("one", "two"), ("three", "four")), width)
    assert layout.height > 0
    picture(layout)


def test_an_empty_row_of_cells_has_the_height_of_a_line(qapp: QApplication) -> None:
    layout = laid_out(table(("a", "b"), ("", "")))
    assert layout.height > 2 * light().type.base.line
    assert layout.hit_test(0, layout.height - 4) == 4


# How cells stand


@pytest.mark.parametrize("text", ["12", "مرحبا"])
def test_cells_stand_as_their_column_does(qapp: QApplication, text: str) -> None:
    its = {}
    for align in Align:
        layout = laid_out(
            table(("head", "b"), (text, "b"), aligns=(align, START), characters=(30, 1))
        )
        top = light().type.base.line + 20
        ink = ink_between(picture(layout), 0, 290, top, layout.height - 2)
        its[align] = min(ink)
    assert its[CENTRE] < its[END]
    if text.isascii():
        assert its[START] < 10 < its[CENTRE]
    else:
        # What is written from the right starts there.
        assert its[START] == its[END]


# Growing


def test_rows_that_were_there_stay_what_they_were(qapp: QApplication) -> None:
    rows = tuple((f"row {i}", "x") for i in range(12))
    before = laid_out(table(*rows[:8], characters=(9, 9), is_last=False))
    grown = laid_out(table(*rows, characters=(9, 9)), previous=before)
    anew = laid_out(table(*rows, characters=(9, 9)))
    # But for the last, in which the caret stood.
    kept = laid_out(table(*rows[:7], characters=(9, 9), is_last=False))
    assert grown.same_until == kept.height
    assert picture(grown) == picture(anew)


def test_a_row_that_changes_is_the_first_that_is_painted_again(qapp: QApplication) -> None:
    before = laid_out(table(("a", "b"), ("c", "d"), ("e", ""), characters=(9, 9)))
    after = laid_out(table(("a", "b"), ("c", "d"), ("e", "f"), characters=(9, 9)), previous=before)
    assert after.same_until == before.height * 2 // 3


# Positions


def test_every_position_in_the_text_is_where_a_click_finds_it(qapp: QApplication) -> None:
    block = table(("ab", "cd"), ("", "gh 🙂 ij"), ("k", ""))
    layout = laid_out(block)
    text = block.text.removesuffix("\n").encode("utf-16-le")
    for offset in range(len(text) // 2 + 1):
        x, y, height = layout.caret_at(offset)
        found = layout.hit_test(x, y + height / 2)
        assert found == offset or int.from_bytes(text[2 * offset :][:2], "little") >= 0xDC00


def test_only_the_cells_that_are_selected_are_marked(qapp: QApplication) -> None:
    layout = laid_out(table(("ab", "cd"), ("ef", "gh")))
    colours = light().colours
    image = picture(layout, Selected(6, 8, colours.error, colours.text))
    marked = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y) == colours.error
    ]
    assert min(y for _, y in marked) > layout.height // 2
    assert max(x for x, _ in marked) < layout.caret_at(9)[0]


# Copying


def test_a_click_copies_a_table_as_markdown(show: Show, qtbot: QtBot) -> None:
    source = "| a | b |\n| :-: | --: |\n| *c* | d\\|e |\n"
    transcript = show(conversation("?", source))
    spots = hot_spots(transcript)
    assert isinstance(transcript.target_at(spots[0]), CopyTable)
    click(transcript, spots[0])
    assert QGuiApplication.clipboard().text() == "| a | b |\n| :---: | ---: |\n| *c* | d\\|e |\n"


def test_a_table_in_pieces_is_copied_whole(show: Show, qtbot: QtBot) -> None:
    rows = "".join(f"| {i} | x |\n" for i in range(100))
    transcript = show(conversation("?", "| a | b |\n| --- | --- |\n" + rows))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    click(transcript, hot_spots(transcript)[0])
    assert QGuiApplication.clipboard().text() == "| a | b |\n| --- | --- |\n" + rows


def test_the_table_at_a_point_is_all_of_it(show: Show) -> None:
    transcript = show(conversation("?", "text\n\n| a |\n|---|\n| b |"))
    tables = [transcript.table_at(transcript.viewport().rect().center() * 0)]
    for y in range(0, transcript.viewport().height(), 10):
        point = transcript.viewport().rect().topLeft()
        point.setY(y)
        tables.append(transcript.table_at(point))
    found = {it for it in tables if it is not None}
    assert len(found) == 1
    rows, aligns = found.pop()
    assert [[run.text for cell in row for run in cell] for row in rows] == [["a"], ["b"]]
    assert aligns == (START,)


def test_rows_of_pieces_are_joined(qapp: QApplication) -> None:
    first = table(("a",), ("b",), is_last=False)
    last = table(("c",), is_first=False)
    rows, aligns = rows_at([first, last], 1)
    assert rows == first.rows + last.rows
    assert aligns == (START,)


def test_values_are_quoted_where_commas_would_part_them(qapp: QApplication) -> None:
    rows = table(("a,b", 'say "x"'), ("one\ntwo", "plain")).rows
    assert table_csv(rows) == '"a,b","say ""x"""\r\n"one\ntwo",plain\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_a_spreadsheet_computes_nothing_that_a_model_wrote(text: str) -> None:
    value = table_csv(table((text,)).rows).strip('"\r\n')
    assert value == "'" + text


def test_markdown_of_no_rows_is_nothing() -> None:
    assert table_markdown((), ()) == ""


# From the right


HEBREW = "| שם | ערך |\n|---|---|\n| Alpha | Beta |"
HEBREW_TEXT = "שם\tערך\nAlpha\tBeta"


def x_of(transcript: Transcript, offset: int) -> int:
    """Return where a position in the text of the table is in the view."""
    line = transcript.line_of(TextPosition(2, 0, offset))
    assert line is not None
    return line.x()


def test_columns_are_read_from_the_right_where_the_head_is(show: Show) -> None:
    transcript = show(conversation("?", HEBREW))
    right = (transcript.viewport().width() + light().metrics.column) // 2
    alpha, beta = HEBREW_TEXT.index("Alpha"), HEBREW_TEXT.index("Beta")
    assert x_of(transcript, beta) < x_of(transcript, alpha) < right
    # The end of the first cell is the edge from which Hebrew is read.
    assert abs(x_of(transcript, alpha + len("Alpha")) - right) <= 2


@pytest.mark.parametrize("head", ["Name\tערך", "1\tPrice", "Alpha2\tשם"])
def test_columns_are_read_from_the_left_otherwise(show: Show, head: str) -> None:
    cells = head.replace("\t", "|")
    transcript = show(conversation("?", f"|{cells}|\n|---|---|\n| Alpha | Beta |"))
    second = len(f"{head}\nAlpha\t")
    assert x_of(transcript, len(f"{head}\n")) < x_of(transcript, second)


def test_what_shows_at_a_point_from_the_right_is_what_is_selected_there(show: Show) -> None:
    transcript = show(conversation("?", HEBREW))
    for word in ("Alpha", "Beta"):
        offset = HEBREW_TEXT.index(word)
        line = transcript.line_of(TextPosition(2, 0, offset + 2))
        assert line is not None
        point = QPoint(line.x() + 1, line.center().y())
        QTest.mouseDClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
        assert transcript.selection is not None
        ends = transcript.selection.anchor.offset, transcript.selection.head.offset
        assert sorted(ends) == [offset, offset + len(word)]


def test_a_wide_table_from_the_right_shows_its_first_column_first(show: Show) -> None:
    columns = 20
    source = "\n".join(
        ["|" + " כותרת ארוכה מאוד |" * columns, "|" + "---|" * columns, "|" + " תא |" * columns]
    )
    transcript = show(conversation("?", source))
    line = transcript.line_of(TextPosition(2, 0, 0))
    last = transcript.line_of(TextPosition(2, 0, len("כותרת ארוכה מאוד\t") * columns - 1))
    assert line is not None
    assert last is not None
    assert 0 < line.x() < transcript.viewport().width()
    assert last.x() < 0


def test_all_pieces_of_a_table_from_the_right_agree(show: Show, qtbot: QtBot) -> None:
    rows = "\n".join("| Alpha | Beta |" for _ in range(80))
    transcript = show(conversation("?", f"| שם | ערך |\n|---|---|\n{rows}"))
    lines = [transcript.line_of(TextPosition(2, place, 0)) for place in (1, 2)]
    known = [line.x() for line in lines if line is not None]
    assert len(known) == len(lines)
    assert len(set(known)) == 1
    assert known[0] > transcript.viewport().width() // 2


# Links


def test_a_link_in_a_cell_can_be_clicked(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "| a | b |\n|---|---|\n| c | [d](https://e.f) |"))
    links = [p for p in hot_spots(transcript) if isinstance(transcript.target_at(p), Link)]
    with qtbot.waitSignal(transcript.link_activated) as signal:
        click(transcript, links[0])
    assert signal.args == ["https://e.f", ""]


# Too large


@pytest.mark.parametrize(
    "block",
    [
        table(("a",) * 3_000, ("b",) * 3_000),
        table(("a", "b"), ("x" * 100_000, "y")),
    ],
    ids=["columns", "characters"],
)
def test_what_is_too_large_is_shown_as_plain_text_that_says_so(
    qapp: QApplication, block: Block
) -> None:
    layout = lay_out(block, 664, light())
    assert not isinstance(layout, TableLayout)
    assert layout.height > light().type.small.line
    assert layout.hit_test(1e6, 1e6) <= len(block.text)
    picture(layout)


def test_a_table_looks_different_in_the_dark(qapp: QApplication) -> None:
    block = table(("a", "b"), ("c", "d"))
    image = QImage(100, 80, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        lay_out(block, 664, dark()).draw(painter, 0, 0, QRectF(image.rect()))
    assert image.pixelColor(2, 34) == dark().colours.strong_line

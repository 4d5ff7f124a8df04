"""The colours of code: right, in time, and at little cost."""

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.message import Delta
from app.ui.theme import Theme, dark, light
from app.ui.transcript.blocks import Block, Kind, Run, cut
from app.ui.transcript.code import CodeLayout
from app.ui.transcript.highlighting import Highlighter, Listing, listing_of
from app.ui.transcript.lexing import LONGEST_LINE, Lexing, Pathological, lexer_for
from app.ui.transcript.tints import Colour, Tint
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    Show,
    begin_reply,
    conversation,
    deltas,
    end_reply,
    long_text,
    settle,
)

PYTHON = '''"""Words
over lines."""
import os  # a comment


@dataclass
class Point:
    x: float = 1.5

    def norm(self) -> str:
        return f"{self.x!r}" if self.x is not None else 'é😀' + "z"
'''
JAVASCRIPT = """/**
 * Don't stop: it's a comment.
 */
const a = `multi ${b}
line`;
function f(x) { return /re/.test(x) ? "s" : 1; } // end
"""
SQL = "SELECT 'a\nb', COUNT(*) FROM t -- c\n/* a\n b */ WHERE x IS NULL;\n"
RUST = 'fn main() { /* a\n b */ let x: u32 = 1; println!("{}", r#"raw\nx"#); }\n'
HTML = "<!-- a\n b -->\n<script>\nvar a = 'b';\n</script>\n<p class='x'>Hi</p>\n"
BASH = 'for i in *; do\n  echo "$i" # c\ndone\ncat <<EOF\nhi $x\nEOF\n'
YAML = 'a: b\nlist:\n  - 1\n  - "x"\ntext: |\n  hello\n'
DIFF = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"
TEXTS = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "sql": SQL,
    "rust": RUST,
    "html": HTML,
    "bash": BASH,
    "yaml": YAML,
    "diff": DIFF,
    "json": '{"a": [1, true, null],\n "b": "c"}\n',
    "c": "/* a\n b */ int main(void) { return 0; } /* x */\n#define A 1\n",
}


def listing(text: str, language: str = "python", *, is_whole: bool = True) -> Listing:
    blocks = cut(Block(Kind.CODE, (Run(text, is_code=True),), 0, len(text), language=language))
    found = listing_of(blocks, 0, len(blocks) if is_whole else 0)
    assert found is not None
    return found


def lex(text: str, language: str) -> list[tuple[int, int, Colour]]:
    lexer = lexer_for(language)
    assert lexer is not None
    it = Lexing(lexer)
    it.feed(text)
    assert it.run(float("inf"), is_whole=True)
    return list(it.tints(0, len(text)))


def all_tints(highlighter: Highlighter, it: Listing) -> list[tuple[str, Colour]]:
    """Return what is coloured of a listing that consists of pieces, with its words."""
    result = []
    for i, piece in enumerate(it.pieces):
        units = piece.text.encode("utf-16-le")
        for start, end, colour in highlighter.tints(1, it.first + i):
            result.append((units[2 * start : 2 * end].decode("utf-16-le"), colour))
    return result


def settle_colours(qtbot: QtBot, highlighter: Highlighter) -> None:
    qtbot.waitUntil(lambda: not highlighter.is_busy, timeout=20_000)


def highlighter_of(transcript: Transcript) -> Highlighter:
    found = transcript.findChild(Highlighter)
    assert isinstance(found, Highlighter)
    return found


def colours_in(transcript: Transcript) -> set[str]:
    image = transcript.viewport().grab().toImage()
    return {
        image.pixelColor(x, y).name() for y in range(image.height()) for x in range(image.width())
    }


def code_colours(theme: Theme) -> dict[Colour, QColor]:
    c = theme.colours
    return {
        Colour.KEYWORD: c.code_keyword,
        Colour.STRING: c.code_string,
        Colour.NUMBER: c.code_number,
        Colour.COMMENT: c.code_comment,
        Colour.NAME: c.code_name,
    }


@pytest.fixture
def highlighter(qtbot: QtBot) -> Highlighter:
    return Highlighter(lambda: True)


# What is found


def test_words_have_the_colours_of_what_they_are(qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing(PYTHON)
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    found = all_tints(highlighter, it)
    assert ('"""Words\nover lines."""', Colour.STRING) in found
    assert ("import", Colour.KEYWORD) in found
    assert ("# a comment", Colour.COMMENT) in found
    assert ("1.5", Colour.NUMBER) in found
    assert ("Point", Colour.NAME) in found
    # Behind signs that are two units each.
    assert ("'é😀'", Colour.STRING) in found
    assert ('"z"', Colour.STRING) in found


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("py", "python"),
        ("Python", "python"),
        ("python:file.py", "python"),
        ("js", "javascript"),
        ("ts", "typescript"),
        ("sh", "bash"),
        ("c++", "cpp"),
        ("rs", "rust"),
        ("yml", "yaml"),
        ("console", "console"),
        ("jsonc", "json"),
    ],
)
def test_languages_go_by_many_names(name: str, known: str) -> None:
    one, other = lexer_for(name), lexer_for(known)
    assert one is not None
    assert type(one) is type(other)


@pytest.mark.parametrize("name", ["", "text", "plaintext", "klingon", "{", "../../etc"])
def test_what_nobody_knows_stays_plain(name: str, qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing(PYTHON, name)
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    assert all_tints(highlighter, it) == []
    assert highlighter.lexed == 0


@pytest.mark.parametrize("language", TEXTS)
def test_a_listing_that_grew_has_the_colours_of_one_that_was_there(
    qtbot: QtBot, highlighter: Highlighter, language: str
) -> None:
    text = TEXTS[language] * 12
    for end in range(5, len(text), 17):
        highlighter.want(1, listing(text[:end], language, is_whole=False))
        settle_colours(qtbot, highlighter)
    grown = listing(text, language)
    highlighter.want(1, grown)
    settle_colours(qtbot, highlighter)
    fresh = Highlighter(lambda: True)
    fresh.want(1, grown)
    settle_colours(qtbot, fresh)
    assert all_tints(highlighter, grown) == all_tints(fresh, grown)
    assert highlighter.lexed <= 2.2 * len(text)


@pytest.mark.parametrize("language", ["javascript", "c", "css"])
def test_a_comment_is_one_before_its_end_has_come(
    qtbot: QtBot, highlighter: Highlighter, language: str
) -> None:
    lines = ["/* It's a comment\n", " * that isn't over: if 1\n", " * yet. */\n", "a\n"]
    for count in (1, 2, 3, 4):
        it = listing("".join(lines[:count]), language, is_whole=False)
        highlighter.want(1, it)
        settle_colours(qtbot, highlighter)
        [first, *_] = all_tints(highlighter, it)
        assert first[1] is Colour.COMMENT
        assert first[0].rstrip("\n") == "".join(lines[: min(count, 3)]).rstrip("\n")


def test_only_closed_lines_are_lexed(qtbot: QtBot, highlighter: Highlighter) -> None:
    highlighter.want(1, listing("import os\nimport sy", is_whole=False))
    settle_colours(qtbot, highlighter)
    assert highlighter.lexed == len("import os\n")


def test_a_fence_of_many_tokens_is_lexed_twice_at_most(
    qtbot: QtBot, highlighter: Highlighter
) -> None:
    text = PYTHON * 400
    assert len(text) > 70_000
    for end in range(0, len(text), 400):
        highlighter.want(1, listing(text[:end] or "\n", is_whole=False))
        qtbot.waitUntil(lambda: not highlighter.is_busy)
    highlighter.want(1, listing(text))
    settle_colours(qtbot, highlighter)
    assert highlighter.lexed <= 2.2 * len(text)


def test_another_text_in_its_place_is_lexed_anew(qtbot: QtBot, highlighter: Highlighter) -> None:
    highlighter.want(1, listing("import os\n", is_whole=False))
    settle_colours(qtbot, highlighter)
    other = listing("# nothing\n", is_whole=False)
    highlighter.want(1, other)
    assert all_tints(highlighter, other) == []
    settle_colours(qtbot, highlighter)
    assert all_tints(highlighter, other) == [("# nothing", Colour.COMMENT)]


def test_what_is_known_is_not_lexed_again(qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing(PYTHON * 20)
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    lexed = highlighter.lexed
    highlighter.want(1, it)
    assert not highlighter.is_busy
    assert highlighter.lexed == lexed == 20 * len(PYTHON)


def test_what_takes_a_lexer_too_long_stays_plain(qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing("a = 1\n" + "x" * (LONGEST_LINE + 1) + "\n")
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    assert all_tints(highlighter, it) == []
    lexer = lexer_for("python")
    assert lexer is not None
    lexing = Lexing(lexer)
    lexing.feed("y" * (LONGEST_LINE + 1))
    with pytest.raises(Pathological):
        lexing.run(float("inf"), is_whole=True)


def test_a_slow_rule_ends_the_colours_of_its_listing(
    qtbot: QtBot, highlighter: Highlighter, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def slow_clock() -> float:
        now[0] += 0.06
        return now[0]

    monkeypatch.setattr("app.ui.transcript.lexing.perf_counter", slow_clock)
    it = listing(PYTHON)
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    assert all_tints(highlighter, it) == []


def test_nothing_is_lexed_while_nobody_can_see_it(qtbot: QtBot) -> None:
    seen: list[bool] = []
    highlighter = Highlighter(lambda: bool(seen))
    highlighter.want(1, listing(PYTHON))
    settle_colours(qtbot, highlighter)
    assert highlighter.lexed == 0
    seen.append(True)
    highlighter.resume()
    settle_colours(qtbot, highlighter)
    assert highlighter.lexed == len(PYTHON)


def test_of_many_listings_the_latest_are_kept(qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing(PYTHON * 100)
    for message_id in range(1, 30):
        highlighter.want(message_id, it)
    settle_colours(qtbot, highlighter)
    assert highlighter.tints(29, 0)
    assert not highlighter.tints(1, 0)


# On the page


def test_colours_do_not_move_anything(qtbot: QtBot, highlighter: Highlighter) -> None:
    it = listing(PYTHON + "x = '" + "long " * 60 + "'\n")
    highlighter.want(1, it)
    settle_colours(qtbot, highlighter)
    for width in (120, 200, 300, 664):
        layout = CodeLayout(it.pieces[0], width, light())
        before = layout.height, layout.end
        places = [layout.caret_at(i) for i in range(len(it.pieces[0].text))]
        assert layout.tint(highlighter.tints(1, 0))
        assert (layout.height, layout.end) == before
        assert [layout.caret_at(i) for i in range(len(places))] == places


def test_colours_stay_while_a_listing_grows() -> None:
    one = CodeLayout(listing("import os\nimp").pieces[0], 400, light())
    assert one.tint([Tint(0, 6, Colour.KEYWORD)]) is not None
    other = CodeLayout(listing("import os\nimport sys\n").pieces[0], 400, light(), one)
    assert other.tint([Tint(0, 6, Colour.KEYWORD)]) is None
    # The same colours again: nothing to paint. One more: from its line on.
    found = other.tint([Tint(0, 6, Colour.KEYWORD), Tint(10, 16, Colour.KEYWORD)])
    assert found is not None
    assert found[1] - found[0] == light().type.code.line


@pytest.mark.parametrize("theme", [light(), dark()], ids=["light", "dark"])
def test_code_is_painted_in_the_colours_of_the_theme(
    show: Show, qtbot: QtBot, theme: Theme
) -> None:
    transcript = show(conversation("hi", f"```python\n{PYTHON}```\n"))
    settle_colours(qtbot, highlighter_of(transcript))
    transcript.set_theme(theme)
    settle(qtbot, transcript)
    seen = colours_in(transcript)
    assert {it.name() for it in code_colours(theme).values()} <= seen


def test_a_line_that_closes_is_coloured_with_nothing_laid_out_for_it(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi", long_text(3), "more")
    transcript = show(it)
    highlighter = highlighter_of(transcript)
    reply = begin_reply(it)
    it.extend(reply, [Delta("```python\nimport os\n")])
    settle(qtbot, transcript)
    settle_colours(qtbot, highlighter)
    it.extend(reply, [Delta("# words\nx")])
    with qtbot.waitSignal(highlighter.highlighted):
        settle(qtbot, transcript)
        layouts, flushes = transcript.counts.layouts, transcript.counts.flushes
    settle(qtbot, transcript)
    assert transcript.counts.layouts == layouts
    assert transcript.counts.flushes == flushes
    assert light().colours.code_comment.name() in colours_in(transcript)


def test_the_last_line_of_a_reply_is_coloured_when_it_has_ended(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("```python\nx\n# words")])
    settle(qtbot, transcript)
    settle_colours(qtbot, highlighter_of(transcript))
    assert light().colours.code_comment.name() not in colours_in(transcript)
    end_reply(it, reply)
    settle(qtbot, transcript)
    settle_colours(qtbot, highlighter_of(transcript))
    assert light().colours.code_comment.name() in colours_in(transcript)


def test_a_fence_is_lexed_once_more_when_it_closes(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    highlighter = highlighter_of(transcript)
    reply = begin_reply(it)
    for delta in deltas(f"```sql\n{SQL * 10}", 40):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
        settle_colours(qtbot, highlighter)
    lexed = highlighter.lexed
    it.extend(reply, [Delta("```\n")])
    settle(qtbot, transcript)
    settle_colours(qtbot, highlighter)
    assert highlighter.lexed == lexed + 10 * len(SQL)
    assert not highlighter.unfinished


def test_a_hidden_transcript_lexes_nothing(show: Show, qtbot: QtBot) -> None:
    it: Conversation = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    transcript.hide()
    it.extend(reply, [Delta(f"```python\n{PYTHON}")])
    settle(qtbot, transcript)
    settle_colours(qtbot, highlighter_of(transcript))
    assert highlighter_of(transcript).lexed == 0
    transcript.show()
    qtbot.waitUntil(lambda: highlighter_of(transcript).lexed > 0, timeout=20_000)


def test_the_end_of_a_long_listing_is_coloured_as_the_whole_says(show: Show, qtbot: QtBot) -> None:
    # All of it is a string, which only its beginning tells.
    transcript = show(conversation("hi", '```python\nx = """\n' + "import os\n" * 400 + "```\n"))
    settle_colours(qtbot, highlighter_of(transcript))
    settle(qtbot, transcript)
    seen = colours_in(transcript)
    assert light().colours.code_string.name() in seen
    assert light().colours.code_keyword.name() not in seen


def test_colours_of_a_listing_are_those_of_its_lexer() -> None:
    assert lex("x = 1\n", "python") == [(4, 5, Colour.NUMBER)]
    assert lex("-x\n+y\n", "diff") == [(0, 2, Colour.NAME), (3, 5, Colour.STRING)]

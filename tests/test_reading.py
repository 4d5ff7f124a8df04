"""The whole program, read in: where one reads, and how one gets there."""

from pathlib import Path

from tests.helpers.program import Program

WORDS = "é " + " ".join(f"word{i}" for i in range(1_500))
"""With a letter that no key has: typed all at once."""


def test_pages_are_turned_from_the_composer_and_found_again_after_a_restart(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with Program(data, "--demo") as program:
        program.ready()
        program.use("demo/echo")
        program.say(WORDS)
        program.reply("streaming")
        program.key("Escape")
        program.reply("stopped")
        program.settle()
        assert program.look()["place"] == "", "at the end"
        program.key("PageUp", "PageUp")
        program.settle()
        place = program.look()["place"]
        assert place
        program.key("PageDown", "PageDown", "PageDown")
        program.settle()
        assert program.look()["place"] == ""
        program.key("PageUp", "PageUp")
        program.until(lambda seen: seen["place"] == place, "the same page")
        program.quit()
    with Program(data, "--demo") as program:
        program.until(lambda seen: seen["messages"] and seen["messages"][0]["text"], "the text")
        program.settle()
        assert program.look()["place"] == place
        program.key("Ctrl+Plus", "Ctrl+Plus")
        program.settle()
        assert program.look()["place"] == place
        program.quit()
    assert program.output == ""

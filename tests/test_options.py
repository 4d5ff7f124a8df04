"""The command line: what cannot be meant is refused before anything is opened."""

from pathlib import Path

import pytest

from app.options import read_options


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_folder_is_refused_and_not_the_current_one(
    empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read_options(["--data", empty])
    assert "--data: it names no folder" in capsys.readouterr().err


def test_a_folder_is_taken_as_it_is_named() -> None:
    assert read_options(["--data", "some folder"]).data == Path("some folder")

"""The frozen program's first lines."""

import entry
import pytest


@pytest.mark.parametrize(
    ("arguments", "environ", "platform"),
    [
        (["--self-test"], {}, "offscreen"),
        (["--self-test"], {"DISPLAY": ":0"}, None),
        (["--self-test"], {"WAYLAND_DISPLAY": "wayland-0"}, None),
        (["--self-test"], {"QT_QPA_PLATFORM": "vnc"}, "vnc"),
        (["--self-test"], {"DISPLAY": ""}, "offscreen"),
        (["--demo"], {}, None),
    ],
)
def test_a_self_test_needs_no_screen(
    arguments: list[str], environ: dict[str, str], platform: str | None
) -> None:
    entry.do_without_screen(arguments, environ)
    assert environ.get("QT_QPA_PLATFORM") == platform

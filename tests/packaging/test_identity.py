"""One version everywhere."""

import re

import identity
import pytest
import release_notes
from windows import version

from app import __version__

MANIFEST = identity.ROOT / "packaging" / "flatpak" / f"{identity.APP_ID}.yml"


def test_what_names_the_version_names_this_one() -> None:
    manifest = MANIFEST.read_text(encoding="utf-8")
    assert set(re.findall(r"coprime-([\d.]+\w*)-linux", manifest)) == {__version__}
    assert __version__ == identity.VERSION
    assert f"'ProductVersion', '{__version__}'" in version.resource()
    assert release_notes.notes("owner/name").startswith(f"# Coprime {__version__}\n")


@pytest.mark.parametrize(
    ("given", "counted"),
    [("0.1.0", "0.1.0.0"), ("1.2.3rc1", "1.2.3.0"), ("2.0", "2.0.0.0"), ("1.2.3.4.5", "1.2.3.4")],
)
def test_windows_counts_in_four_numbers(
    monkeypatch: pytest.MonkeyPatch, given: str, counted: str
) -> None:
    monkeypatch.setattr(identity, "VERSION", given)
    assert identity.quad() == counted

"""One version everywhere, and every kind of package by its name."""

import re
from pathlib import Path

import identity
import package
import pytest
import release_notes
from windows import version

from app import __version__

MANIFEST = identity.ROOT / "packaging" / "flatpak" / f"{identity.APP_ID}.yml"
WORKFLOWS = sorted((identity.ROOT / ".github" / "workflows").glob("*.yml"))


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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_foreign_actions_cannot_change_under_us(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    for action, remark in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", remark), action


def test_the_workflow_makes_every_kind_of_package() -> None:
    text = (identity.ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    lines = re.findall(r"dev\.py package ([a-z][\w ]*)|(?:extra|kinds): ([a-z ]+)", text)
    # Flathub builds Flatpaks itself, from the manifest.
    assert set(" ".join(map(" ".join, lines)).split()) == set(package.KINDS) - {"flatpak"}

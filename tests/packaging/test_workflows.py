"""The workflows: what a release depends on, what runs beside a certificate, and what is said."""

import re
from pathlib import Path

import identity
import package
import pytest
import release_notes

FOLDER = identity.ROOT / ".github" / "workflows"
RELEASE = (FOLDER / "release.yml").read_text(encoding="utf-8")
# Labels that GitHub took away: actions/runner-images, issues 13046, 13518, 12045, 11101.
GONE = {"macos-13", "macos-14", "windows-2019", "ubuntu-20.04"}


def job(name: str) -> str:
    """Return the text of a job of the release."""
    parts = re.split(r"^  (?=[\w-]+:$)", RELEASE[RELEASE.index("\njobs:") :], flags=re.MULTILINE)
    return parts[names().index(name) + 1]


def names() -> list[str]:
    """Return the names of the jobs of the release."""
    return re.findall(r"^  ([\w-]+):$", RELEASE[RELEASE.index("\njobs:") :], flags=re.MULTILINE)


def steps(name: str) -> list[str]:
    """Return the steps of a job."""
    return re.split(r"^      - ", job(name), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_actions_are_pinned_and_images_have_a_version(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (?!\./\.github/)(.+)", text)
    assert used
    pin = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [each for each in used if not pin.fullmatch(each)] == []
    assert ":latest" not in text
    runners = set(re.findall(r"(?:runs-on|runner): ([\w.-]+)", text))
    assert runners
    assert runners & GONE == set()


def test_the_release_makes_every_kind_of_package() -> None:
    made = re.findall(
        r"(?:dev\.py package|package\.py)(?: --reuse)? ([a-z][\w ]*)|extra: ([a-z ]+)", RELEASE
    )
    # Flathub builds Flatpaks itself, from the manifest.
    assert set(" ".join(map(" ".join, made)).split()) == set(package.KINDS) - {"flatpak"}


def test_a_release_is_drafted_only_by_a_pushed_tag_after_everything_else() -> None:
    draft = job("draft")
    assert "if: github.event_name == 'push' && github.ref_type == 'tag'\n" in draft
    [needed] = re.findall(r"needs: \[(.+)\]", draft)
    assert set(needed.split(", ")) == set(names()) - {"draft"}
    assert "uses: ./.github/workflows/ci.yml" in job("suite")
    assert "\n  workflow_call:" in (FOLDER / "ci.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("system", "kind"), [("windows", "nsis"), ("macos", "dmg")])
def test_nothing_is_installed_or_started_beside_a_certificate(system: str, kind: str) -> None:
    listed = steps(system)
    [take] = [n for n, each in enumerate(listed) if "{{ secrets." in each and "CERTIFICATE" in each]
    [forget] = [n for n, each in enumerate(listed) if each.startswith("name: Forget")]
    assert "if: always()" in listed[forget]
    between = [each for each in listed[take + 1 : forget] if "{{ secrets." not in each]
    assert len(between) == 1
    assert f"packaging/package.py --reuse {kind}\n" in between[0]
    assert "dev.py package\n" in "".join(listed[:take])
    assert "{{ secrets." not in "".join(listed[forget:])


def test_a_step_in_powershell_calls_one_program_or_looks_at_each() -> None:
    blocks = [each for each in steps("windows") if "run: |" in each]
    programs = [re.findall(r"^ +(?:python|signtool) ", each, re.MULTILINE) for each in blocks]
    assert [
        block
        for block, called in zip(blocks, programs, strict=True)
        if called and "$LASTEXITCODE" not in block
    ] == []


@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_each_system_lists_its_contents_and_says_whether_it_is_signed(system: str) -> None:
    text = job(system)
    assert "dist/*.cdx.json" in text
    assert f"release_notes.py {system} >>" in text
    assert "GITHUB_STEP_SUMMARY" in text


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        (set(), ["Linux: not signed", "Windows: not signed", "macOS: neither signed"]),
        ({"windows"}, ["Windows: the setup, the program", "macOS: neither signed"]),
        ({"macos"}, ["Windows: not signed", "macOS: signed, not notarised"]),
        ({"macos", "notarised"}, ["macOS: signed, and notarised"]),
    ],
)
def test_the_notes_say_of_each_system_whether_it_is_signed(
    signed: set[str], said: list[str]
) -> None:
    text = release_notes.notes("them/coprime", signed)
    assert [each for each in said if f"\n- {each}" not in text] == []
    assert "gh attestation verify FILE --repo them/coprime" in text

"""Identity: what Coprime is called, which version it is, and who makes it.

Names and version are the program's own; what only packages say is here. What only a
publisher can know is empty until one fills it in, and then left out nowhere.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import APP_ID, COMMAND, NAME, SUMMARY  # noqa: E402
from app import __version__ as VERSION  # noqa: E402, N812

__all__ = ["APP_ID", "COMMAND", "NAME", "SUMMARY", "VERSION"]

MAINTAINER = "Coprime maintainers"
LICENCE = "MIT"
COPYRIGHT = f"© 2026 {MAINTAINER}. {LICENCE} licence."
DESCRIPTION = (
    "Coprime talks to the language models of Prime Intellect Inference. Replies appear as "
    "they are written, each says what it cost, and a broken connection loses no text.",
    "Compare models in many tabs, see prices and context windows, continue a reply that was "
    "cut off. Keys live in the keyring of your system. Nothing is sent but what you send.",
)

# What a publisher fills in; nothing is written where it is empty.
HOMEPAGE = ""
CONTACT = ""
SCREENSHOT = ""

BUILD = ROOT / "build" / "package"
DIST = ROOT / "dist"


def epoch() -> int:
    """Return the moment every file of a package bears, in seconds: the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return int(told) if told else 1_767_225_600


def day() -> str:
    """Return the day of this version, as in 2026-01-31."""
    return datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%d")


def quad() -> str:
    """Return the version as the four numbers Windows counts by: 1.2.3rc1 is 1.2.3.0."""
    found = re.match(r"\d+(?:\.\d+)*", VERSION)
    assert found
    return ".".join([*found[0].split("."), "0", "0", "0"][:4])


def sorted_version() -> str:
    """Return the version as dpkg and rpm sort it: 1.2.3rc1 is 1.2.3~rc1, and before 1.2.3."""
    marked = re.sub(r"(?<=\d)(?=(?:a|b|rc)\d)", "~", VERSION)
    return marked.replace(".dev", "~~dev")


def machine() -> str:
    """Return this machine's kind, as Debian calls it: amd64 or arm64."""
    kind = platform.machine().lower()
    return {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        kind, kind
    )


def changes() -> list[str]:
    """Return what changed in this version, one sentence each, from CHANGELOG.md."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    part = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    items = re.findall(r"^- (.+(?:\n  .+)*)", part, flags=re.MULTILINE)
    return [" ".join(item.split()) for item in items]

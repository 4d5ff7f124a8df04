"""Sbom: what a package contains, as a list that programs read (CycloneDX, JSON).

The requirements the program runs on are installed into an environment of their own,
which is then listed; what packages are made with is not part of it. The same lock
gives the same bytes. Source: https://cyclonedx.org/docs/1.6/json/
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from identity import BUILD, COMMAND, DIST, LICENCE, ROOT, VERSION

ENVIRONMENT = BUILD / "sbom-env"
_PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"


def build() -> Path:
    """Make the list; returns its path."""
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)])
    python = ENVIRONMENT / _PYTHON
    subprocess.check_call(
        [
            sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-input",
            "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:",
            "-r", str(ROOT / "requirements" / "run.txt"),
        ]
    )  # fmt: skip
    listed = subprocess.check_output(
        [
            sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible",
            "--spec-version", "1.6", "--output-format", "JSON", "--validate",
            "--pyproject", str(ROOT / "pyproject.toml"), str(python),
        ],
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    path = DIST / f"{COMMAND}-{VERSION}-sbom.cdx.json"
    DIST.mkdir(exist_ok=True)
    text = json.dumps(complete(json.loads(listed)), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def complete(listed: dict[str, Any]) -> dict[str, Any]:
    """Return the list with what pyproject.toml does not say of Coprime itself."""
    itself = listed.setdefault("metadata", {}).setdefault("component", {"name": COMMAND})
    itself["type"] = "application"
    itself["version"] = VERSION
    itself["licenses"] = [{"license": {"id": LICENCE}}]
    return listed

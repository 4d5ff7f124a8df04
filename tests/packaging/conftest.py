"""The scripts that make packages find each other beside themselves; so the tests do."""

import sys
from pathlib import Path

# Last: nothing of theirs stands in front of a library.
sys.path.append(str(Path(__file__).resolve().parents[2] / "packaging"))

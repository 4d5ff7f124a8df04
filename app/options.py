"""Options: what the command line can ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import COMMAND, __version__


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line can ask for."""

    demo: bool = False
    data: Path | None = None
    self_test: bool = False


def read_options(arguments: Sequence[str]) -> Options:
    """Return what the command line asks for; exits on --version, --help and mistakes."""
    if not arguments:
        return Options()
    import argparse

    def folder(text: str) -> Path:
        if not text.strip():
            raise argparse.ArgumentTypeError("it names no folder")
        return Path(text)

    parser = argparse.ArgumentParser(
        prog=COMMAND, description="Chat with the models of Prime Intellect Inference."
    )
    parser.add_argument("--version", action="version", version=f"Coprime {__version__}")
    parser.add_argument(
        "--demo", action="store_true", help="start with the demo inside Coprime; needs no account"
    )
    parser.add_argument(
        "--data", type=folder, metavar="FOLDER", help="keep everything below this folder"
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="test everything the program needs, print what was found, and end",
    )
    return Options(**vars(parser.parse_args(arguments)))

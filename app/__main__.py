"""`python -m app`, and the entry of the installed and the frozen program."""

import sys


def main() -> int:
    """Run Coprime with the command line; returns the exit code."""
    from app import starting

    starting.begin()
    from app.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

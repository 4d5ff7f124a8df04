"""A finding: what a proof looked at, as a line for people, and the end of it if it is not so."""


def say(what: str, is_so: object) -> None:
    """Print what was looked at.

    Raises:
        SystemExit: it is not so.
    """
    print(f"{'ok' if is_so else 'NOT':4}{what}", flush=True)
    if not is_so:
        raise SystemExit(1)

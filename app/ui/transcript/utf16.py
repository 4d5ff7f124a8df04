"""UTF-16: a text as Qt counts it and can hold it."""


def units(text: str) -> int:
    """Return how many UTF-16 code units a text has."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(text: str) -> str:
    """Return a text as Qt can hold it: halves of signs become replacement characters.

    Qt would take the whole text for empty. Line ends become Qt's own.
    """
    text = text.replace("\n", "\u2028")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def characters(text: str, length: int) -> int:
    """Return how many characters the first `length` UTF-16 code units of a text are."""
    if text.isascii():
        return length
    return len(text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore"))

"""Plain: a text that grows and is no Markdown."""

from app.ui.transcript.blocks import Block, Container, Kind, Run, pieces


class PlainStream:
    """A text that grows and is no Markdown, as blocks of bounded size."""

    def __init__(
        self, within: tuple[Container, ...] = (), start: int = 0, *, is_unread: bool = False
    ) -> None:
        self.settled: list[Block] = []
        self.parsed = 0
        """Always 0: there is nothing to parse."""
        self._within = within
        self._source = ""
        self._start = start
        self._is_begun = False
        self._is_unread = is_unread

    @property
    def tail(self) -> tuple[Block, ...]:
        """The block that may still grow, if there is any text."""
        return (self._block(self._source, self._start, is_last=True),) if self._source else ()

    @property
    def blocks(self) -> list[Block]:
        return [*self.settled, *self.tail]

    def feed(self, text: str) -> None:
        """Add text at the end."""
        self._source += text
        *whole, self._source = pieces(self._source, at_words=True)
        for piece in whole:
            self.settled.append(self._block(piece, self._start, is_last=False))
            self._start += len(piece)
            self._is_begun = True

    def take_revised(self) -> int | None:
        """Return None: what settled here never changes."""
        return None

    def _block(self, text: str, start: int, *, is_last: bool) -> Block:
        return Block(
            Kind.PLAIN,
            (Run(text),),
            start,
            start + len(text),
            within=self._within,
            is_first=not self._is_begun,
            is_last=is_last,
            is_unread=self._is_unread,
        )

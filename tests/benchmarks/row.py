"""One figure of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure, its unit, the most it may be, and what it was measured from."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """The gate; None: reported only."""
    note: str = ""

    @property
    def is_kept(self) -> bool:
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """Return the row as one line of a table."""
        gate = "" if self.limit is None else f"≤ {self.limit:g} {'✓' if self.is_kept else '✗'}"
        return f"{self.name:<42}{self.value:>10.2f} {self.unit:<8}{gate:<12}{self.note}"

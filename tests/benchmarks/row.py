"""One figure of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure, its unit, the most it may be, and what it was measured from."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """The gate, for what is the same on any machine; None: there is none."""
    note: str = ""
    wanted: float | None = None
    """A budget in time: told of, but another machine is another figure, so no gate."""

    @property
    def is_kept(self) -> bool:
        return self.limit is None or self.value <= self.limit

    @property
    def is_as_wanted(self) -> bool:
        return self.wanted is None or self.value <= self.wanted

    def line(self) -> str:
        """Return the row as one line of a table."""
        gate = "" if self.limit is None else f"≤ {self.limit:g} {'✓' if self.is_kept else '✗'}"
        if self.wanted is not None:
            gate = f"(≤ {self.wanted:.3g} {'✓' if self.is_as_wanted else '✗'})"
        return f"{self.name:<46}{self.value:>10.2f} {self.unit:<8}{gate:<12}{self.note}"

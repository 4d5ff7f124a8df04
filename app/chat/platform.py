"""Platform: whose key it is, the teams it can bill to, and what is left to pay with.

Law: a team's ID decides who pays, and is kept like a key: neither printed,
logged nor written.
"""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose key it is. What the platform does not say is empty."""

    name: str = ""
    email: str = ""
    slug: str = ""
    may_infer: bool | None = None
    """Whether the key may ask models; None: the platform does not say."""

    @property
    def label(self) -> str:
        """What to call them; may be empty."""
        return self.name or self.email or self.slug


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can pay. Its ID shows nowhere."""

    id: str = field(repr=False)
    name: str = ""
    slug: str = ""
    role: str = ""
    """The person's part in it, such as `admin`, in lower case."""

    @property
    def label(self) -> str:
        """What to call it; may be empty."""
        return self.name or self.slug

    def __reduce__(self) -> str:
        raise TypeError("A team's ID is not to be written anywhere")


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left in a wallet; less than zero where it is overdrawn."""

    amount: Decimal
    currency: str = "USD"

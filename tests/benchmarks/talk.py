"""Talk: a conversation of ten thousand messages, as values and in the program's own file."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from app.chat.cost import Cost, CostKind, Usage
from app.chat.heading import Heading
from app.chat.message import Completion, Message, Role, Timing
from app.chat.model import Prices
from app.paths import paths_below
from app.store import conversations
from app.store.database import Database
from tests.benchmarks import sample

MANY = 10_000
RARE = "zebrafish"
"""A word that is in three messages only, the last of them in the middle."""
COMMON = "advantage"
"""A word that is in nearly all of them."""
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def messages(count: int = MANY) -> list[Message]:
    """Return messages of 80 to 1,500 characters, about 7 MB for ten thousand."""
    random, source = Random(7), sample.paragraph(40_000)
    found = []
    for number in range(1, count + 1):
        is_own = number % 2 == 1
        begin = random.randrange(38_000)
        text = source[begin : begin + random.randint(80, 500 if is_own else 1_500)]
        if number in (count // 4, count // 3, count // 2):
            text += f"\n\nAnd a {RARE}."
        role = Role.USER if is_own else Role.ASSISTANT
        created = _NOON + timedelta(seconds=number)
        parent = number - 1 or None
        filled = None if is_own else _completion(number, len(text) // 4)
        found.append(
            Message(
                number,
                parent,
                role,
                created=created,
                text=text,
                length=len(text),
                completion=filled,
            )
        )
    return found


def _completion(number: int, tokens: int) -> Completion:
    """Return a request as a reply has it, with all that is known of one that went well."""
    return Completion(
        "account",
        "Team",
        "maker/model",
        prices=Prices(Decimal("0.5"), Decimal("1.5")),
        finish_reason="stop",
        usage=Usage(100 * number, tokens),
        cost=Cost(Decimal(number) / 1_000_000, CostKind.BILLED),
        timing=Timing(200 + number % 100, 2_000 + tokens),
        request_ids=(f"request-{number}",),
    )


def store(folder: Path, count: int = MANY) -> None:
    """Keep the conversation where a program with this data folder finds it, by the number 1."""
    paths = paths_below(folder)
    paths.make()
    heading = Heading(1, "Ten thousand messages", _NOON, _NOON, leaf=count)
    database = Database(paths.database)
    database.start().exception(timeout=10)
    database.write(conversations.save_copy, heading, messages(count)).result(timeout=60)
    database.close(10)

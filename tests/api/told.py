"""What the deltas of a reply tell, put together."""

from collections.abc import Sequence

from app.chat.cost import Usage
from app.chat.message import Delta


class Told:
    """Has deltas, and says what they come to."""

    @property
    def deltas(self) -> Sequence[Delta]:
        raise NotImplementedError

    @property
    def text(self) -> str:
        return "".join(delta.text for delta in self.deltas)

    @property
    def reasoning(self) -> str:
        return "".join(delta.reasoning for delta in self.deltas)

    @property
    def finish_reason(self) -> str:
        return "".join(delta.finish_reason for delta in self.deltas)

    @property
    def usage(self) -> Usage | None:
        return next((delta.usage for delta in reversed(self.deltas) if delta.usage), None)

"""Payers: many requests over several accounts that change while replies stream.

What the server heard is the judge: each act of the person is at most one
request, and that carries the key and the team of its own account, both from
the same moment.
"""

import random
from dataclasses import dataclass, field

from app.chat.account import Account
from app.chat.conversation import Conversation
from app.session import Session
from tests.helpers.server import Recorded
from tests.session.conftest import Running

ACCOUNTS = 5
TABS = 4
"""Of each account."""
MODELS = ("test/echo", "test/happy", "test/reasoning", "test/slow:1")


@dataclass(frozen=True, slots=True)
class Payer:
    """What the headers of a request should say."""

    key: str
    team_id: str | None


@dataclass
class Tally:
    """What came of it."""

    acts: int = 0
    requests: int = 0
    withheld: int = 0
    """Acts of which nothing was sent, because the account was just being changed."""
    edits: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return (
            f"{self.acts} acts, {self.requests} requests, {self.edits} edits of accounts, "
            f"{self.withheld} withheld, {len(self.wrong)} wrong"
        )


@dataclass
class _Act:
    number: int
    conversation: Conversation
    allowed: tuple[Payer, ...]
    is_sure: bool
    """Whether nothing about the account was changing: then it must be sent."""


class Payers:
    """Drives a session, and keeps its own book of who should pay for what."""

    def __init__(self, running: Running, endpoint: str, seed: int) -> None:
        self._running = running
        self._session: Session = running.session
        self._endpoint = endpoint
        self._random = random.Random(seed)
        self._payers: dict[str, Payer] = {}
        self._changing: dict[str, Payer] = {}
        self._serial = 0
        self._acts: list[_Act] = []
        self._tabs: list[Conversation] = []
        self.tally = Tally()
        self._session.accounts.edited.connect(self._on_edited)

    async def play(self, acts: int) -> None:
        """Send so many messages."""
        for _ in range(ACCOUNTS):
            await self._add()
        while self.tally.acts < acts:
            self._send_round(acts)
            if self._random.random() < 0.4:
                self._edit()
            await self._running.until(lambda: not any(c.open_replies for c in self._tabs))
        await self._running.until(lambda: not self._changing)

    def judge(self, heard: list[Recorded]) -> Tally:
        """Compare what was heard with the book."""
        by_act: dict[int, list[Recorded]] = {}
        for request in heard:
            words = str(request.json["messages"][-1]["content"])
            by_act.setdefault(int(words.partition(" ")[2]), []).append(request)
            self.tally.requests += 1
        for act in self._acts:
            self._judge(act, by_act.pop(act.number, []))
        self.tally.wrong += [f"act {number} was nobody's" for number in by_act]
        return self.tally

    def _judge(self, act: _Act, heard: list[Recorded]) -> None:
        if not heard and not act.is_sure:
            self.tally.withheld += 1
            return
        if len(heard) != 1:
            self.tally.wrong.append(f"act {act.number}: {len(heard)} requests")
            return
        headers = heard[0].headers
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if Payer(key, headers.get("x-prime-team-id")) not in act.allowed:
            self.tally.wrong.append(f"act {act.number}: another payer")

    def _send_round(self, acts: int) -> None:
        tabs = list(self._tabs)
        self._random.shuffle(tabs)
        for conversation in tabs:
            if self.tally.acts == acts or not self._session.messages.can_send(conversation):
                continue
            account_id = conversation.heading.account_id
            now, then = self._payers[account_id], self._changing.get(account_id)
            self.tally.acts += 1
            number = self.tally.acts
            self._session.choose_model(conversation, self._random.choice(MODELS))
            # The last message only: histories that grow would measure something else.
            conversation.show_version(None)
            assert self._session.messages.send(conversation, f"act {number}")
            allowed = (now,) if then is None else (now, then)
            self._acts.append(_Act(number, conversation, allowed, is_sure=then is None))

    async def _add(self) -> None:
        payer = self._new_payer()
        account_id = self._session.accounts.add(
            "", self._endpoint, payer.key, "Team" if payer.team_id else "", payer.team_id or ""
        )
        self._payers[account_id] = payer
        await self._running.until(lambda: self._session.accounts.get(account_id))
        catalogues = self._session.catalogues
        await self._running.until(lambda: catalogues.of(account_id).fetched)
        for _ in range(TABS):
            conversation = self._session.desk.begin(account_id)
            self._session.choose_account(conversation, account_id)
            self._tabs.append(conversation)

    def _edit(self) -> None:
        account_id = self._random.choice(list(self._payers))
        account = self._session.accounts.get(account_id)
        if account is None or account_id in self._changing:
            return
        payer = self._new_payer()
        self._changing[account_id] = payer
        for act in self._acts[-len(self._tabs) :]:
            if act.conversation.heading.account_id == account_id:
                # Under way, and perhaps not sent yet.
                act.allowed += (payer,)
                act.is_sure = False
        self.tally.edits += 1
        self._session.accounts.edit(
            account_id,
            f"Edited {self._serial}",
            self._endpoint,
            payer.key,
            f"Team {self._serial}" if payer.team_id else "",
            payer.team_id or "",
        )

    def _new_payer(self) -> Payer:
        self._serial += 1
        team_id = f"team-{self._serial}" if self._random.random() < 0.6 else None
        return Payer(f"sk-{self._serial}", team_id)

    def _on_edited(self, account: Account) -> None:
        self._payers[account.id] = self._changing.pop(account.id)

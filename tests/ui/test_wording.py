"""Every fact has a sentence, and no sentence is a server's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.chat.circumstance import About, Circumstance
from app.chat.cost import Cost, CostKind, Usage
from app.chat.failure import Failure, Kind, Wallet
from app.chat.message import Completion, Message, Pause, Role, Status, Timing
from app.chat.model import Prices
from app.ui import wording
from app.ui.notice import Act, Tone

BANNED = ("oops", "something went wrong", "error 4", "invalid input", "{", "None")
COMPLETION = Completion("account", "Research Lab", "z-ai/glm-5.2")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_failure_is_a_sentence_with_a_way_on(kind: Kind) -> None:
    failure = Failure(kind, 400, "code", "<h1>the server's own words</h1>", ("req-1",), host="h")
    notice = wording.failure_notice(failure, COMPLETION, "GLM 5.2", has_text=True)
    said = f"{notice.headline} {notice.rest}"
    assert notice.headline.endswith(".")
    assert not any(word in said for word in BANNED), said
    assert "own words" not in said
    assert [offer for offer in notice.offers if offer.act is not Act.DETAILS]
    assert notice.offers[0].primary


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.FAILED_MIDWAY, Kind.NO_BALANCE])
def test_a_reply_that_can_go_on_offers_that_first_with_its_cost(kind: Kind) -> None:
    ways = wording.Ways(
        can_continue=True,
        retry_cost=Cost(Decimal("0.004"), CostKind.ESTIMATED),
        continue_cost=Cost(Decimal("0.005"), CostKind.ESTIMATED),
    )
    failure = Failure(kind, host="h")
    notice = wording.failure_notice(failure, COMPLETION, "GLM", has_text=True, ways=ways)
    labels = {offer.act: offer.label for offer in notice.offers}
    assert notice.offers[0].act is Act.CONTINUE
    assert labels[Act.CONTINUE] == "Continue (from ≈ $0.005)"
    assert labels[Act.RETRY] == "Try again (from ≈ $0.004)"


def test_an_unknown_cost_is_not_invented_and_a_free_one_not_told() -> None:
    free = wording.Ways(retry_cost=Cost(Decimal(0), CostKind.ESTIMATED))
    for ways in (wording.NO_WAYS, free):
        failure = Failure(Kind.CUT, host="h")
        notice = wording.failure_notice(failure, COMPLETION, "GLM", has_text=False, ways=ways)
        assert [offer.label for offer in notice.offers] == ["Try again"]


def test_a_wait_says_for_what_how_long_and_how_not_to() -> None:
    pause = Pause(Failure(Kind.BUSY, 429, host="h"), until=0.0, attempt=2, of=3)
    notice = wording.pause_notice(pause, "Ada", "GLM 5.2", 6.6)
    assert notice.headline == "GLM 5.2 is busy."
    assert notice.rest == "Nothing was billed. Trying again in 7 s, attempt 2 of 3."
    assert [offer.act for offer in notice.offers] == [Act.TRY_NOW, Act.STOP]


def test_an_empty_personal_wallet_offers_a_team_and_a_teams_does_not() -> None:
    offered = {}
    for wallet in Wallet:
        failure = Failure(Kind.NO_BALANCE, 402, wallet=wallet)
        notice = wording.failure_notice(failure, COMPLETION, "GLM", has_text=False)
        offered[wallet] = [offer.act for offer in notice.offers]
    assert Act.BILL_TEAM in offered[Wallet.PERSONAL]
    assert Act.BILL_TEAM not in offered[Wallet.TEAM]


def test_a_conversation_that_is_too_long_can_be_shortened_where_something_can_go() -> None:
    failure = Failure(Kind.CONVERSATION_TOO_LONG, 400, window=8192)
    for can in (True, False):
        ways = wording.Ways(can_shorten=can)
        notice = wording.failure_notice(failure, COMPLETION, "GLM", has_text=False, ways=ways)
        assert (notice.offers[0].act is Act.SHORTEN) == can


def test_thoughts_without_an_answer_are_told() -> None:
    message = Message(
        1, None, Role.ASSISTANT, reasoning="hm", reasoning_length=2, completion=COMPLETION
    )
    notice = wording.notice(message, "GLM")
    assert notice is not None
    assert notice.headline == "GLM thought, and gave no answer."


def test_a_continued_reply_adds_its_costs_and_says_so() -> None:
    def part(usd: str | None) -> Completion:
        cost = None if usd is None else Cost(Decimal(usd), CostKind.BILLED)
        return replace(COMPLETION, cost=cost, usage=Usage(10, 5))

    whole = Message(
        1,
        None,
        Role.ASSISTANT,
        text="x",
        length=1,
        completion=part("0.02"),
        earlier=(part("0.01"),),
    )
    facts = wording.facts(whole)
    assert "20 in · 10 out" in facts
    assert "continued 1×" in facts
    assert facts[-1] == "$0.03"
    cut = replace(whole, earlier=(part(None),))
    assert wording.facts(cut)[-1] == "at least $0.02"
    assert "in all: at least $0.02" in wording.message_details(cut)


def test_what_was_left_out_is_said_below_the_reply() -> None:
    completion = replace(COMPLETION, omitted=("temperature", "max_tokens"), left_out=4)
    message = Message(1, None, Role.ASSISTANT, text="x", length=1, completion=completion)
    facts = wording.facts(message)
    assert facts[:3] == ("without the 4 oldest", "without temperature", "without length limit")
    assert "Not sent: temperature" in wording.message_details(message)


def test_the_servers_words_and_ids_are_in_the_details() -> None:
    failure = Failure(Kind.NO_BALANCE, 402, "insufficient_funds", "No <b>money</b>", ("req-1",))
    text = wording.details(failure)
    assert "The server says: No <b>money</b>" in text
    assert "req-1" in text
    assert "402" in text


def test_text_that_arrived_is_said_to_be_kept() -> None:
    failed = wording.failure_notice(Failure(Kind.SERVICE_FAULT), COMPLETION, "M", has_text=True)
    assert "What arrived is kept." in failed.rest
    empty = wording.failure_notice(Failure(Kind.SERVICE_FAULT), COMPLETION, "M", has_text=False)
    assert "kept" not in empty.rest


@pytest.mark.parametrize("about", list(About))
def test_every_circumstance_is_a_sentence(about: About) -> None:
    notice = wording.circumstance(Circumstance(about, "detail"))
    assert notice.headline.endswith(".")
    assert not any(word in notice.headline for word in BANNED)


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        ("0", "$0"),
        ("0.00631008", "$0.0063"),
        ("0.000123", "$0.00012"),
        ("0.0099999", "$0.01"),
        ("0.01", "$0.01"),
        ("1234.5", "$1,234.50"),
        ("0E-12", "$0"),
    ],
)
def test_money_has_two_digits_that_say_something(usd: str, shown: str) -> None:
    assert wording.money(Decimal(usd)) == shown


def test_costs_say_how_sure_they_are() -> None:
    assert wording.cost(None) == "cost unknown"
    assert wording.cost(Cost(Decimal("0.02"), CostKind.BILLED)) == "$0.02"
    assert wording.cost(Cost(Decimal("0.02"), CostKind.ESTIMATED)) == "≈ $0.02"


@pytest.mark.parametrize(
    ("prices", "shown"),
    [
        (Prices(), "price unknown"),
        (Prices(Decimal("1"), None), "price unknown"),
        (Prices(Decimal("0"), Decimal("0")), "free"),
        (Prices(Decimal("1.68"), Decimal("5.28")), "$1.68 / $5.28"),
        (Prices(Decimal("2"), Decimal("10.50")), "$2 / $10.50"),
        (Prices(Decimal("0.75"), Decimal("4.5")), "$0.75 / $4.50"),
        (Prices(Decimal("1.0925"), Decimal("4.6")), "$1.0925 / $4.60"),
    ],
)
def test_prices_are_as_the_catalogue_has_them(prices: Prices, shown: str) -> None:
    assert wording.prices(prices) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(8192, "8,192"), (262_144, "262k"), (1_000_000, "1M"), (1_500_000, "1.5M")],
)
def test_windows_are_short(count: int, shown: str) -> None:
    assert wording.tokens(count) == shown


def reply(status: Status = Status.COMPLETE, **facts: object) -> Message:
    completion = Completion("a", "payer", "m", **facts)  # type: ignore[arg-type]
    return Message(2, 1, Role.ASSISTANT, status, text="x", length=1, completion=completion)


def test_the_facts_of_a_reply_are_counted_timed_and_priced() -> None:
    message = reply(
        usage=Usage(1204, 812),
        timing=Timing(900, 6578),
        cost=Cost(Decimal("0.0063"), CostKind.BILLED),
    )
    assert wording.facts(message) == (
        "1,204 in · 812 out",
        "0.9 s to first token",
        "143 tok/s",
        "$0.0063",
    )


def test_a_cut_reply_without_counts_has_an_unknown_cost() -> None:
    assert wording.facts(reply(Status.INTERRUPTED)) == ("cost unknown",)
    assert wording.facts(reply(Status.STREAMING)) == ()


@pytest.mark.parametrize("reason", ["length", "max_tokens", "content_filter", "tool_calls"])
def test_an_end_that_is_not_the_models_own_is_told(reason: str) -> None:
    notice = wording.notice(reply(finish_reason=reason), "M")
    assert notice is not None
    assert notice.tone is Tone.WARNING


@pytest.mark.parametrize("reason", ["stop", "end_turn", "eos", "", "something new"])
def test_an_ordinary_end_needs_no_words(reason: str) -> None:
    assert wording.notice(reply(finish_reason=reason), "M") is None

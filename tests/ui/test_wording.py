"""Every fact has a sentence, and no sentence is a server's."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.chat.circumstance import About, Circumstance
from app.chat.cost import Cost, CostKind, Usage
from app.chat.failure import Failure, Kind, Wallet
from app.chat.message import Completion, Message, Pause, Role, Status, Timing
from app.chat.model import Catalogue, Prices
from app.chat.platform import Identity
from app.store.prime_cli import InvalidEnvironment, environment_account
from app.ui import wording
from app.ui.notice import Act, Notice, Tone

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


@pytest.mark.parametrize(
    "kind", [Kind.CUT, Kind.SILENT, Kind.GARBLED, Kind.CLOSED, Kind.FAILED_MIDWAY]
)
def test_nothing_is_said_to_be_kept_where_nothing_arrived(kind: Kind) -> None:
    for has_text in (True, False):
        notice = wording.failure_notice(Failure(kind), COMPLETION, "M", has_text=has_text)
        assert ("What arrived is kept." in notice.rest) == has_text
        assert notice.rest.count("kept") == has_text
        assert "bill" in notice.rest


@pytest.mark.parametrize(
    ("text", "timing", "said"),
    [
        ("One, two", Timing(900, 1000), "What had been written until then may be billed."),
        (
            "",
            Timing(None, 1000),
            "Nothing had arrived yet. The request may be billed all the same.",
        ),
        ("", None, "Nothing was sent."),
    ],
)
def test_a_stop_says_what_may_be_billed(text: str, timing: Timing | None, said: str) -> None:
    message = Message(
        2,
        1,
        Role.ASSISTANT,
        Status.STOPPED,
        text=text,
        length=len(text),
        completion=replace(COMPLETION, timing=timing),
    )
    notice = wording.notice(message, "M")
    assert notice is not None
    assert notice.rest == said


# The account of the environment


def of_environment(kind: Kind) -> Notice:
    account = environment_account({"PRIME_API_KEY": "sk-x"})
    assert account is not None
    completion = Completion(account.id, account.payer, "m")
    failure = Failure(kind, wallet=Wallet.PERSONAL)
    return wording.failure_notice(failure, completion, "M", has_text=False)


@pytest.mark.parametrize(
    ("kind", "variable"),
    [
        (Kind.KEY_REFUSED, "PRIME_API_KEY"),
        (Kind.NO_BALANCE, "PRIME_API_KEY"),
        (Kind.MOVED, "PRIME_INFERENCE_URL"),
        (Kind.WRONG_ADDRESS, "PRIME_INFERENCE_URL"),
    ],
)
def test_of_the_environments_account_nothing_is_offered_that_leads_nowhere(
    kind: Kind, variable: str
) -> None:
    notice = of_environment(kind)
    acts = [offer.act for offer in notice.offers]
    assert {Act.ADD_ACCOUNT, Act.CHOOSE_ACCOUNT} < set(acts)
    assert "another account pay" in notice.rest
    assert not {Act.EDIT_ACCOUNT, Act.BILL_TEAM} & set(acts)
    assert variable in f"{notice.headline} {notice.rest}"


def test_it_is_said_whose_balance_of_the_environment_is_gone() -> None:
    assert of_environment(Kind.NO_BALANCE).headline == (
        "The account of PRIME_API_KEY has no balance left."
    )


# Beside a reply


@pytest.mark.parametrize("kind", list(Kind))
def test_a_list_that_did_not_come_has_an_exact_reason(kind: Kind) -> None:
    said = wording.catalogue_state(Catalogue(failure=Failure(kind, host="h.example")))
    assert said.endswith(".")
    assert "  " not in said
    assert not any(word in said for word in (*BANNED, "reply"))
    assert ("reached" in said) == (kind is Kind.UNREACHABLE)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure(Kind.NO_BALANCE, 402), "The account has no balance left."),
        (Failure(Kind.BUSY, 429, retry_after_s=60), "h is busy. It asks to wait 1 min."),
        (Failure(Kind.SERVICE_FAULT, 500), "The service had a fault while answering."),
        (Failure(Kind.MOVED, 307), "h wants to send Coprime elsewhere. Your key and words do not "),
        (Failure(Kind.BLOCKED, 403), "A protection in front of h blocked the request."),
        (Failure(Kind.INSECURE), "No secure connection to h could be made. Its certificate was "),
        (Failure(Kind.UNREACHABLE), "h can’t be reached."),
    ],
)
def test_a_test_of_an_account_says_exactly_what_happened(failure: Failure, said: str) -> None:
    sentence, is_good = wording.account_trial(None, replace(failure, host="h"))
    assert sentence.startswith(said)
    assert not is_good
    assert wording.model_problem(replace(failure, host="h")).startswith(said)


def test_a_service_without_a_name_begins_a_sentence() -> None:
    assert wording.account_trial(None, Failure(Kind.UNREACHABLE))[0] == (
        "The service can’t be reached."
    )


def test_no_models_at_all_are_no_good_news() -> None:
    nobody = wording.account_trial(0, None)
    assert nobody == ("The address answers, but the account can use no model.", False)
    known = wording.account_trial(0, None, Identity("Ada", may_infer=True))
    assert known == ("The key is good (Ada). But the account can use no model.", False)
    listed = Catalogue(fetched=datetime(2026, 11, 1, tzinfo=UTC))
    assert wording.catalogue_state(listed) == "The account can use no model."


# Why nothing is sent


def test_why_there_is_no_model_is_said_with_a_way_on() -> None:
    def refusal(catalogue: Catalogue) -> Notice:
        return wording.cannot_send(
            has_account=True, has_others=True, has_model=False, can_save=True, catalogue=catalogue
        )

    away = refusal(Catalogue(failure=Failure(Kind.UNREACHABLE, host="h")))
    assert away.headline == "There is no model to send this to yet."
    assert away.rest.startswith("h can’t be reached. ")
    assert refusal(Catalogue(is_loading=True)).rest.startswith("Asking for the models…")
    assert "can use no model" in refusal(Catalogue(fetched=datetime(2026, 11, 1, tzinfo=UTC))).rest


def test_that_nothing_can_be_saved_has_its_true_reason() -> None:
    def refusal(trouble: Circumstance | None) -> Notice:
        return wording.cannot_send(
            has_account=True, has_others=True, has_model=True, can_save=False, trouble=trouble
        )

    assert "newer Coprime" in refusal(Circumstance(About.STORE_NEWER)).headline
    assert "disk" not in refusal(None).rest


@pytest.mark.parametrize("about", list(About))
def test_every_circumstance_is_a_sentence(about: About) -> None:
    notice = wording.circumstance(Circumstance(about, "detail"))
    assert notice.headline.endswith(".")
    assert not any(word in notice.headline for word in BANNED)


def test_what_came_over_of_a_damaged_file_is_told_and_where_it_lies() -> None:
    fact = Circumstance(About.STORE_DAMAGED, "/home/ada/x.damaged.db", rescued=(3, 41))
    rest = wording.circumstance(fact).rest
    assert "Brought over: 3 conversations, 41 messages." in rest
    assert "set aside as /home/ada/x.damaged.db" in rest
    nothing = wording.circumstance(Circumstance(About.STORE_DAMAGED, "/x.db"))
    assert "Nothing of it could be read." in nothing.rest


def test_variables_that_cannot_be_used_leave_a_way_to_add_an_account() -> None:
    with pytest.raises(InvalidEnvironment, match="add an account and tick the box") as caught:
        environment_account(
            {"PRIME_API_KEY": "sk-x", "PRIME_INFERENCE_URL": "http://h.example/api/v1"}
        )
    notice = wording.circumstance(Circumstance(About.ENVIRONMENT_INVALID, str(caught.value)))
    assert Act.ADD_ACCOUNT in [offer.act for offer in notice.offers]


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

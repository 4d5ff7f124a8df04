"""Failures: how a reply ended, and what can be done about it.

A server's own words are never part of a sentence here; they are quoted under
Details.
"""

from dataclasses import dataclass, replace

from app.chat.account import ENVIRONMENT_ID, ENVIRONMENT_NAME
from app.chat.cost import Cost
from app.chat.failure import ABSENT, LOCKED, SILENT, Failure, Kind, Wallet
from app.chat.message import (
    FILTER_ENDS,
    LENGTH_ENDS,
    TOOL_ENDS,
    WINDOW_ENDS,
    Completion,
    Message,
    Pause,
    Status,
)
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.wording.language import tr
from app.ui.wording.numbers import cost, seconds


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be done about a reply beside what its failure says."""

    can_continue: bool = False
    can_shorten: bool = False
    retry_cost: Cost | None = None
    """What asking again would cost at least; None where that is unknown."""
    continue_cost: Cost | None = None


NO_WAYS = Ways()


def notice(message: Message, model: str, ways: Ways = NO_WAYS) -> Notice | None:
    """Return what has to be said about how a reply ended, or None."""
    completion = message.completion
    if completion is None or message.status.is_open:
        return None
    if completion.failure is not None:
        return failure_notice(
            completion.failure,
            completion,
            model,
            has_text=message.length + message.reasoning_length > 0,
            ways=ways,
        )
    if message.status is Status.STOPPED:
        return Notice(
            Tone.QUIET,
            tr("Stopped."),
            _billed_until_stopped(message, completion),
            _offers(_first_continue((Act.RETRY,), ways), ways, has_primary=False),
        )
    return end_notice(message, completion, model, ways)


def _billed_until_stopped(message: Message, completion: Completion) -> str:
    if message.length or message.reasoning_length:
        return tr("What had been written until then may be billed.")
    if completion.timing is None:
        return tr("Nothing was sent.")
    return tr("Nothing had arrived yet. The request may be billed all the same.")


def end_notice(
    message: Message, completion: Completion, model: str, ways: Ways = NO_WAYS
) -> Notice | None:
    """Return what has to be said about the reason a reply was ended for, or None."""
    reason = completion.finish_reason
    if reason in LENGTH_ENDS | WINDOW_ENDS and not message.length:
        return _warning(
            tr("The length limit was used up before the reply began."),
            tr("All of it went into thinking. A larger limit or a shorter conversation helps."),
            (Act.RETRY,),
            ways,
        )
    if reason in LENGTH_ENDS:
        acts = _first_continue((Act.RETRY,), ways)
        return _warning(tr("Reply cut off at the length limit."), "", acts, ways)
    if reason in WINDOW_ENDS:
        return _warning(
            tr("The conversation has filled the window of {model}.").format(model=model),
            tr("A new conversation or a model with a larger window can go on."),
            (Act.NEW_CONVERSATION, Act.CHOOSE_MODEL),
            ways,
        )
    if reason in FILTER_ENDS:
        return _warning(
            tr("The provider’s filter stopped this reply."),
            tr("What arrived is kept.") if message.length else "",
            (Act.RETRY, Act.CHOOSE_MODEL),
            ways,
        )
    if reason in TOOL_ENDS:
        return _warning(
            tr("{model} tried to call a tool.").format(model=model),
            tr("Coprime has no tools to call."),
            (Act.RETRY,),
            ways,
        )
    if not message.length and message.reasoning_length:
        return _warning(
            tr("{model} thought, and gave no answer.").format(model=model),
            tr("Its thoughts are kept above and may be billed."),
            (Act.RETRY,),
            ways,
        )
    return None


def failure_notice(
    failure: Failure,
    completion: Completion,
    model: str,
    *,
    has_text: bool,
    ways: Ways = NO_WAYS,
) -> Notice:
    """Return a failed completion in words, with what can be done about it."""
    headline, rest, acts = _failure(failure, _payer(completion), model)
    if completion.account_id == ENVIRONMENT_ID:
        rest, acts = _of_environment(failure, rest, acts)
    if has_text:
        rest = f"{tr('What arrived is kept.')} {rest}".strip()
    if failure.kind is Kind.CONVERSATION_TOO_LONG and ways.can_shorten:
        acts = (Act.SHORTEN, *acts)
    offers = _offers(_first_continue(acts, ways), ways)
    # The code of an unreadable key is ours, and is in the sentence.
    code = "" if failure.kind is Kind.KEY_UNREADABLE else failure.code
    has_details = bool(failure.words or failure.request_ids or failure.status or code)
    if has_details:
        offers += (Offer(Act.DETAILS, tr("Details")),)
    return Notice(Tone.ERROR, headline, rest, offers)


def _payer(completion: Completion) -> str:
    """Return whose money it would have been, by a name that says so."""
    if (completion.account_id, completion.payer) == (ENVIRONMENT_ID, ENVIRONMENT_NAME):
        return tr("The account of PRIME_API_KEY")
    return completion.payer


def _of_environment(
    failure: Failure, rest: str, acts: tuple[Act, ...]
) -> tuple[str, tuple[Act, ...]]:
    """Return rest and acts for an account that is nobody's to edit: it comes from outside."""
    at = next((i for i, act in enumerate(acts) if act in (Act.EDIT_ACCOUNT, Act.BILL_TEAM)), None)
    if at is None:
        return rest, acts
    way = tr("Add to it, or let another account pay.")
    if failure.kind in (Kind.WRONG_ADDRESS, Kind.MOVED, Kind.NOT_THE_API):
        way = tr(
            "PRIME_INFERENCE_URL sets the address: change it there and start Coprime again, "
            "or let another account pay."
        )
    elif failure.kind is not Kind.NO_BALANCE:
        way = tr(
            "The key comes from PRIME_API_KEY: change it there and start Coprime again, "
            "or let another account pay."
        )
    return f"{rest} {way}", (*acts[:at], Act.ADD_ACCOUNT, Act.CHOOSE_ACCOUNT, *acts[at + 1 :])


def reason(failure: Failure) -> tuple[str, str]:
    """Return why a service did not do what it was asked beside a reply, and what may help."""
    service = failure.host or tr("the service")
    # No model was asked, and no message was sent: what is said of either is left out.
    headline, rest, _ = _failure(replace(failure, host=service), tr("The account"), service)
    if failure.kind is Kind.UNAVAILABLE:
        headline = tr("{host} is not available right now.").format(host=service)
    if not failure.host:
        headline = f"{headline[:1].upper()}{headline[1:]}"
    return headline, rest if failure.kind in _HELPED else ""


def pause_notice(pause: Pause, payer: str, model: str, remaining_s: float) -> Notice:
    """Return why a request will be made again, when, and how not to wait for it."""
    headline, _, _ = _failure(pause.failure, payer, model)
    rest = tr("Nothing was billed. Trying again in {time} s, attempt {number} of {count}.").format(
        time=max(round(remaining_s), 1),
        number=pause.attempt,
        count=pause.of,
    )
    offers = (Offer(Act.TRY_NOW, tr("Try now")), Offer(Act.STOP, tr("Stop")))
    return Notice(Tone.WARNING, headline, rest, offers)


def _warning(headline: str, rest: str, acts: tuple[Act, ...], ways: Ways) -> Notice:
    return Notice(Tone.WARNING, headline, rest, _offers(acts, ways, has_primary=False))


def _first_continue(acts: tuple[Act, ...], ways: Ways) -> tuple[Act, ...]:
    """Return the acts with going on first, where there is something to go on from."""
    return (Act.CONTINUE, *acts) if ways.can_continue and Act.RETRY in acts else acts


def _offers(acts: tuple[Act, ...], ways: Ways, *, has_primary: bool = True) -> tuple[Offer, ...]:
    costs = {Act.RETRY: ways.retry_cost, Act.CONTINUE: ways.continue_cost}
    return tuple(
        Offer(act, _priced(_LABELS[act](), costs.get(act)), primary=has_primary and not position)
        for position, act in enumerate(acts)
    )


def _priced(label: str, value: Cost | None) -> str:
    """Return a label with what taking it costs before a word comes back, if that is known."""
    if value is None or not value.usd:
        return label
    return tr("{label} (from {cost})").format(label=label, cost=cost(value))


def details(failure: Failure) -> str:
    """Return status, code, the server's own words and the request ids, one a line."""
    lines = []
    if failure.host:
        lines.append(tr("Asked: {host}").format(host=failure.host))
    if failure.status is not None:
        lines.append(tr("Status: {status}").format(status=failure.status))
    if failure.code:
        lines.append(tr("Code: {code}").format(code=failure.code))
    if failure.words:
        lines.append(tr("The server says: {words}").format(words=failure.words))
    lines += [tr("Request: {id}").format(id=i) for i in failure.request_ids]
    return "\n".join(lines)


def parameter(name: str) -> str:
    """Return what a person calls a parameter of a request."""
    return {
        "temperature": tr("temperature"),
        "max_tokens": tr("length limit"),
        "max_completion_tokens": tr("length limit"),
        "stop": tr("stop sequences"),
        "reasoning_effort": tr("reasoning effort"),
    }.get(name, tr("parameter “{name}”").format(name=name))


_HELPED = frozenset(
    {
        Kind.KEY_UNREADABLE,
        Kind.KEY_REFUSED,
        Kind.FORBIDDEN,
        Kind.BUSY,
        Kind.WRONG_ADDRESS,
        Kind.MOVED,
        Kind.NOT_THE_API,
        Kind.INSECURE,
    }
)
"""Failures whose second sentence holds for any request."""


_LABELS = {
    Act.RETRY: lambda: tr("Try again"),
    Act.CONTINUE: lambda: tr("Continue"),
    Act.SHORTEN: lambda: tr("Leave out the older half"),
    Act.DROP_PARAMETER: lambda: tr("Send without it"),
    Act.BILL_TEAM: lambda: tr("Bill a team instead"),
    Act.DETAILS: lambda: tr("Details"),
    Act.ADD_ACCOUNT: lambda: tr("Add account…"),
    Act.EDIT_ACCOUNT: lambda: tr("Edit account…"),
    Act.CHOOSE_ACCOUNT: lambda: tr("Choose who pays"),
    Act.CHOOSE_MODEL: lambda: tr("Choose a model"),
    Act.OPEN_KEYS_PAGE: lambda: tr("Open keys page"),
    Act.OPEN_BILLING: lambda: tr("Open billing"),
    Act.OPEN_SETTINGS: lambda: tr("Open settings"),
    Act.NEW_CONVERSATION: lambda: tr("New conversation"),
    Act.DISMISS: lambda: tr("Dismiss"),
}


def _failure(failure: Failure, payer: str, model: str) -> tuple[str, str, tuple[Act, ...]]:
    """Return headline, rest and acts for a failure."""
    sentences = {**_asking(failure, payer), **_service(failure, model), **_way(failure, model)}
    known = sentences.get(failure.kind)
    assert known is not None, failure.kind
    return known


def _asking(failure: Failure, payer: str) -> dict[Kind, tuple[str, str, tuple[Act, ...]]]:
    """Sentences about who asks and who pays."""
    not_sent = tr("Nothing was sent.")
    return {
        Kind.KEY_MISSING: (
            tr("This account has no key on this computer."),
            not_sent,
            (Act.EDIT_ACCOUNT, Act.RETRY),
        ),
        Kind.KEY_UNREADABLE: _unreadable(failure.code),
        Kind.TEAM_UNREADABLE: (
            tr("The team that should pay could not be read from the keyring."),
            tr("Nothing was sent, so nobody else was billed."),
            (Act.RETRY, Act.EDIT_ACCOUNT),
        ),
        Kind.ACCOUNT_CHANGED: (
            tr("The account was changed before this was sent."),
            not_sent,
            (Act.RETRY,),
        ),
        Kind.KEY_REFUSED: (
            tr("{host} did not accept this key.").format(host=failure.host or "Prime"),
            tr("It may have been copied in part, or lack the Inference permission."),
            (Act.EDIT_ACCOUNT, Act.OPEN_KEYS_PAGE, Act.RETRY),
        ),
        Kind.NO_BALANCE: (
            tr("{payer} has no balance left.").format(payer=payer),
            tr("Nothing was billed for this message."),
            (Act.OPEN_BILLING, Act.BILL_TEAM, Act.RETRY)
            if failure.wallet is Wallet.PERSONAL
            else (Act.OPEN_BILLING, Act.RETRY),
        ),
        Kind.FORBIDDEN: (
            tr("This key is not allowed to do that."),
            tr("It may lack the Inference permission, or not belong to the team."),
            (Act.OPEN_KEYS_PAGE, Act.RETRY),
        ),
        Kind.NOT_SAVED: (
            tr("Your words could not be saved on this computer, so they were not sent."),
            "",
            (Act.RETRY,),
        ),
    }


def _unreadable(code: str) -> tuple[str, str, tuple[Act, ...]]:
    """Sentences about a keyring that did not give the key."""
    return {
        LOCKED: (
            tr("The keyring is locked."),
            tr("Nothing was sent. Unlock it and try again."),
            (Act.RETRY,),
        ),
        ABSENT: (
            tr("No keyring answers on this computer."),
            tr("Nothing was sent. Without one, the key can be given for this run."),
            (Act.EDIT_ACCOUNT, Act.RETRY),
        ),
        SILENT: (
            tr("The keyring did not answer in time."),
            tr("Nothing was sent. Unlock it if it asks, or give the key for this run."),
            (Act.RETRY, Act.EDIT_ACCOUNT),
        ),
    }.get(
        code,
        (
            tr("The keyring did not give the key."),
            tr("Nothing was sent. If trying again does not help, give the key anew."),
            (Act.RETRY, Act.EDIT_ACCOUNT),
        ),
    )


def _service(failure: Failure, model: str) -> dict[Kind, tuple[str, str, tuple[Act, ...]]]:
    """Sentences about what was asked and how the service took it."""
    wait = ""
    if failure.retry_after_s:
        wait = tr("It asks to wait {time}.").format(
            time=seconds(round(failure.retry_after_s * 1000))
        )
    window = tr("This conversation is too long for {model}.")
    if failure.window:
        window = tr("This conversation is too long for {model} ({window} tokens).")
    return {
        Kind.MODEL_GONE: (
            tr("{model} is not available to this account any more.").format(model=model),
            tr("Nothing was billed."),
            (Act.CHOOSE_MODEL, Act.RETRY),
        ),
        Kind.PARAMETER_REFUSED: (
            tr("{model} does not take the {parameter}.").format(
                model=model, parameter=parameter(failure.parameter)
            ),
            tr("Nothing was billed."),
            (Act.DROP_PARAMETER, Act.CHOOSE_MODEL, Act.RETRY),
        ),
        Kind.CONVERSATION_TOO_LONG: (
            window.format(model=model, window=f"{failure.window or 0:,}"),
            tr("A new conversation or a model with a larger window can go on."),
            (Act.NEW_CONVERSATION, Act.CHOOSE_MODEL),
        ),
        Kind.REQUEST_TOO_LARGE: (
            tr("This message is larger than the service takes."),
            tr("Nothing was billed."),
            (Act.NEW_CONVERSATION,),
        ),
        Kind.REQUEST_REFUSED: (
            tr("The service did not accept this request."),
            tr("Details hold its reason."),
            (Act.RETRY, Act.CHOOSE_MODEL),
        ),
        Kind.BUSY: (tr("{model} is busy.").format(model=model), wait, (Act.RETRY,)),
        Kind.SERVICE_FAULT: (
            tr("The service had a fault while answering."),
            tr("It is on its side, not in your message."),
            (Act.RETRY,),
        ),
        Kind.UNAVAILABLE: (
            tr("The provider of {model} is not available right now.").format(model=model),
            wait,
            (Act.RETRY, Act.CHOOSE_MODEL),
        ),
        Kind.EMPTY: (
            tr("{model} returned nothing.").format(model=model),
            tr("The request may be billed all the same."),
            (Act.RETRY, Act.CHOOSE_MODEL),
        ),
        Kind.FAILED_MIDWAY: (
            tr("{model} ran into an error while writing.").format(model=model),
            tr("It may be billed."),
            (Act.RETRY,),
        ),
    }


def _way(failure: Failure, model: str) -> dict[Kind, tuple[str, str, tuple[Act, ...]]]:
    """Sentences about the address, the way there and back, and this computer."""
    host = failure.host or tr("the service")
    billed_again = tr("Trying again sends and bills the conversation again.")
    return {
        Kind.WRONG_ADDRESS: (
            tr("{host} has no such address.").format(host=host),
            tr("The account’s address should end in /api/v1."),
            (Act.EDIT_ACCOUNT, Act.RETRY),
        ),
        Kind.MOVED: (
            tr("{host} wants to send Coprime elsewhere.").format(host=host),
            tr("Your key and words do not follow. Check the account’s address."),
            (Act.EDIT_ACCOUNT, Act.RETRY),
        ),
        Kind.NOT_THE_API: (
            tr("{host} answered with a web page instead of the API.").format(host=host),
            tr("Check the account’s address, or sign in to this network first."),
            (Act.RETRY, Act.EDIT_ACCOUNT),
        ),
        Kind.BLOCKED: (
            tr("A protection in front of {host} blocked the request.").format(host=host),
            tr("It happens on some networks and proxies. Nothing was billed."),
            (Act.RETRY,),
        ),
        Kind.UNREACHABLE: (
            tr("{host} can’t be reached.").format(host=host),
            tr("Check the connection. Your message is kept and was not billed."),
            (Act.RETRY,),
        ),
        Kind.INSECURE: (
            tr("No secure connection to {host} could be made.").format(host=host),
            tr("Its certificate was not trusted. Check this computer’s clock and proxy."),
            (Act.RETRY,),
        ),
        Kind.TIMED_OUT: (
            tr("{host} did not answer in time.").format(host=host),
            tr("The request may be billed all the same."),
            (Act.RETRY, Act.CHOOSE_MODEL),
        ),
        Kind.PROXY_FAILED: (
            tr("The proxy did not let Coprime through to {host}.").format(host=host),
            tr("Nothing was sent. Settings show which proxy is used."),
            (Act.OPEN_SETTINGS, Act.RETRY),
        ),
        Kind.PROXY_UNUSABLE: (
            tr("The proxy in use is of a kind Coprime can’t use."),
            tr("Nothing was sent. Settings show where it comes from."),
            (Act.OPEN_SETTINGS, Act.RETRY),
        ),
        Kind.NO_CERTIFICATES: (
            tr("The certificates to trust can’t be read on this computer."),
            tr("Nothing was sent. Settings show where Coprime looks for them."),
            (Act.OPEN_SETTINGS, Act.RETRY),
        ),
        Kind.CUT: (
            tr("The connection was cut before {model} had finished.").format(model=model),
            billed_again,
            (Act.RETRY,),
        ),
        Kind.SILENT: (
            tr("{model} stopped sending.").format(model=model),
            billed_again,
            (Act.RETRY,),
        ),
        Kind.GARBLED: (
            tr("What {host} sent could not be read any further.").format(host=host),
            billed_again,
            (Act.RETRY,),
        ),
        Kind.ENCODED: (
            tr("{host} sent its answer compressed, which Coprime does not accept.").format(
                host=host
            ),
            tr("A proxy on the way may do that."),
            (Act.RETRY,),
        ),
        Kind.TOO_LARGE: (
            tr("The answer grew larger than Coprime takes in."),
            "",
            (Act.RETRY,),
        ),
        Kind.CLOSED: (
            tr("Coprime ended before {model} had finished.").format(model=model),
            billed_again,
            (Act.RETRY,),
        ),
        Kind.BUG: (
            tr("Coprime made a mistake while it took in the answer."),
            tr("The log has the details; trying again is billed again."),
            (Act.RETRY,),
        ),
    }

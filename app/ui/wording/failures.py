"""Failures: how a reply ended, and what can be done about it.

A server's own words are never part of a sentence here; they are quoted under
Details.
"""

from dataclasses import replace

from app.chat.account import ENVIRONMENT_ID, ENVIRONMENT_NAME
from app.chat.failure import Failure, Kind
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
from app.ui.wording.offers import NO_WAYS, Ways, first_continue, offers_of
from app.ui.wording.sentences import sentences_of

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
            offers_of(first_continue((Act.RETRY,), ways), ways, has_primary=False),
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
        acts = first_continue((Act.RETRY,), ways)
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
    headline, rest, acts = sentences_of(failure, _payer(completion), model)
    if completion.account_id == ENVIRONMENT_ID:
        rest, acts = _of_environment(failure, rest, acts)
    if has_text:
        rest = f"{tr('What arrived is kept.')} {rest}".strip()
    if failure.kind is Kind.CONVERSATION_TOO_LONG and ways.can_shorten:
        acts = (Act.SHORTEN, *acts)
    offers = offers_of(first_continue(acts, ways), ways)
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
    headline, rest, _ = sentences_of(replace(failure, host=service), tr("The account"), service)
    if failure.kind is Kind.UNAVAILABLE:
        headline = tr("{host} is not available right now.").format(host=service)
    if not failure.host:
        headline = f"{headline[:1].upper()}{headline[1:]}"
    return headline, rest if failure.kind in _HELPED else ""


def pause_notice(pause: Pause, payer: str, model: str, remaining_s: float) -> Notice:
    """Return why a request will be made again, when, and how not to wait for it."""
    headline, _, _ = sentences_of(pause.failure, payer, model)
    rest = tr("Nothing was billed. Trying again in {time} s, attempt {number} of {count}.").format(
        time=max(round(remaining_s), 1),
        number=pause.attempt,
        count=pause.of,
    )
    offers = (Offer(Act.TRY_NOW, tr("Try now")), Offer(Act.STOP, tr("Stop")))
    return Notice(Tone.WARNING, headline, rest, offers)


def _warning(headline: str, rest: str, acts: tuple[Act, ...], ways: Ways) -> Notice:
    return Notice(Tone.WARNING, headline, rest, offers_of(acts, ways, has_primary=False))


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

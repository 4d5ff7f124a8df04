"""Sentences: what happened to a request, what that means, and what can be done.

One for each kind of failure. None of them holds a word of a server's.
"""

from app.chat.failure import ABSENT, LOCKED, SILENT, Failure, Kind, Wallet
from app.ui.notice import Act
from app.ui.wording.language import tr
from app.ui.wording.numbers import seconds

Sentences = tuple[str, str, tuple[Act, ...]]
"""A headline, the rest, and the acts that help, the best first."""


def sentences_of(failure: Failure, payer: str, model: str) -> Sentences:
    """Return headline, rest and acts for a failure."""
    known = {**_asking(failure, payer), **_service(failure, model), **_way(failure, model)}
    return known[failure.kind]


def _asking(failure: Failure, payer: str) -> dict[Kind, Sentences]:
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
            tr("The account was changed before this was answered."),
            tr("Nothing was billed. Trying again asks with the account as it is now."),
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


def _unreadable(code: str) -> Sentences:
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


def _service(failure: Failure, model: str) -> dict[Kind, Sentences]:
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


def _way(failure: Failure, model: str) -> dict[Kind, Sentences]:
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


def parameter(name: str) -> str:
    """Return what a person calls a parameter of a request."""
    return {
        "temperature": tr("temperature"),
        "max_tokens": tr("length limit"),
        "max_completion_tokens": tr("length limit"),
        "stop": tr("stop sequences"),
        "reasoning_effort": tr("reasoning effort"),
    }.get(name, tr("parameter “{name}”").format(name=name))

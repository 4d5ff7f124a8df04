"""Wording: facts → the sentences a person reads.

Sentence case, short: what happened, what it means for the person's words and
money, what to do now. A server's own words are never part of a sentence here;
they are quoted under Details.
"""

from decimal import ROUND_HALF_UP, Context, Decimal

from PySide6.QtCore import QCoreApplication

from app.chat.account import Account
from app.chat.circumstance import About, Circumstance
from app.chat.cost import Cost, CostKind
from app.chat.failure import Failure, Kind
from app.chat.message import Completion, Message, Status
from app.chat.model import Catalogue, Prices
from app.chat.parameters import Parameters
from app.ui.notice import Act, Notice, Offer, Tone

LENGTH_ENDS = frozenset({"length", "max_tokens", "model_length"})
FILTER_ENDS = frozenset({"content_filter", "safety", "sensitive", "refusal"})
TOOL_ENDS = frozenset({"tool_calls", "function_call"})


def tr(text: str) -> str:
    """Return a sentence in the person's language."""
    return QCoreApplication.translate("wording", text)


# Numbers


def money(usd: Decimal) -> str:
    """Return US dollars: two decimals, under a cent two significant digits."""
    if usd == 0:
        return "$0"
    rounded = Context(prec=2, rounding=ROUND_HALF_UP).plus(usd)
    if rounded < Decimal("0.01"):
        return f"${rounded:f}"
    return f"${usd.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def cost(value: Cost | None) -> str:
    """Return a cost with how sure it is: billed plain, estimated with ≈, unknown in words."""
    if value is None:
        return tr("cost unknown")
    return money(value.usd) if value.kind is CostKind.BILLED else f"≈ {money(value.usd)}"


def price(usd_per_million: Decimal) -> str:
    """Return a price as the catalogue has it, without zeros that say nothing."""
    text = f"{usd_per_million:,f}"
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return f"${whole}" if not rest else f"${whole}.{rest.ljust(2, '0')}"


def prices(value: Prices) -> str:
    """Return input and output price per million tokens, or that they are unknown."""
    if value.input is None or value.output is None:
        return tr("price unknown")
    if value.input == 0 and value.output == 0:
        return tr("free")
    return f"{price(value.input)} / {price(value.output)}"


def tokens(count: int) -> str:
    """Return a number of tokens in short: 1M, 262k, 8,192."""
    if count >= 1_000_000:
        millions = f"{count / 1_000_000:.1f}".rstrip("0").rstrip(".")
        return f"{millions}M"
    if count >= 10_000:
        return f"{count // 1000}k"
    return f"{count:,}"


def seconds(milliseconds: int) -> str:
    """Return a duration: 33 ms, 0.9 s, 12 s, 2 min 5 s."""
    if 0 < milliseconds < 100:
        return f"{milliseconds} ms"
    if milliseconds < 9_950:
        return f"{milliseconds / 1000:.1f} s"
    whole = round(milliseconds / 1000)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


# A reply


def facts(message: Message) -> tuple[str, ...]:
    """Return the quiet facts under a reply: tokens, times, speed, and last its cost."""
    completion = message.completion
    if completion is None or message.status.is_open:
        return ()
    parts = []
    usage, timing = completion.usage, completion.timing
    if usage is not None:
        parts.append(
            tr("{prompt} in · {reply} out").format(
                prompt=f"{usage.prompt:,}", reply=f"{usage.completion:,}"
            )
        )
    if timing is not None and timing.first_token_ms is not None:
        parts.append(tr("{time} to first token").format(time=seconds(timing.first_token_ms)))
        streamed_ms = timing.duration_ms - timing.first_token_ms
        if usage is not None and usage.completion > 1 and streamed_ms > 0:
            parts.append(
                tr("{speed} tok/s").format(speed=f"{usage.completion * 1000 // streamed_ms:,}")
            )
    if usage is not None or message.length:
        parts.append(cost(completion.cost))
    return tuple(parts)


def thought(message: Message, is_open: bool) -> str:
    """Return the line behind which the reasoning is folded."""
    if message.completion is None:
        return tr("Reasoning")
    if message.status.is_open and not message.length:
        return tr("Thinking…")
    duration = message.completion.reasoning_ms
    return tr("Thought for {time}").format(time=seconds(duration)) if duration else tr("Thoughts")


def notice(message: Message, model: str) -> Notice | None:
    """Return what has to be said about how a reply ended, or None."""
    completion = message.completion
    if completion is None or message.status.is_open:
        return None
    if completion.failure is not None:
        return failure_notice(completion.failure, completion, model, has_text=message.length > 0)
    if message.status is Status.STOPPED:
        return Notice(
            Tone.QUIET,
            tr("Stopped."),
            tr("What had been written until then may be billed."),
            (Offer(Act.RETRY, tr("Try again")),),
        )
    return end_notice(message, completion, model)


def end_notice(message: Message, completion: Completion, model: str) -> Notice | None:
    """Return what has to be said about the reason a reply was ended for, or None."""
    again = Offer(Act.RETRY, tr("Try again"))
    reason = completion.finish_reason
    if reason in LENGTH_ENDS and not message.length:
        return Notice(
            Tone.WARNING,
            tr("The length limit was used up before the reply began."),
            tr("All of it went into thinking. A larger limit or a shorter conversation helps."),
            (again,),
        )
    if reason in LENGTH_ENDS:
        return Notice(Tone.WARNING, tr("Reply cut off at the length limit."), "", (again,))
    if reason in FILTER_ENDS:
        return Notice(
            Tone.WARNING,
            tr("The provider’s filter stopped this reply."),
            tr("What arrived is kept."),
            (again, Offer(Act.CHOOSE_MODEL, tr("Choose another model"))),
        )
    if reason in TOOL_ENDS:
        return Notice(
            Tone.WARNING,
            tr("{model} tried to call a tool.").format(model=model),
            tr("Coprime has no tools to call."),
            (again,),
        )
    return None


def failure_notice(
    failure: Failure, completion: Completion, model: str, *, has_text: bool
) -> Notice:
    """Return a failed completion in words, with what can be done about it."""
    headline, rest, acts = _failure(failure, completion.payer, model)
    if has_text and failure.kind not in _SAYS_KEPT:
        rest = f"{rest} {tr('What arrived is kept.')}".strip()
    offers = tuple(
        Offer(act, _LABELS[act](), primary=position == 0) for position, act in enumerate(acts)
    )
    has_details = bool(failure.words or failure.request_ids or failure.status or failure.code)
    if has_details:
        offers += (Offer(Act.DETAILS, tr("Details")),)
    return Notice(Tone.ERROR, headline, rest, offers)


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


_SAYS_KEPT = frozenset({Kind.CUT, Kind.SILENT, Kind.CLOSED, Kind.GARBLED, Kind.FAILED_MIDWAY})

_LABELS = {
    Act.RETRY: lambda: tr("Try again"),
    Act.CONTINUE: lambda: tr("Continue"),
    Act.DETAILS: lambda: tr("Details"),
    Act.ADD_ACCOUNT: lambda: tr("Add account…"),
    Act.EDIT_ACCOUNT: lambda: tr("Edit account…"),
    Act.CHOOSE_ACCOUNT: lambda: tr("Choose who pays"),
    Act.CHOOSE_MODEL: lambda: tr("Choose a model"),
    Act.OPEN_KEYS_PAGE: lambda: tr("Open keys page"),
    Act.OPEN_BILLING: lambda: tr("Open billing"),
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
            (Act.EDIT_ACCOUNT,),
        ),
        Kind.KEY_UNREADABLE: (
            tr("The keyring did not give the key."),
            tr("It may be locked. Nothing was sent."),
            (Act.RETRY,),
        ),
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
            (Act.EDIT_ACCOUNT, Act.OPEN_KEYS_PAGE),
        ),
        Kind.NO_BALANCE: (
            tr("{payer} has no balance left.").format(payer=payer),
            tr("Nothing was billed for this message."),
            (Act.OPEN_BILLING, Act.RETRY),
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
            tr("{model} does not take “{parameter}”.").format(
                model=model, parameter=failure.parameter
            ),
            tr("Nothing was billed."),
            (Act.RETRY, Act.CHOOSE_MODEL),
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
            tr("What arrived is kept and may be billed."),
            (Act.RETRY,),
        ),
    }


def _way(failure: Failure, model: str) -> dict[Kind, tuple[str, str, tuple[Act, ...]]]:
    """Sentences about the address, the way there and back, and this computer."""
    host = failure.host or tr("the service")
    billed_again = tr("What arrived is kept. Trying again sends and bills the conversation again.")
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
            tr("{host} sent the reply compressed, which Coprime does not accept.").format(
                host=host
            ),
            tr("A proxy on the way may do that."),
            (Act.RETRY,),
        ),
        Kind.TOO_LARGE: (
            tr("The reply grew larger than Coprime takes in."),
            "",
            (Act.RETRY,),
        ),
        Kind.CLOSED: (
            tr("Coprime ended before {model} had finished.").format(model=model),
            billed_again,
            (Act.RETRY,),
        ),
        Kind.BUG: (
            tr("Coprime made a mistake while it took in this reply."),
            tr("The log has the details; trying again is billed again."),
            (Act.RETRY,),
        ),
    }


# The window


def circumstance(fact: Circumstance) -> Notice:
    """Return a fact about this computer or this run in words."""
    dismiss = (Offer(Act.DISMISS, tr("Dismiss")),)
    tone, headline, rest = {
        About.NO_KEYRING: (
            Tone.WARNING,
            tr("This computer has no keyring that Coprime can use."),
            tr("The key is kept for this run only and has to be given again next time."),
        ),
        About.KEYRING_FAILED: (
            Tone.ERROR,
            tr("The keyring did not keep the key."),
            tr("The account was not added. Unlock the keyring and add it again."),
        ),
        About.KEY_NOT_DELETED: (
            Tone.WARNING,
            tr("The keyring still has the key of {name}.").format(name=fact.detail),
            tr("The account is removed. Delete its entry in the keyring’s own program."),
        ),
        About.STORE_DAMAGED: (
            Tone.WARNING,
            tr("The file with your conversations was damaged."),
            tr("It was set aside as {detail}, and a new one begun.").format(detail=fact.detail),
        ),
        About.STORE_NEWER: (
            Tone.ERROR,
            tr("Your conversations were written by a newer Coprime."),
            tr("They were not touched. Nothing can be sent until the newer one is installed."),
        ),
        About.STORE_UNWRITABLE: (
            Tone.ERROR,
            tr("Your conversations can’t be saved, so nothing is sent."),
            tr("The disk may be full or read-only. Your words stay where you typed them."),
        ),
        About.STORE_UNREADABLE: (
            Tone.ERROR,
            tr("This conversation can’t be read from disk just now."),
            "",
        ),
        About.ENVIRONMENT_INVALID: (
            Tone.WARNING,
            tr("The PRIME_… variables of the environment can’t be used."),
            fact.detail,
        ),
        About.MODEL_CHOSEN: (
            Tone.QUIET,
            tr("Chosen for you: {model}, the cheapest text model with a price.").format(
                model=fact.detail
            ),
            tr("Another one is a double-click away in the list of models."),
        ),
        About.MODEL_GUESSED: (
            Tone.QUIET,
            tr("Chosen for you: {model}, the first of the list.").format(model=fact.detail),
            tr("No prices are known. Another one is a double-click away in the list of models."),
        ),
        About.TEXT_DAMAGED: (
            Tone.WARNING,
            tr("{count} stored messages are not what was written.").format(count=fact.detail),
            tr("They are shown as they are on disk."),
        ),
        About.BUG: (
            Tone.ERROR,
            tr("Coprime made a mistake and went on."),
            tr("Your words are saved. The log has the details."),
        ),
    }[fact.about]
    return Notice(tone, headline, rest, dismiss)


def catalogue_state(catalogue: Catalogue) -> str:
    """Return one line on where the list of models stands, empty if it is up to date."""
    if catalogue.is_loading:
        return tr("Asking for the models…") if not catalogue.models else tr("Refreshing…")
    if catalogue.failure is None:
        return ""
    reason = {
        Kind.KEY_MISSING: tr("The account has no key."),
        Kind.KEY_UNREADABLE: tr("The keyring did not give the key."),
        Kind.TEAM_UNREADABLE: tr("The team could not be read from the keyring."),
        Kind.KEY_REFUSED: tr("The key was not accepted."),
        Kind.NOT_THE_API: tr("A web page answered instead of the API."),
        Kind.WRONG_ADDRESS: tr("Nothing answers at that address."),
    }.get(catalogue.failure.kind, tr("The service could not be reached."))
    if catalogue.fetched is None:
        return reason
    age = catalogue.fetched.astimezone().strftime("%d %b %H:%M")
    return tr("{reason} This is the list of {age}.").format(reason=reason, age=age)


def account(value: Account) -> str:
    """Return what an account is called in a list: name, and the team that pays."""
    if value.is_demo:
        return tr("Demo, inside Coprime")
    return f"{value.name} · {value.team}" if value.team else value.name


def payer(value: Account) -> str:
    """Return who pays for a message, as the end of a sentence: "… pays"."""
    return tr("Nobody") if value.is_demo else value.payer


def cannot_send(*, has_account: bool, has_others: bool, has_model: bool, can_save: bool) -> Notice:
    """Return why a message was not sent although the person asked for it."""
    kept = tr("Your words stay where you typed them.")
    if not can_save:
        return circumstance(Circumstance(About.STORE_UNWRITABLE))
    if not has_account:
        add = Offer(Act.ADD_ACCOUNT, tr("Add account…"))
        choose = Offer(Act.CHOOSE_ACCOUNT, tr("Choose who pays"))
        return Notice(
            Tone.WARNING,
            tr("The account of this conversation is not here any more.")
            if has_others
            else tr("There is no account to send this with."),
            kept,
            (choose, add) if has_others else (add,),
        )
    if not has_model:
        return Notice(
            Tone.WARNING,
            tr("There is no model to send this to yet."),
            kept,
            (Offer(Act.CHOOSE_MODEL, tr("Choose a model")),),
        )
    return Notice(Tone.QUIET, tr("A reply is still coming."), tr("Stop it, or wait for its end."))


def message_details(message: Message) -> str:
    """Return all that is known of how a reply came to be, one fact a line."""
    completion = message.completion
    if completion is None:
        return ""
    lines = [
        tr("Model: {model}").format(model=completion.model),
        tr("Billed to: {payer}").format(payer=completion.payer),
        tr("Asked: {time}").format(time=message.created.astimezone().strftime("%d %b %Y %H:%M:%S")),
    ]
    usage, timing = completion.usage, completion.timing
    if usage is not None:
        counts = tr("Tokens: {prompt} in, {reply} out").format(
            prompt=f"{usage.prompt:,}", reply=f"{usage.completion:,}"
        )
        if usage.reasoning:
            counts += tr(", {count} of them reasoning").format(count=f"{usage.reasoning:,}")
        if usage.cached:
            counts += tr("; {count} in from the cache").format(count=f"{usage.cached:,}")
        lines.append(counts)
    lines.append(_cost_line(completion))
    if timing is not None:
        lines.append(tr("Took: {time}").format(time=seconds(timing.duration_ms)))
    if completion.finish_reason:
        lines.append(tr("Ended with: {reason}").format(reason=completion.finish_reason))
    lines += [tr("Request: {id}").format(id=i) for i in completion.request_ids]
    if completion.failure is not None:
        lines += ["", details(completion.failure)]
    return "\n".join(lines)


def _cost_line(completion: Completion) -> str:
    value = completion.cost
    if value is None:
        return tr("Cost: unknown")
    if value.kind is CostKind.BILLED:
        return tr("Cost: {usd}, as billed").format(usd=money(value.usd))
    return tr("Cost: ≈ {usd}, from {prices} per million tokens").format(
        usd=money(value.usd), prices=prices(completion.prices)
    )


def parameters(value: Parameters, system_prompt: str) -> str:
    """Return what is set for a conversation, in short; empty if nothing is."""
    parts = []
    if system_prompt.strip():
        parts.append(tr("System prompt"))
    if value.temperature is not None:
        parts.append(tr("Temperature {value}").format(value=f"{value.temperature:g}"))
    if value.max_tokens is not None:
        parts.append(tr("{count} tokens").format(count=f"{value.max_tokens:,}"))
    if value.stop:
        parts.append(tr("Stop: {count}").format(count=len(value.stop)))
    if value.reasoning_effort:
        parts.append(tr("Effort {value}").format(value=value.reasoning_effort))
    if not value.stream:
        parts.append(tr("Not streamed"))
    return " · ".join(parts)


def pays_line(value: Account | None) -> str:
    """Return the line under an account's name: who pays."""
    if value is None:
        return tr("Add one to start")
    if value.is_demo:
        return tr("Nobody pays")
    return tr("{team} pays").format(team=value.team) if value.team else tr("Personal balance pays")


def account_trial(models: int | None, failure: Failure | None) -> tuple[str, bool]:
    """Return what came of trying an account, and whether it is good news."""
    if models is None:
        reason = catalogue_state(Catalogue(failure=failure))
        return reason or tr("It did not answer."), False
    return (
        tr(
            "The address answers with {count} models. Whether the key may use them "
            "shows with the first message."
        ).format(count=f"{models:,}"),
        True,
    )


def model_problem(failure: Failure | None) -> str:
    """Return why a model could not be looked up, in a sentence; empty if it could."""
    if failure is None:
        return ""
    if failure.kind is Kind.MODEL_GONE:
        return tr("There is no such model for this account.")
    return catalogue_state(Catalogue(failure=failure))

"""Window: sentences about accounts, models and this computer."""

from app.chat.account import Account
from app.chat.circumstance import About, Circumstance
from app.chat.failure import Failure, Kind
from app.chat.model import Catalogue
from app.chat.parameters import Parameters
from app.chat.platform import Balance, Identity, Team
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.wording.failures import reason
from app.ui.wording.language import isolated, tr
from app.ui.wording.numbers import money
from app.ui.wording.sentences import parameter

LONGEST = 60
"""Characters of a name from outside inside a sentence or a menu."""


def circumstance(fact: Circumstance) -> Notice:
    """Return a fact about this computer or this run in words."""
    dismiss = (Offer(Act.DISMISS, tr("Dismiss")),)
    add = (Offer(Act.ADD_ACCOUNT, tr("Add account…")),)
    tone, headline, rest = {
        About.NO_KEYRING: (
            Tone.WARNING,
            tr("No keyring took the key."),
            tr("It is kept for this run only and has to be given again next time."),
        ),
        About.KEY_NOT_DELETED: (
            Tone.WARNING,
            tr("The keyring still has the key of {name}.").format(name=fact.detail),
            tr("The account is removed. Delete its entry in the keyring’s own program."),
        ),
        About.STORE_DAMAGED: (
            Tone.WARNING,
            tr("The file with your conversations was damaged."),
            _brought_over(fact),
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
            tr("Chosen for you: {model}. No text model of known price costs less.").format(
                model=fact.detail
            ),
            tr("Another one is a double-click away in the list of models."),
        ),
        About.MODEL_GUESSED: (
            Tone.QUIET,
            tr("Chosen for you: {model}, the first of the list.").format(model=fact.detail),
            tr("No prices are known. Another one is a double-click away in the list of models."),
        ),
        About.PARAMETER_DROPPED: (
            Tone.QUIET,
            tr("{model} does not take the {parameter}.").format(
                model=fact.subject, parameter=parameter(fact.detail)
            ),
            tr("It was left out, and is until Coprime ends."),
        ),
        About.TEXT_DAMAGED: (
            Tone.WARNING,
            tr("{count} stored messages are not what was written.").format(count=fact.detail),
            tr("They are shown as they are on disk."),
        ),
        About.CRASHED: (
            Tone.WARNING,
            tr("Coprime ended unexpectedly last time."),
            tr("Nothing you sent is lost."),
        ),
        About.BUG: (
            Tone.ERROR,
            tr("Coprime made a mistake and went on."),
            tr("Your words are saved. The log has the details."),
        ),
    }[fact.about]
    if fact.about is About.CRASHED:
        return Notice(
            tone, headline, rest, (Offer(Act.OPEN_REPORT, tr("Open the report")), *dismiss)
        )
    if fact.about is About.ENVIRONMENT_INVALID:
        return Notice(tone, headline, rest, (*add, *dismiss))
    return Notice(tone, headline, rest, dismiss)


def _brought_over(fact: Circumstance) -> str:
    """Return what came of a damaged file, and where it is."""
    conversations, messages = fact.rescued
    count = tr("Nothing of it could be read.")
    if conversations or messages:
        talks = tr("1 conversation") if conversations == 1 else tr("{count} conversations")
        texts = tr("1 message") if messages == 1 else tr("{count} messages")
        count = tr("Brought over: {talks}, {texts}.").format(
            talks=talks.format(count=f"{conversations:,}"),
            texts=texts.format(count=f"{messages:,}"),
        )
    kept = tr("The damaged file was set aside as {detail}").format(detail=fact.detail)
    return f"{count} {kept}"


def window_title(name: str, *, is_replying: bool) -> str:
    """Return the title of the window: what is in front, and whether its reply still comes."""
    # Task bars show its beginning only. In one that holds "[*]" Qt would see a mark of its own.
    shown = "".join(c if c.isprintable() else " " for c in _cut(name)).replace("[*]", "[*][*]")
    parts = [tr("Replying") if is_replying else "", isolated(shown), "Coprime"]
    # As Qt joins the title of a dialog with the name of the program.
    return " — ".join(part for part in parts if part)


def catalogue_state(catalogue: Catalogue) -> str:
    """Return one line on where the list of models stands, empty if it is up to date."""
    if catalogue.is_loading:
        return tr("Asking for the models…") if not catalogue.models else tr("Refreshing…")
    if catalogue.failure is None:
        is_empty = catalogue.fetched is not None and not catalogue.models
        return tr("The account can use no model.") if is_empty else ""
    why, _ = reason(catalogue.failure)
    if catalogue.fetched is None:
        return why
    age = catalogue.fetched.astimezone().strftime("%d %b %H:%M")
    return tr("{reason} This is the list of {age}.").format(reason=why, age=age)


def _in_full(failure: Failure) -> str:
    """Return why something was not answered, and what may help."""
    return " ".join(filter(None, reason(failure)))


def account(value: Account) -> str:
    """Return what an account is called in a list: name, and the team that pays."""
    if value.is_demo:
        return tr("Demo, inside Coprime")
    return f"{value.name} · {value.team}" if value.team else value.name


def payer(value: Account) -> str:
    """Return who pays for a message, as the end of a sentence: "… pays"."""
    return tr("Nobody") if value.is_demo else value.payer


def removed_account() -> tuple[str, str]:
    """Return what stands where the account of a conversation stood, and what to do."""
    return tr("Account removed"), tr("Choose who pays below")


def deleted(title: str) -> Notice:
    """Return that a conversation was deleted, with the way back."""
    offers = (Offer(Act.UNDO, tr("Undo")), Offer(Act.DISMISS, tr("Dismiss")))
    return Notice(Tone.QUIET, tr("Deleted “{title}”.").format(title=isolated(title)), "", offers)


def cannot_send(
    *,
    has_account: bool,
    has_others: bool,
    has_model: bool,
    can_save: bool,
    trouble: Circumstance | None = None,
    catalogue: Catalogue | None = None,
) -> Notice:
    """Return why a message was not sent although the person asked for it.

    trouble: why nothing can be saved, if that is known. catalogue: what is known
    of the account's models.
    """
    kept = tr("Your words stay where you typed them.")
    if not can_save:
        if trouble is not None:
            return circumstance(trouble)
        headline = tr("Your conversations can’t be saved, so nothing is sent.")
        return Notice(Tone.ERROR, headline, kept, (Offer(Act.DISMISS, tr("Dismiss")),))
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
        why = ""
        if catalogue is not None:
            why = _in_full(catalogue.failure) if catalogue.failure else catalogue_state(catalogue)
        return Notice(
            Tone.WARNING,
            tr("There is no model to send this to yet."),
            f"{why} {kept}".strip(),
            (Offer(Act.CHOOSE_MODEL, tr("Choose a model")),),
        )
    return Notice(Tone.QUIET, tr("A reply is still coming."), tr("Stop it, or wait for its end."))


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


def account_trial(
    models: int | None,
    failure: Failure | None,
    identity: Identity | None = None,
    team: str | None = None,
    balance: Balance | None = None,
) -> tuple[str, bool]:
    """Return what came of trying an account, and whether it is good news."""
    why = _in_full(failure) if failure is not None else tr("It did not answer.")
    if identity is None:
        if models is None:
            return why, False
        if not models:
            return tr("The address answers, but the account can use no model."), False
        sentence = tr(
            "The address answers with {count} models. Whether the key may use them "
            "shows with the first message."
        )
        return sentence.format(count=f"{models:,}"), True
    whose = tr("The key is good ({name}).").format(name=_cut(identity.label))
    parts = [whose if identity.label else tr("The key is good.")]
    if identity.may_infer is False:
        parts.append(tr("But it lacks the Inference permission, so no model answers it."))
        return " ".join(parts), False
    if models is None:
        return " ".join((*parts, why)), False
    if not models:
        return " ".join((*parts, tr("But the account can use no model."))), False
    parts.append(tr("{count} models.").format(count=f"{models:,}"))
    parts.append(_purse(team, balance))
    if identity.may_infer is None:
        parts.append(tr("Whether it may use them shows with the first message."))
    return " ".join(parts), True


def team(value: Team) -> str:
    """Return what a team is called in a list: name, and in brackets slug and role."""
    name = _cut(value.label) or tr("Team without a name")
    slug = value.slug if value.slug != value.label else ""
    rest = ", ".join(_cut(part) for part in (slug, value.role) if part)
    return f"{name} ({rest})" if rest else name


def teams_problem(failure: Failure) -> str:
    """Return why the teams of a key could not be listed, and what to do instead."""
    if failure.kind in (Kind.KEY_REFUSED, Kind.KEY_MISSING, Kind.KEY_UNREADABLE):
        return _in_full(failure)
    if failure.kind is Kind.FORBIDDEN:
        return tr("This key can’t list teams. Paste the team’s ID instead.")
    return tr("The teams could not be listed. Try again, or paste the team’s ID.")


def _purse(team: str | None, balance: Balance | None) -> str:
    """Return who would pay, and out of how much."""
    payer = tr("{team} pays").format(team=_cut(team)) if team else tr("The personal balance pays")
    if balance is None:
        return f"{payer}."
    amount = abs(balance.amount)
    is_dollars = balance.currency == "USD"
    shown = money(amount) if is_dollars else f"{amount:,.2f} {balance.currency}"
    if balance.amount < 0:
        return tr("{payer}; it is overdrawn by {amount}.").format(payer=payer, amount=shown)
    if not balance.amount:
        return tr("{payer}; nothing is left.").format(payer=payer)
    return tr("{payer}; {amount} left.").format(payer=payer, amount=shown)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def model_problem(failure: Failure | None) -> str:
    """Return why a model could not be looked up, in a sentence; empty if it could."""
    if failure is None:
        return ""
    if failure.kind is Kind.MODEL_GONE:
        return tr("There is no such model for this account.")
    return _in_full(failure)

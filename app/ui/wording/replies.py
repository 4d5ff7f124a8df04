"""Replies: the facts around a reply, in the quiet line below it and in its details."""

from app.chat.cost import CostKind, sum_of
from app.chat.message import Completion, Message
from app.ui.wording.failures import details
from app.ui.wording.language import tr
from app.ui.wording.numbers import cost, money, prices, seconds
from app.ui.wording.sentences import parameter


def facts(message: Message) -> tuple[str, ...]:
    """Return the quiet facts under a reply: tokens, times, speed, and last its cost."""
    completion = message.completion
    if completion is None or message.status.is_open:
        return ()
    parts = []
    usages = [c.usage for c in message.completions if c.usage is not None]
    usage, timing = completion.usage, completion.timing
    if usages:
        parts.append(
            tr("{prompt} in · {reply} out").format(
                prompt=f"{sum(u.prompt for u in usages):,}",
                reply=f"{sum(u.completion for u in usages):,}",
            )
        )
    if timing is not None and timing.first_token_ms is not None:
        parts.append(tr("{time} to first token").format(time=seconds(timing.first_token_ms)))
        streamed_ms = timing.duration_ms - timing.first_token_ms
        if usage is not None and usage.completion > 1 and streamed_ms > 0:
            parts.append(
                tr("{speed} tok/s").format(speed=f"{usage.completion * 1000 // streamed_ms:,}")
            )
    parts += _conditions(message, completion)
    if usages or message.length:
        parts.append(_total(message))
    return tuple(parts)


def _conditions(message: Message, completion: Completion) -> list[str]:
    """Return in what a reply was asked for otherwise than the person had set."""
    parts = []
    if message.earlier:
        parts.append(tr("continued {count}×").format(count=len(message.earlier)))
    if completion.left_out:
        parts.append(tr("without the {count} oldest").format(count=completion.left_out))
    parts += [tr("without {name}").format(name=parameter(name)) for name in completion.omitted]
    return parts


def _total(message: Message) -> str:
    """Return what all requests of a reply cost together."""
    costs = [c.cost for c in message.completions]
    known = [c for c in costs if c is not None]
    if len(known) == len(costs) or not known:
        return cost(sum_of(costs) if known else None)
    return tr("at least {cost}").format(cost=cost(sum_of(known)))


def thought(message: Message, is_open: bool) -> str:
    """Return the line behind which the reasoning is folded."""
    if message.completion is None:
        return tr("Reasoning")
    if message.status.is_open and not message.length:
        return tr("Thinking…")
    duration = message.completion.reasoning_ms
    return tr("Thought for {time}").format(time=seconds(duration)) if duration else tr("Thoughts")


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
    if message.earlier:
        parts = len(message.earlier) + 1
        lines.append(
            tr("Written by {count} requests, in all: {cost}").format(
                count=parts, cost=_total(message)
            )
        )
    if completion.left_out:
        lines.append(tr("Sent without the {count} oldest").format(count=completion.left_out))
    lines += [tr("Not sent: {name}").format(name=parameter(name)) for name in completion.omitted]
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

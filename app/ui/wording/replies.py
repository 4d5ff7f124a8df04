"""Replies: the facts around a reply, in the quiet line below it and in its details."""

from app.chat.cost import CostKind
from app.chat.message import Completion, Message
from app.ui.wording.failures import details
from app.ui.wording.language import tr
from app.ui.wording.numbers import cost, money, prices, seconds


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

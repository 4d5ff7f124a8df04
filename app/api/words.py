"""Words: the object an error body means, and its message as plain words; no I/O.

Law: a message is never JSON or HTML. What is wrapped in either is unwrapped
once: the inner message, or the title of the page.
"""

import json
import re
from typing import Any

from app.api import wire

_PAGE = re.compile(r"<(?:!doctype\b|html\b|head\b|body\b|\?xml\b)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_OBJECT = re.compile(r"\{\s*[\"}]")
_CUT_MESSAGE = re.compile(
    r"\"(?:message|detail|msg|error)\"\s*:\s*\"((?:[^\"\\]|\\.){1,4000})", re.DOTALL
)
_HEXADECIMAL = re.compile(r"\\u(?![0-9a-fA-F]{4})")
_SAID_IN = ("message", "msg", "detail", "error")
_PARTS = 5
_decoder = json.JSONDecoder(strict=False)


def title_of(text: str) -> str | None:
    """Return the title of a web page, "" if it has none, None if the text is no page."""
    if not text.lstrip().startswith("<"):
        return None
    return _title(text)


def error_object(value: Any) -> dict[str, Any]:
    """Return the part of a decoded error body that says what went wrong."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict):
        return {"message": value}
    for name in ("error", "detail", "errors"):
        inner = value.get(name)
        if isinstance(inner, list) and inner:
            inner = _field_error(inner[0])
        if isinstance(inner, dict):
            return inner
        if isinstance(inner, str) and inner:
            # Some name the status here and say what it is about beside it.
            beside = value.get("message")
            said = beside if name == "error" and isinstance(beside, str) and beside else inner
            return {"message": said} | {k: value[k] for k in ("code", "param") if k in value}
    return value


def message_of(error: dict[str, Any]) -> str:
    """Return what an error object says, with what the provider behind it said."""
    text = plain(_said(error))
    raw = wire.mapping(error.get("metadata")).get("raw")
    behind = plain(raw) if isinstance(raw, str) else _said(error_object(raw)) if raw else ""
    if not behind or behind in text:
        return text
    return f"{text} ({behind})" if text else behind


def plain(text: str) -> str:
    """Return the text with a web page or JSON object in it replaced by what that says."""
    page = _PAGE.search(text)
    if page:
        return f"{text[: page.start()]}{_title(text[page.start() :])}".strip()
    found = re.match(r"\s*\[\s*\{", text) or _OBJECT.search(text)
    if not found:
        return text
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    try:
        value, end = _decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        value, end = {"message": _of_cut(text[start:])}, len(text)
    before, after = text[:start].strip(), text[end:].strip()
    said = _said(error_object(value))
    if _OBJECT.search(said):
        said = ""
    return " ".join(part for part in (before, said or (after and "…"), after) if part)


def _said(error: dict[str, Any]) -> str:
    said = next((error[name] for name in _SAID_IN if error.get(name)), "")
    if isinstance(said, dict):
        said = next((said[name] for name in _SAID_IN if isinstance(said.get(name), str)), "")
    if isinstance(said, list):
        said = "; ".join(part for part in said[:_PARTS] if isinstance(part, str))
    return said if isinstance(said, str) else ""


def _field_error(item: Any) -> Any:
    """Return a validation error as an error object, or the item as it is."""
    if not isinstance(item, dict) or not isinstance(item.get("loc"), list):
        return item
    path = [str(step) for step in item["loc"][:8] if isinstance(step, int | str)]
    said = item.get("msg")
    # What follows the field's own name is a place within it, or a type that was tried.
    fields = [step for step in path if step not in ("body", "query")]
    return {
        "message": f"{'.'.join(path)}: {said}" if isinstance(said, str) else ".".join(path),
        "param": fields[0] if fields else "",
        "code": item.get("type"),
    }


def _title(page: str) -> str:
    from html import unescape  # not needed before a refusal

    title = _TITLE.search(page)
    return unescape(title[1]).strip() if title else ""


def _of_cut(document: str) -> str:
    """Return the message of a JSON document that was cut, as far as it is there."""
    found = _CUT_MESSAGE.search(document)
    if not found:
        return ""
    try:
        said = json.loads(f'"{_HEXADECIMAL.sub("", found[1])}"', strict=False)
    except ValueError:
        return ""
    return said if isinstance(said, str) else ""

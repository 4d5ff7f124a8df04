"""What a screen reader would hear, as JSON lines; runs under the system's own Python.

Takes one command a line on standard input: `tree` for the list of messages there
is now, `heard` for what was announced and what had the focus since it was asked.
"""

import json
import sys
import threading
from typing import Any

import gi  # type: ignore[import-not-found, unused-ignore]

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found, unused-ignore] # noqa: E402

_heard: list[list[str]] = []


def _on_event(event: Any) -> None:
    if event.type.startswith("object:announcement"):
        _heard.append(["announced", str(event.any_data)])
    elif event.detail1:
        _heard.append(["focused", event.source.get_name()])


def _find_list(above: Any) -> Any:
    if above is None:
        return None
    if above.get_role() == Atspi.Role.LIST and above.get_name() == "Conversation":
        return above
    for i in range(above.get_child_count()):
        found = _find_list(above.get_child_at_index(i))
        if found is not None:
            return found
    return None


def _item(item: Any) -> dict[str, Any]:
    states = item.get_state_set()
    return {
        "role": item.get_role_name(),
        "name": item.get_name(),
        "description": item.get_description(),
        "text": Atspi.Text.get_text(item, 0, -1),
        "length": Atspi.Text.get_character_count(item),
        "is_focused": states.contains(Atspi.StateType.FOCUSED),
    }


def _tree() -> list[dict[str, Any]] | None:
    found = _find_list(Atspi.get_desktop(0))
    if found is None:
        return None
    return [_item(found.get_child_at_index(i)) for i in range(found.get_child_count())]


def _answer(command: str) -> bool:
    try:
        answer: Any = _tree() if command == "tree" else list(_heard)
    except GLib.Error as error:
        # What was asked about changed in the meantime.
        answer = str(error)
    print(json.dumps(answer), flush=True)
    return False


def _read() -> None:
    for line in sys.stdin:
        GLib.idle_add(_answer, line.strip())
    GLib.idle_add(Atspi.event_quit)


def run() -> None:
    """Listen until standard input ends."""
    Atspi.init()
    listener = Atspi.EventListener.new(_on_event)
    for event in ("object:announcement", "object:state-changed:focused"):
        listener.register(event)
    threading.Thread(target=_read, daemon=True).start()
    print("ready", flush=True)
    Atspi.event_main()


if __name__ == "__main__":
    run()

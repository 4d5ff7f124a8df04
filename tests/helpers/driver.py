"""The program under remote control: `python driver.py [Coprime's arguments]`.

Runs the real program and takes one JSON command a line on its standard input:
keys are sent to whatever has the focus, as a person's would be, and what the
window shows is read back. Each command is answered by one JSON line on the
descriptor named by COPRIME_ANSWERS, so that standard output and standard error
stay the program's own.
"""

import json
import os
import sys
import time
import traceback
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from app import main as program
from app.ending import Application
from app.session.preferences import read
from app.ui.chat_view import ChatView
from app.ui.notice import Act
from app.ui.notice_bar import NoticeBar
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.position import BELOW
from app.ui.transcript.targets import Link, Spot, Take
from app.ui.window import Window
from tests.helpers.watch import Watch


class Driver:
    """Carries out commands in the window's own thread."""

    def __init__(self, answers: int) -> None:
        self._answers = os.fdopen(answers, "w", encoding="utf-8")
        self._pending = b""
        os.set_blocking(0, False)
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_input)
        self._watch: Watch | None = None

    def _on_input(self) -> None:
        self._pending += os.read(0, 1 << 20)
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            command = json.loads(line)
            try:
                answer = {"ok": getattr(self, "do_" + command.pop("do"))(**command)}
            except Exception:
                answer = {"error": traceback.format_exc()}
            self._answers.write(json.dumps(answer) + "\n")
            self._answers.flush()

    def do_key(self, keys: str) -> None:
        """Press a key such as "Ctrl+N", "Return" or "Esc"."""
        *modifiers, key = keys.split("+")
        pressed = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            name = {
                "Ctrl": "ControlModifier",
                "Shift": "ShiftModifier",
                "Alt": "AltModifier",
            }[modifier]
            pressed |= getattr(Qt.KeyboardModifier, name)
        QTest.keyClick(self._target(), getattr(Qt.Key, f"Key_{key}"), pressed)

    def do_type(self, text: str) -> None:
        """Type a text; what no key has comes as from an input method."""
        if text.isascii():
            QTest.keyClicks(self._target(), text)
            return
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self._target(), event)

    def do_click(self, text: str) -> bool:
        """Click the button with a text, in the active window or dialog."""
        for button in self._top().findChildren(QAbstractButton):
            named = text in (button.text(), button.accessibleName())
            if named and button.isVisible() and button.isEnabled():
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return True
        return False

    def do_take(self, act: str) -> bool:
        """Click what the notice below the last message offers."""
        view = self._window().tabs.front
        assert view is not None
        transcript = view.transcript
        column, page = transcript._column, transcript.viewport()
        for spot in column.spots_of(view.conversation.branch[-1], BELOW):
            if column.target(spot) == Take(Act(act)):
                area = transcript._on_view(column.areas_of(spot)[0])
                QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=area.center())
                return True
        return False

    def do_watch(self) -> None:
        """Begin to write down what is opened, connected to and started."""
        self._watch = Watch()

    def do_watched(self) -> dict[str, Any]:
        """Return what was written down since the watch began."""
        assert self._watch is not None
        return {"acts": self._watch.acts, "addresses": self._watch.addresses}

    def do_shown(self) -> dict[str, Any]:
        """Return what the last message shows: the texts of its blocks, and its links."""
        view = self._window().tabs.front
        assert view is not None
        column, message_id = view.transcript._column, view.conversation.branch[-1]
        blocks, _ = column.blocks_of(message_id)
        return {"texts": [block.text for block in blocks], "links": [a for a, _ in self._links()]}

    def do_follow(self, address: str) -> None:
        """Click a link of the last message."""
        view = self._window().tabs.front
        assert view is not None
        spot = dict(self._links())[address]
        area = view.transcript._on_view(view.transcript._column.areas_of(spot)[0])
        page = view.transcript.viewport()
        QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=area.center())

    def do_act_on_last(self, act: str) -> str:
        """Do with the last message what a sign beside it promises; return the clipboard."""
        view = self._window().tabs.front
        assert view is not None
        view.acts.do(view.conversation.branch[-1], MessageAct(act))
        return QApplication.clipboard().text()

    def do_fill(self, values: list[str]) -> None:
        """Type into the line edits of the dialog in front, in their order on screen."""
        fields = [f for f in self._top().findChildren(QLineEdit) if f.isVisible()]
        fields.sort(key=lambda field: field.mapToGlobal(field.rect().topLeft()).y())
        for field, value in zip(fields, values, strict=True):
            field.clear()
            QTest.keyClicks(field, value)

    def do_use(self, model: str) -> None:
        """Choose a model the catalogue need not list, as the pane does."""
        self._window().models.chosen.emit(model)

    def do_look(self) -> dict[str, Any]:
        """Return what the window shows."""
        if not any(
            isinstance(w, Window) and hasattr(w, "welcome") for w in QApplication.topLevelWidgets()
        ):
            return {"messages": None, "notices": [], "tabs": [], "welcome": False}
        window = self._window()
        view = window.tabs.front
        bars = [bar for bar in window.findChildren(NoticeBar) if bar.isVisible()]
        focus = QApplication.focusWidget()
        return {
            "title": window.windowTitle(),
            "tabs": window.tabs.titles,
            "focus": _name(focus) if focus else "",
            "pressable": [
                _name(button)
                for button in self._top().findChildren(QAbstractButton)
                if button.isVisible() and button.isEnabled()
            ],
            "welcome": window.welcome.isVisible(),
            "conversations": window.conversations.list.rows.count,
            "models": [
                window.models.list.model().index(i, 0).data()
                for i in range(window.models.list.model().rowCount())
            ],
            "notices": [f"{it.headline} {it.rest}" for bar in bars if (it := bar.front)],
            "dialogs": self.do_dialogs(),
            **(self._look_at(view) if view else {"messages": None}),
        }

    def do_dialogs(self) -> list[str]:
        """Return what the dialogs that are open say."""
        return [
            " ".join(label.text() for label in _labels(widget))
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and not isinstance(widget, Window)
        ]

    def do_arrange(self, width: int, height: int) -> None:
        """Give the window a size."""
        self._window().resize(width, height)

    def do_prefer(self, **values: Any) -> None:
        """Change settings, as the settings dialog does."""
        preferences = self._window()._session.preferences
        preferences.change(read({**asdict(preferences.now), **values}))

    def do_trigger(self, name: str) -> None:
        """Trigger an action by name."""
        self._window().actions_by_name[name].trigger()

    def do_pulse(self, on: bool) -> dict[str, float]:
        """Start counting how late a 5 ms timer of the window's thread is; or stop and tell."""
        if on:
            self._gaps: list[float] = []
            self._last = time.perf_counter()
            self._pulse = QTimer()
            self._pulse.setTimerType(Qt.TimerType.PreciseTimer)
            self._pulse.timeout.connect(self._on_pulse)
            self._pulse.start(5)
            return {}
        self._pulse.stop()
        gaps = sorted(self._gaps)
        return {"p99": gaps[int(len(gaps) * 0.99)], "max": gaps[-1], "count": len(gaps)}

    def _on_pulse(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now

    def do_grab_dialog(self, path: str) -> bool:
        """Save a picture of the dialog in front."""
        return bool(self._top().grab().save(path))

    def do_grab(self, path: str) -> bool:
        """Save a picture of the window."""
        return bool(self._window().grab().save(path))

    def _look_at(self, view: ChatView) -> dict[str, Any]:
        conversation = view.conversation
        messages = []
        for message_id in conversation.branch:
            message = conversation.message(message_id)
            failure = message.completion.failure if message.completion else None
            messages.append(
                {
                    "role": str(message.role),
                    "status": str(message.status),
                    "text": conversation.text(message_id),
                    "reasoning": conversation.reasoning(message_id),
                    "failure": str(failure.kind) if failure else None,
                }
            )
        at = view.transcript.position()
        replies = [i for i in conversation.branch if len(conversation.versions(i)) > 1]
        return {
            "place": "" if at.is_end else f"{at.message_id}/{at.block}",
            "versions": [
                n + 1 for n in range(len(conversation.versions(replies[-1])) if replies else 0)
            ],
            "version": (
                list(conversation.versions(replies[-1])).index(replies[-1]) + 1 if replies else 0
            ),
            "messages": messages,
            "said": _said(view, conversation.branch[-1]) if conversation.branch else [],
            "composer": view.composer.words,
            "model": conversation.heading.model,
            "paints": view.transcript.counts.paints,
            "busy": view.transcript.is_busy,
            "buttons": [
                button.accessibleName() or button.text()
                for button in view.composer.findChildren(QAbstractButton)
                if button.isVisible()
            ],
        }

    def _links(self) -> list[tuple[str, Spot]]:
        view = self._window().tabs.front
        assert view is not None
        column, message_id = view.transcript._column, view.conversation.branch[-1]
        blocks, _ = column.blocks_of(message_id)
        spots = [s for place in range(len(blocks)) for s in column.spots_of(message_id, place)]
        targets = [(column.target(spot), spot) for spot in spots]
        return [(target.address, spot) for target, spot in targets if isinstance(target, Link)]

    def _window(self) -> Window:
        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))

    def _top(self) -> QWidget:
        return QApplication.activeModalWidget() or self._window()

    def _target(self) -> QWidget:
        if QApplication.activeWindow() is None:
            # What a window manager does when a dialog has closed.
            self._top().activateWindow()
            QApplication.processEvents()
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or self._top()


def _said(view: ChatView, message_id: int) -> list[str]:
    """Return what stands below a message: the notice and its offers, then the facts."""
    message, captions = view.conversation.message(message_id), view.transcript._column._captions
    notice = captions.notice(message)
    offers = [offer.label for offer in notice.offers] if notice else []
    text = f"{notice.headline} {notice.rest}".strip() if notice else ""
    return [text, *offers, *captions.facts(message)]


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def _labels(widget: QWidget) -> list[QLabel]:
    return [label for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def run(kind: type[Driver] = Driver) -> int:
    """Run the program with a driver that starts as soon as there is an application."""
    make = program.make_application
    drivers = []

    def make_driven() -> Application:
        qapp = make()
        drivers.append(kind(int(os.environ.pop("COPRIME_ANSWERS"))))
        return qapp

    program.make_application = make_driven
    return program.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())

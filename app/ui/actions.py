"""Actions: everything a person can make the window do, once.

Menu, shortcuts and, later, the command palette read the same list. An action
does nothing by itself: the window connects each name to a verb.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

Verbs = Mapping[str, Callable[[], object]]


def tr(text: str) -> str:
    """Return an action's text in the person's language."""
    return QCoreApplication.translate("actions", text)


@dataclass(frozen=True, slots=True)
class Deed:
    """One action: its name in code, its text, its keys, its menu."""

    name: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    starts_group: bool = False
    """Whether the menu draws a line above it."""
    repeats: bool = False
    """Whether it goes on while its key is held down."""
    hint: str = ""
    """Keys that mean this to whoever has the keyboard, shown and not taken from anyone."""


def deeds() -> Iterable[Deed]:
    """Return every action, in the order of the menus."""
    return (*_of_file(), *_of_edit(), *_of_conversation(), *_of_message(), *_of_view(), *_of_help())


def _of_file() -> Iterable[Deed]:
    menu = tr("&File")
    yield Deed("new_conversation", tr("&New conversation"), menu, ("Ctrl+N", "Ctrl+T"))
    yield Deed("reopen_tab", tr("&Reopen closed tab"), menu, ("Ctrl+Shift+T",))
    yield Deed("close_tab", tr("&Close tab"), menu, ("Ctrl+W",))
    yield Deed("close_other_tabs", tr("Close &other tabs"), menu)
    yield Deed("add_account", tr("Add &account…"), menu, starts_group=True)
    yield Deed("add_demo", tr("&Try it without an account"), menu)
    yield Deed("settings", tr("&Settings"), menu, ("Ctrl+,",))
    yield Deed("quit", tr("&Quit"), menu, ("Ctrl+Q",), starts_group=True)


def _of_edit() -> Iterable[Deed]:
    menu = tr("&Edit")
    # Fields and the transcript hear these keys themselves.
    yield Deed("copy", tr("&Copy"), menu, hint="Ctrl+C")
    yield Deed("copy_markdown", tr("Copy as &Markdown"), menu)
    yield Deed("select_all", tr("Select &all"), menu, starts_group=True, hint="Ctrl+A")
    yield Deed("find", tr("&Find in the conversation"), menu, ("Ctrl+F",), starts_group=True)
    yield Deed("find_next", tr("Find &next"), menu, ("F3",), repeats=True)
    yield Deed("find_previous", tr("Find &previous"), menu, ("Shift+F3",), repeats=True)


def _of_conversation() -> Iterable[Deed]:
    menu = tr("&Conversation")
    yield Deed("write", tr("&Write a message"), menu, ("Ctrl+J",))
    yield Deed("stop", tr("&Stop the reply"), menu, ("Esc",))
    yield Deed("find_model", tr("Choose a &model"), menu, ("Ctrl+M",), starts_group=True)
    yield Deed("parameters", tr("&Parameters"), menu, ("Ctrl+Shift+M",))
    yield Deed("refresh_models", tr("Re&fresh the models"), menu, ("F5",))
    yield Deed("rename", tr("&Rename"), menu, ("F2",), starts_group=True)
    yield Deed("pin", tr("P&in or unpin"), menu, ("Ctrl+Shift+D",))
    yield Deed("delete", tr("&Delete"), menu, ("Ctrl+Shift+Del",))
    yield Deed("undelete", tr("&Undo deleting"), menu, ("Ctrl+Alt+Z",))


def _of_message() -> Iterable[Deed]:
    menu = tr("&Message")
    yield Deed("retry", tr("&Ask for the last reply again"), menu, ("Ctrl+R",))
    yield Deed("edit_last", tr("&Edit your last message"), menu, ("Ctrl+Shift+E",))
    yield Deed("copy_last", tr("&Copy the last reply"), menu, ("Ctrl+Shift+C",))
    yield Deed("fork", tr("&Fork into a new tab"), menu, ("Ctrl+Shift+K",))
    yield Deed("previous_version", tr("Pre&vious version"), menu, ("Alt+Left",), True)
    yield Deed("next_version", tr("&Next version"), menu, ("Alt+Right",))
    yield Deed("previous_message", tr("&Previous message"), menu, ("Alt+Up",), True, repeats=True)
    yield Deed("next_message", tr("Next &message"), menu, ("Alt+Down",), repeats=True)


def _of_view() -> Iterable[Deed]:
    menu = tr("&View")
    yield Deed("next_tab", tr("&Next tab"), menu, ("Ctrl+Tab", "Ctrl+PgDown"), repeats=True)
    yield Deed(
        "previous_tab", tr("&Previous tab"), menu, ("Ctrl+Shift+Tab", "Ctrl+PgUp"), repeats=True
    )
    yield Deed("toggle_conversations", tr("&Conversations"), menu, ("Ctrl+B",), True)
    yield Deed("toggle_models", tr("&Models"), menu, ("Ctrl+Shift+B",))
    yield Deed("find_conversation", tr("&Find a conversation"), menu, ("Ctrl+Shift+F",))
    yield Deed("larger", tr("&Larger text"), menu, ("Ctrl++", "Ctrl+="), True, repeats=True)
    yield Deed("smaller", tr("&Smaller text"), menu, ("Ctrl+-",), repeats=True)
    yield Deed("normal_size", tr("N&ormal text"), menu, ("Ctrl+0",))


def _of_help() -> Iterable[Deed]:
    yield Deed("about", tr("&About Coprime"), tr("&Help"))


def build(parent: QWidget, verbs: Verbs) -> dict[str, QAction]:
    """Return a connected QAction for each deed; their shortcuts work in the whole window.

    Raises:
        KeyError: a deed has no verb.
    """
    actions = {}
    for deed in deeds():
        hint = QKeySequence(deed.hint).toString(QKeySequence.SequenceFormat.NativeText)
        action = QAction(f"{deed.text}\t{hint}" if hint else deed.text, parent)
        action.setObjectName(deed.name)
        # A key held down must not ask, and pay, again and again.
        action.setAutoRepeat(deed.repeats)
        action.setShortcuts([QKeySequence(keys) for keys in deed.keys])
        verb = verbs[deed.name]
        action.triggered.connect(lambda _checked=False, verb=verb: verb())
        parent.addAction(action)
        actions[deed.name] = action
    return actions


def fill(menu_bar: QMenuBar, actions: Mapping[str, QAction]) -> None:
    """Put the actions into their menus."""
    menus = {}
    for deed in deeds():
        if deed.menu not in menus:
            menus[deed.menu] = menu_bar.addMenu(deed.menu)
        elif deed.starts_group:
            menus[deed.menu].addSeparator()
        menus[deed.menu].addAction(actions[deed.name])

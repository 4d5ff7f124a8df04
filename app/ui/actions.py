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
    repeats: bool = False
    """Whether it goes on while its key is held down."""
    starts_group: bool = False
    """Whether the menu draws a line above it."""


def deeds() -> Iterable[Deed]:
    """Return every action, in the order of the menus."""
    file, edit, view, help_menu = tr("&File"), tr("&Conversation"), tr("&View"), tr("&Help")
    return (
        Deed("new_conversation", tr("&New conversation"), file, ("Ctrl+N", "Ctrl+T")),
        Deed("close_tab", tr("&Close tab"), file, ("Ctrl+W",)),
        Deed("add_account", tr("Add &account…"), file, starts_group=True),
        Deed("add_demo", tr("Try it &offline"), file),
        Deed("quit", tr("&Quit"), file, ("Ctrl+Q",), starts_group=True),
        Deed("stop", tr("&Stop the reply"), edit, ("Esc",)),
        Deed("retry", tr("&Try again"), edit, ("Ctrl+R",)),
        Deed("write", tr("&Write a message"), edit, ("Ctrl+J",), starts_group=True),
        Deed("find_model", tr("Choose a &model"), edit, ("Ctrl+M",)),
        Deed("refresh_models", tr("&Refresh the models"), edit, ("F5",)),
        Deed("next_tab", tr("&Next tab"), view, ("Ctrl+Tab", "Ctrl+PgDown"), repeats=True),
        Deed(
            "previous_tab", tr("&Previous tab"), view, ("Ctrl+Shift+Tab", "Ctrl+PgUp"), repeats=True
        ),
        Deed("toggle_conversations", tr("&Conversations"), view, ("Ctrl+B",), starts_group=True),
        Deed("toggle_models", tr("&Models"), view, ("Ctrl+Shift+B",)),
        Deed("about", tr("&About Coprime"), help_menu),
    )


def build(parent: QWidget, verbs: Verbs) -> dict[str, QAction]:
    """Return a connected QAction for each deed; their shortcuts work in the whole window.

    Raises:
        KeyError: a deed has no verb.
    """
    actions = {}
    for deed in deeds():
        action = QAction(deed.text, parent)
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

"""Actions: everything a person can make the window do, once.

Menus, shortcuts, the command palette and the window of shortcuts read the same list.
An action does nothing by itself: the window connects each name to a verb. What it needs
to be there stands beside it, see `needs`. Below stand the keys that parts of the window
hear themselves.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui.needs import Need, lack

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
    needs: tuple[Need, ...] = ()
    """Without these nothing would come of it."""

    @property
    def label(self) -> str:
        """Its text without the sign for the letter that chooses it."""
        return re.sub(r"&(.)", r"\1", self.text)

    @property
    def menu_label(self) -> str:
        """The name of its menu, as `label`."""
        return re.sub(r"&(.)", r"\1", self.menu)

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """Every key that does it, as this system writes them."""
        return tuple(written(keys) for keys in (*self.keys, *filter(None, (self.hint,))))


@dataclass(frozen=True, slots=True)
class Heard:
    """A key that a part of the window hears itself, and what it does there."""

    place: str
    keys: tuple[str, ...]
    label: str

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """Every key that does it, as this system writes them."""
        return tuple(map(written, self.keys))


def written(keys: str) -> str:
    """Return keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def in_menu(name: str, keys: str = "") -> str:
    """Return the text of an action for a context menu, with its first key or another one.

    Raises:
        KeyError: there is no action of this name.
    """
    deed = {deed.name: deed for deed in deeds()}[name]
    shown = written(keys) if keys else next(iter(deed.shown_keys), "")
    return f"{deed.label}\t{shown}" if shown else deed.label


def deeds() -> Iterable[Deed]:
    """Return every action, in the order of the menus."""
    return (*_of_file(), *_of_edit(), *_of_conversation(), *_of_message(), *_of_view(), *_of_help())


def _of_file() -> Iterable[Deed]:
    menu = tr("&File")
    yield Deed("new_conversation", tr("&New conversation"), menu, ("Ctrl+N", "Ctrl+T"))
    yield Deed(
        "reopen_tab",
        tr("&Reopen closed tab"),
        menu,
        ("Ctrl+Shift+T",),
        needs=(Need.CLOSED_TAB,),
    )
    yield Deed("close_tab", tr("&Close tab"), menu, ("Ctrl+W",))
    yield Deed("close_other_tabs", tr("Close &other tabs"), menu, needs=(Need.OTHER_TABS,))
    yield Deed("add_account", tr("Add &account…"), menu, starts_group=True)
    yield Deed("add_demo", tr("&Try it without an account"), menu)
    yield Deed("settings", tr("&Settings"), menu, ("Ctrl+,",))
    yield Deed("quit", tr("&Quit"), menu, ("Ctrl+Q",), starts_group=True)


def _of_edit() -> Iterable[Deed]:
    menu = tr("&Edit")
    # Fields and the transcript hear these keys themselves.
    yield Deed("copy", tr("&Copy"), menu, hint="Ctrl+C", needs=(Need.SELECTION,))
    yield Deed("copy_markdown", tr("Copy as &Markdown"), menu, needs=(Need.SELECTED_MESSAGES,))
    yield Deed("select_all", tr("Select &all"), menu, starts_group=True, hint="Ctrl+A")
    yield Deed("find", tr("&Find in the conversation"), menu, ("Ctrl+F",), starts_group=True)
    yield Deed("find_next", tr("Find &next"), menu, ("F3", "Ctrl+G"), repeats=True)
    yield Deed(
        "find_previous", tr("Find &previous"), menu, ("Shift+F3", "Ctrl+Shift+G"), repeats=True
    )


def _of_conversation() -> Iterable[Deed]:
    menu, words = tr("&Conversation"), (Need.WORDS,)
    yield Deed("write", tr("&Write a message"), menu, ("Ctrl+J",))
    yield Deed("stop", tr("&Stop the reply"), menu, ("Esc",), needs=(Need.RUNNING_REPLY,))
    yield Deed("find_model", tr("Choose a &model"), menu, ("Ctrl+M",), starts_group=True)
    yield Deed("parameters", tr("Change the &parameters"), menu, ("Ctrl+Shift+M",))
    yield Deed("refresh_models", tr("Re&fresh the models"), menu, ("F5",), needs=(Need.ACCOUNT,))
    yield Deed("rename", tr("&Rename"), menu, ("F2",), starts_group=True, needs=words)
    yield Deed("pin", tr("P&in or unpin"), menu, ("Ctrl+Shift+D",), needs=words)
    yield Deed("delete", tr("&Delete"), menu, ("Ctrl+Shift+Del",), needs=words)
    yield Deed(
        "undelete",
        tr("&Undo deleting"),
        menu,
        ("Ctrl+Alt+Z",),
        needs=(Need.DELETED_CONVERSATION,),
    )


def _of_message() -> Iterable[Deed]:
    menu, reply = tr("&Message"), (Need.REPLY, Need.WHOLE_REPLY)
    yield Deed("retry", tr("&Ask for the last reply again"), menu, ("Ctrl+R",), needs=reply)
    yield Deed(
        "edit_last",
        tr("&Edit your last message"),
        menu,
        ("Ctrl+Shift+E",),
        needs=(Need.OWN_MESSAGE,),
    )
    yield Deed("copy_last", tr("&Copy the last reply"), menu, ("Ctrl+Shift+C",), needs=reply)
    yield Deed("fork", tr("&Fork into a new tab"), menu, ("Ctrl+Shift+K",), needs=reply)
    yield Deed(
        "previous_version",
        tr("Pre&vious version"),
        menu,
        ("Alt+Left",),
        True,
        needs=(Need.EARLIER_VERSION,),
    )
    yield Deed(
        "next_version", tr("&Next version"), menu, ("Alt+Right",), needs=(Need.LATER_VERSION,)
    )
    message = (Need.MESSAGE,)
    yield Deed(
        "previous_message", tr("&Previous message"), menu, ("Alt+Up",), True, True, needs=message
    )
    yield Deed("next_message", tr("Next &message"), menu, ("Alt+Down",), False, True, needs=message)


def _of_view() -> Iterable[Deed]:
    menu, tabs = tr("&View"), (Need.OTHER_TABS,)
    yield Deed("palette", tr("Comm&and palette"), menu, ("Ctrl+K",))
    yield Deed(
        "next_tab", tr("&Next tab"), menu, ("Ctrl+Tab", "Ctrl+PgDown"), True, True, needs=tabs
    )
    yield Deed(
        "previous_tab",
        tr("&Previous tab"),
        menu,
        ("Ctrl+Shift+Tab", "Ctrl+PgUp"),
        repeats=True,
        needs=tabs,
    )
    yield Deed(
        "toggle_conversations", tr("Show or hide the &conversations"), menu, ("Ctrl+B",), True
    )
    yield Deed("toggle_models", tr("Show or hide the &models"), menu, ("Ctrl+Shift+B",))
    yield Deed("find_conversation", tr("&Find a conversation"), menu, ("Ctrl+Shift+F",))
    yield Deed("larger", tr("&Larger text"), menu, ("Ctrl++", "Ctrl+="), True, repeats=True)
    yield Deed("smaller", tr("&Smaller text"), menu, ("Ctrl+-",), repeats=True)
    yield Deed("normal_size", tr("N&ormal text"), menu, ("Ctrl+0",))


def _of_help() -> Iterable[Deed]:
    menu = tr("&Help")
    yield Deed("shortcuts", tr("&Keyboard shortcuts"), menu, ("F1", "Ctrl+/"))
    yield Deed("copy_diagnostics", tr("Copy &diagnostics"), menu, starts_group=True)
    yield Deed("open_log", tr("Open the &log’s folder"), menu)
    yield Deed("open_crash", tr("Open the &crash report"), menu)
    yield Deed("about", tr("&About Coprime"), menu, starts_group=True)


def heard_elsewhere(*, enter_sends: bool = True) -> Iterable[Heard]:
    """Return the keys that parts of the window hear themselves, by place.

    enter_sends: whether Enter sends a message, or Ctrl+Enter.
    """
    place = tr("While writing")
    yield Heard(place, ("Enter" if enter_sends else "Ctrl+Enter",), tr("Send"))
    yield Heard(place, ("Shift+Enter" if enter_sends else "Enter",), tr("New line"))
    yield Heard(place, ("Up",), tr("Your last message again, if nothing is written"))
    yield Heard(place, ("PgUp", "PgDown"), tr("Scroll the conversation"))
    place = tr("On a message")
    yield Heard(place, ("C",), tr("Copy it"))
    yield Heard(place, ("R",), tr("Ask for the reply again"))
    yield Heard(place, ("E",), tr("Edit your message"))
    yield Heard(place, ("F",), tr("Fork into a new tab"))
    yield Heard(place, ("Left", "Right"), tr("Previous or next version"))
    yield Heard(place, ("Space",), tr("Show or hide the reasoning"))
    yield Heard(place, ("Tab", "Shift+Tab"), tr("Next or previous link or button in it"))
    yield Heard(place, ("Enter",), tr("Its menu, or what has the ring"))
    yield Heard(place, ("Home", "End"), tr("Beginning or end of the conversation"))
    place = tr("While finding")
    yield Heard(place, ("Enter",), tr("Next hit"))
    yield Heard(place, ("Shift+Enter",), tr("Previous hit"))
    yield Heard(place, ("Esc",), tr("Close"))
    place = tr("In the lists and on the tabs")
    yield Heard(place, ("Enter",), tr("Open the conversation, use the model"))
    yield Heard(place, ("F2",), tr("Rename the conversation"))
    yield Heard(place, ("Del",), tr("Delete the conversation, close the tab"))
    yield Heard(place, ("Space",), tr("Favourite model or not"))


class Action(QAction):
    """A deed as menus, keys and the palette do it."""

    def __init__(
        self,
        deed: Deed,
        verb: Callable[[], object],
        lacking: Callable[[Iterable[Need]], Need | None],
        tell: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        """Take what returns the first need that is not met, and what shows a sentence."""
        hint = written(deed.hint)
        super().__init__(f"{deed.text}\t{hint}" if hint else deed.text, parent)
        self._needs = deed.needs
        self._verb = verb
        self._lacking = lacking
        self._tell = tell
        self._is_grey = False
        self.setObjectName(deed.name)
        # A key held down must not ask, and pay, again and again.
        self.setAutoRepeat(deed.repeats)
        self.setShortcuts([QKeySequence(keys) for keys in deed.keys])
        self.triggered.connect(self.do)

    @property
    def can_be_done(self) -> bool:
        """Whether anything would come of it now."""
        is_on = self.isEnabled() or self._is_grey
        return is_on and self._lacking(self._needs) is None

    def do(self, _checked: bool = False) -> None:
        """Do it, or say what it lacks where that is not plain to see."""
        need = self._lacking(self._needs)
        words = lack(need) if need is not None else ""
        if words:
            self._tell(words)
        else:
            self._verb()

    def show_grey(self) -> None:
        """Be grey, if nothing would come of it now."""
        if self.isEnabled() and not self.can_be_done:
            self._is_grey = True
            self.setEnabled(False)

    def show_whole(self) -> None:
        """Be grey no longer."""
        if self._is_grey:
            self._is_grey = False
            self.setEnabled(True)


def build(
    parent: QWidget,
    verbs: Verbs,
    lacking: Callable[[Iterable[Need]], Need | None] = lambda _: None,
    tell: Callable[[str], object] = lambda _: None,
) -> dict[str, Action]:
    """Return an Action for each deed; their shortcuts work in the whole window.

    See there for `lacking` and `tell`.

    Raises:
        KeyError: a deed has no verb.
    """
    actions = {}
    for deed in deeds():
        actions[deed.name] = Action(deed, verbs[deed.name], lacking, tell, parent)
        parent.addAction(actions[deed.name])
    return actions

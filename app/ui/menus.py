"""Menus: the menu bar, where what cannot be done now is grey."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow, QMenu

from app.ui.actions import Action, deeds
from app.ui.unfailing import unfailing


class Menus(QObject):
    """The actions in their menus.

    What is grey is so while its menu shows, and no longer: the keys of a grey action
    are dead, and they have to work the moment it can be done.
    """

    def __init__(self, window: QMainWindow, actions: Mapping[str, Action]) -> None:
        super().__init__(window)
        self._actions = actions
        menus: dict[str, QMenu] = {}
        for deed in deeds():
            if deed.menu not in menus:
                menus[deed.menu] = self._add_menu(window, deed.menu)
            elif deed.starts_group:
                menus[deed.menu].addSeparator()
            menus[deed.menu].addAction(actions[deed.name])
        # A desktop that shows the menus itself has them prepared in advance, and need not
        # say that they closed. This comes before a key is looked up among the actions.
        window.installEventFilter(self)

    def _add_menu(self, window: QMainWindow, title: str) -> QMenu:
        menu = window.menuBar().addMenu(title)
        menu.aboutToShow.connect(partial(self._on_about_to_show, title))
        menu.aboutToHide.connect(self._take_grey_away)
        return menu

    def _take_grey_away(self) -> None:
        for action in self._actions.values():
            action.show_whole()

    def _on_about_to_show(self, title: str) -> None:
        for deed in deeds():
            if deed.menu == title:
                self._actions[deed.name].show_grey()

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            self._take_grey_away()
        return False

"""Settings pages: what a person can set about the window, one page for each part.

A change is told at once and holds at once; there is nothing to confirm.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.chat.network import Network, Origin
from app.chat.settings import (
    TEXT_SCALES,
    Appearance,
    ProxyChoice,
    ReadingWidth,
    SendKey,
    Settings,
)
from app.ui import icons
from app.ui.account_form import Field, plain_label
from app.ui.settings_parts import Choice, Page, Percentages, rule
from app.ui.theme import Theme

_PROXIES = ("http", "https", "socks5", "socks5h")


class InvalidProxy(ValueError):
    """A text cannot be the address of a proxy. For a person to read."""


def clean_proxy(typed: str) -> str:
    """Return the proxy a person meant as `scheme://host:port`; empty for none.

    Raises:
        InvalidProxy: it has no host or port, another scheme, a path, or a password.
    """
    text = typed.strip().rstrip("/")
    if not text:
        return ""
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    if "@" in text:
        raise InvalidProxy("A proxy’s name and password cannot be kept here.")
    if parts.scheme not in (*_PROXIES, ""):
        raise InvalidProxy("A proxy’s address starts with http://, https:// or socks5://")
    extra = parts.path or parts.query or parts.fragment or any(c.isspace() for c in text)
    if not host or not port or extra:
        raise InvalidProxy("A proxy looks like http://host:port")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


class _SettingsPage(Page):
    """A page that changes settings.

    Signals:
        changed: the person changed one. arg: the Settings.
    """

    changed = Signal(object)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self._settings = Settings()

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        self._settings = settings

    def _change(self, settings: Settings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)


class AppearancePage(_SettingsPage):
    """Theme, width and size of text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Appearance"), parent)
        self.theme: Choice[Appearance] = Choice(
            self.tr("Theme"),
            (
                (Appearance.SYSTEM, self.tr("System"), "monitor"),
                (Appearance.LIGHT, self.tr("Light"), "sun"),
                (Appearance.DARK, self.tr("Dark"), "moon"),
            ),
            self,
        )
        self.width_: Choice[ReadingWidth] = Choice(
            self.tr("Reading width"),
            (
                (ReadingWidth.NARROW, self.tr("Narrow"), ""),
                (ReadingWidth.NORMAL, self.tr("Normal"), ""),
                (ReadingWidth.WIDE, self.tr("Wide"), ""),
            ),
            self,
        )
        self.scale = Percentages(TEXT_SCALES, self)
        self.scale.setAccessibleName(self.tr("Text size"))
        self.add_row(self.tr("Theme"), "", self.theme)
        self.add_row(self.tr("Reading width"), self.tr("Of a conversation."), self.width_)
        self.add_row(self.tr("Text size"), self.tr("Of a conversation."), self.scale)
        self.theme.chosen.connect(self._on_theme_chosen)
        self.width_.chosen.connect(self._on_width_chosen)
        self.scale.currentIndexChanged.connect(self._on_scale_changed)

    def show_settings(self, settings: Settings) -> None:
        super().show_settings(settings)
        self.theme.show_value(settings.appearance)
        self.width_.show_value(settings.reading_width)
        nearest = min(TEXT_SCALES, key=lambda scale: abs(scale - settings.text_scale))
        self.scale.blockSignals(True)
        self.scale.setCurrentIndex(TEXT_SCALES.index(nearest))
        self.scale.blockSignals(False)

    def set_theme(self, theme: Theme) -> None:
        self.theme.set_theme(theme)

    def _on_theme_chosen(self, value: Appearance) -> None:
        self._change(replace(self._settings, appearance=value))

    def _on_width_chosen(self, value: ReadingWidth) -> None:
        self._change(replace(self._settings, reading_width=value))

    def _on_scale_changed(self, index: int) -> None:
        self._change(replace(self._settings, text_scale=TEXT_SCALES[index]))


class WritingPage(_SettingsPage):
    """Which key sends."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Writing"), parent)
        self.send_key: Choice[SendKey] = Choice(
            self.tr("Send with"),
            (
                (SendKey.ENTER, self.tr("Enter"), ""),
                (SendKey.CTRL_ENTER, self.tr("Ctrl+Enter"), ""),
            ),
            self,
        )
        self.add_row(self.tr("Send with"), self.tr("The other one breaks the line."), self.send_key)
        self.send_key.chosen.connect(self._on_key_chosen)

    def show_settings(self, settings: Settings) -> None:
        super().show_settings(settings)
        self.send_key.show_value(settings.send_key)

    def _on_key_chosen(self, value: SendKey) -> None:
        self._change(replace(self._settings, send_key=value))


class NetworkPage(_SettingsPage):
    """Which proxy is used, and what the network is used with in fact."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Network"), parent)
        self.choice: Choice[ProxyChoice] = Choice(
            self.tr("Proxy"),
            (
                (ProxyChoice.SYSTEM, self.tr("System"), ""),
                (ProxyChoice.NONE, self.tr("None"), ""),
                (ProxyChoice.OWN, self.tr("My own"), ""),
            ),
            self,
        )
        self.proxy = Field(self.tr("&Address"), self)
        self.proxy.line.setPlaceholderText("http://host:port")
        self.proxy.show_hint(self.tr("Also https:// and socks5://. Empty: none."))
        hint = self.tr("For every new request, at once. This computer is reached without it.")
        self.add_row(self.tr("Proxy"), hint, self.choice)
        self._own = self._boxed(self.proxy)
        self.in_use = plain_label(self, "rowhint", self.tr("In use: not known yet"))
        self.certificates = plain_label(self, "rowhint")
        self.certificates.hide()
        self.rows.addWidget(rule(self.card))
        self._boxed(self.in_use, self.certificates)
        self._own.hide()
        self.choice.chosen.connect(self._on_proxy_chosen)
        self.proxy.line.editingFinished.connect(self.take_proxy)

    def show_settings(self, settings: Settings) -> None:
        is_typing = self.proxy.text.strip() != self._settings.proxy
        super().show_settings(settings)
        self.choice.show_value(settings.proxy_choice)
        self._own.setVisible(settings.proxy_choice is ProxyChoice.OWN)
        if not is_typing:
            self.proxy.line.setText(settings.proxy)

    def show_network(self, network: Network) -> None:
        """Show what requests travel with now."""
        self.in_use.setText(_breakable(self._proxy_in_use(network)))
        words = self.tr("Certificates: the system’s")
        if network.certificates_variable:
            words = self.tr("Certificates: from {variable}, {path}")
            if not network.has_certificates:
                words = self.tr(
                    "Certificates: cannot be read. {variable} names {path}. "
                    "Nothing is sent while that is so."
                )
            words = words.format(
                variable=network.certificates_variable, path=network.certificates_path
            )
        self.certificates.setText(_breakable(words))
        self.certificates.show()

    def take_proxy(self) -> None:
        """Use what was typed, or say what is wrong with it."""
        if self._settings.proxy_choice is not ProxyChoice.OWN:
            return
        try:
            proxy = clean_proxy(self.proxy.text)
        except InvalidProxy as error:
            self.proxy.show_problem(str(error))
            return
        self.proxy.show_problem("")
        self.proxy.line.setText(proxy)
        self._change(replace(self._settings, proxy=proxy))

    def _boxed(self, *parts: QWidget) -> QWidget:
        """Put something into the card, as wide as it; return its box."""
        box = QWidget(self.card)
        column = QVBoxLayout(box)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(4)
        for part in parts:
            column.addWidget(part)
        self.rows.addWidget(box)
        return box

    def _proxy_in_use(self, network: Network) -> str:
        origin = {
            Origin.PERSON: self.tr("from these settings"),
            Origin.VARIABLE: self.tr("from {variable}").format(variable=network.variable),
            Origin.SYSTEM: self.tr("from the system’s settings"),
        }.get(network.origin)
        if origin is None:
            if network.has_script:
                return self.tr("In use: none. The system’s proxy is decided by a script: not used.")
            if self._settings.proxy_choice is ProxyChoice.SYSTEM:
                return self.tr("In use: none; the system has none")
            return self.tr("In use: none")
        proxy = network.proxy or self.tr("an address that cannot be read")
        if network.is_usable:
            return self.tr("In use: {proxy}, {origin}").format(proxy=proxy, origin=origin)
        return self.tr(
            "Cannot be used: {proxy}, {origin}. Nothing is sent until another proxy, "
            "or none, is chosen."
        ).format(proxy=proxy, origin=origin)

    def _on_proxy_chosen(self, choice: ProxyChoice) -> None:
        self.proxy.show_problem("")
        self._own.setVisible(choice is ProxyChoice.OWN)
        self._change(replace(self._settings, proxy_choice=choice))


def _breakable(text: str) -> str:
    """Return a text that may break inside addresses and paths."""
    return re.sub(r"([/.:_-])(?=\w)", "\\1\u200b", text)


class DataPage(Page):
    """Where everything is kept.

    Signals:
        folder_requested: the person wants to see the folder.
    """

    folder_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Data"), parent)
        self.path = QLineEdit(self)
        self.path.setReadOnly(True)
        self.path.setAccessibleName(self.tr("Folder"))
        self.open = QPushButton(self.tr("Open folder"), self)
        self.open.setAutoDefault(False)
        self.open.clicked.connect(self.folder_requested)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.path, 1)
        line.addWidget(self.open)
        box = QVBoxLayout()
        box.setContentsMargins(16, 10, 16, 12)
        box.setSpacing(8)
        box.addWidget(plain_label(self, "rowtitle", self.tr("Folder")))
        box.addLayout(line)
        words = self.tr(
            "Conversations, settings and accounts are kept here. Keys and team IDs are not."
        )
        box.addWidget(plain_label(self, "rowhint", words))
        self.rows.addLayout(box)

    def show_folder(self, path: str) -> None:
        """Show the path of the folder."""
        self.path.setText(path)
        self.path.setCursorPosition(0)

    def set_theme(self, theme: Theme) -> None:
        self.open.setIcon(icons.icon("folder-open", theme.colours.muted))

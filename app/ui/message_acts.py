"""MessageActs: what happens when a person asks something of a message."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from app.chat.conversation import Conversation
from app.chat.message import Message, Role
from app.chat.model import Model
from app.session import Session
from app.ui import wording
from app.ui.notice import Act
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.links import host_of
from app.ui.transcript.view import Transcript

MODELS_IN_MENU = 12


def tr(text: str) -> str:
    """Return a text of the message menu in the person's language."""
    return QCoreApplication.translate("MessageActs", text)


class MessageActs(QObject):
    """The verbs behind the signs and the menu of one conversation's messages.

    Signals:
        offered: an offer was taken that the window sees to. args: its Act, and the id
            of the account the reply was asked with.
        refused: what was asked for cannot be done now.
    """

    offered = Signal(object, str)
    refused = Signal()

    def __init__(
        self, session: Session, conversation: Conversation, transcript: Transcript
    ) -> None:
        super().__init__(transcript)
        self._session = session
        self._conversation = conversation
        self._transcript = transcript
        self._is_saving_edit = False
        self._turned: int | None = None
        """The version that was turned to last, until a new one is asked for."""
        session.words_saved.connect(self._on_words_saved)
        session.words_not_saved.connect(self._on_words_not_saved)
        transcript.message_act_requested.connect(self.do)
        transcript.menu_requested.connect(self.open_menu)
        transcript.version_chosen.connect(self.show_version)
        transcript.edited.connect(self._on_edited)
        transcript.offer_taken.connect(self._on_offer_taken)
        transcript.copy_fell_short.connect(self._on_copy_fell_short)

    def do(self, message_id: int, act: MessageAct) -> None:
        """Do what a sign beside a message promises."""
        if act is MessageAct.COPY:
            self.copy(message_id)
        elif act is MessageAct.REGENERATE:
            self.ask_again(message_id)
        elif act is MessageAct.FORK:
            self._session.messages.fork(self._conversation, message_id)
        elif act is MessageAct.EDIT:
            self._transcript.edit(message_id)

    def copy(self, message_id: int) -> None:
        """Put a message on the clipboard, character for character."""
        QApplication.clipboard().setText(self._conversation.text(message_id) or "")

    def copy_reasoning(self, message_id: int) -> None:
        """Put the reasoning of a reply on the clipboard."""
        QApplication.clipboard().setText(self._conversation.reasoning(message_id) or "")

    def show_version(self, message_id: int) -> None:
        """Bring another version into view."""
        self._turned = message_id
        self._session.messages.show_version(self._conversation, message_id)

    @property
    def versions_in_turn(self) -> tuple[Sequence[int], int]:
        """The versions that are stepped through, and the position of the one in view.

        Those of the message that was turned last while it is in view, else of the last
        that has several; empty where there is none.
        """
        branch = self._conversation.branch
        turned = (i for i in branch if i == self._turned)
        for message_id in (*turned, *reversed(branch)):
            versions = self._conversation.versions(message_id)
            if len(versions) > 1:
                return versions, versions.index(message_id)
        return (), 0

    def step_version(self, steps: int) -> None:
        """Show an earlier (below 0) or a later version of the message in turn."""
        versions, position = self.versions_in_turn
        if 0 <= position + steps < len(versions):
            self.show_version(versions[position + steps])

    def last(self, role: Role) -> int | None:
        """Return the id of the last message of a role in view, or None."""
        branch = self._conversation.branch
        return next(
            (i for i in reversed(branch) if self._conversation.message(i).role is role), None
        )

    def on_last(self, role: Role, act: MessageAct) -> None:
        """Do something with the last message of a role, if there is one."""
        message_id = self.last(role)
        if message_id is None:
            return
        if self._conversation.message(message_id).status.is_open:
            self.refused.emit()
        else:
            self.do(message_id, act)

    def open_menu(self, message_id: int, position: QPoint) -> None:
        """Open the menu of a message at a place on the screen."""
        message = self._conversation.message(message_id)
        menu = QMenu(self._transcript)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_copies(menu, self._transcript.viewport().mapFromGlobal(position))
        menu.addAction(tr("Copy message"), lambda: self.copy(message_id))
        if self._conversation.reasoning_length(message_id):
            menu.addAction(tr("Copy the reasoning"), lambda: self.copy_reasoning(message_id))
        if not message.status.is_open:
            self._add_verbs(menu, message)
        menu.popup(position)

    def _add_copies(self, menu: QMenu, point: QPoint) -> None:
        """Offer what is selected, and what is under a point of the transcript's view."""
        transcript = self._transcript
        under = transcript.under(point)
        if transcript.selection is not None:
            menu.addAction(tr("Copy"), transcript.copy)
            menu.addAction(tr("Copy as Markdown"), transcript.copy_as_markdown)
        if under.code:
            menu.addAction(tr("Copy code"), partial(_put_on_clipboard, under.code))
        if under.values:
            menu.addAction(tr("Copy as CSV"), partial(_put_on_clipboard, under.values))
        if under.address:
            menu.addAction(tr("Copy link address"), partial(_put_on_clipboard, under.address))
            opens = tr("Open {host}…").format(host=host_of(under.address)).replace("&", "&&")
            activate = transcript.link_activated.emit
            menu.addAction(opens, partial(activate, under.address, under.posing))
        menu.addAction(tr("Select all"), transcript.select_all)
        menu.addSeparator()

    def _add_verbs(self, menu: QMenu, message: Message) -> None:
        menu.addSeparator()
        if message.role is Role.ASSISTANT:
            menu.addAction(tr("Ask again"), lambda: self.do(message.id, MessageAct.REGENERATE))
            self._add_models(menu.addMenu(tr("Ask another model")), message)
        else:
            menu.addAction(tr("Edit"), lambda: self.do(message.id, MessageAct.EDIT))
        menu.addAction(tr("Fork into a new tab"), lambda: self.do(message.id, MessageAct.FORK))
        if message.completion is not None:
            menu.addSeparator()
            menu.addAction(tr("Details"), lambda: self.show_details(message.id))

    def _add_models(self, menu: QMenu, message: Message) -> None:
        for model in self._suggestions(message):
            text = f"{model.label}\t{wording.prices(model.prices)}".replace("&", "&&")
            menu.addAction(text, partial(self.ask_again, message.id, model.id))
        if menu.isEmpty():
            menu.addAction(tr("No models are known")).setEnabled(False)

    def ask_again(self, message_id: int, model_id: str | None = None) -> None:
        """Ask for a reply again, also of another model."""
        self._ask(message_id, model_id=model_id)

    def go_on(self, message_id: int) -> None:
        """Let the model go on where a reply broke off."""
        if not self._session.messages.continue_reply(self._conversation, message_id):
            self.refused.emit()

    def _ask(
        self,
        message_id: int,
        *,
        model_id: str | None = None,
        without: str = "",
        is_shorter: bool = False,
    ) -> None:
        self._turned = None
        if not self._session.messages.retry(
            self._conversation, message_id, model_id, without=without, is_shorter=is_shorter
        ):
            self.refused.emit()

    def _ask_without(self, message_id: int) -> None:
        """Ask again without the parameter that was refused."""
        completion = self._conversation.message(message_id).completion
        failure = completion.failure if completion else None
        self._ask(message_id, without=failure.parameter if failure else "")

    def _suggestions(self, message: Message) -> list[Model]:
        """Return favourites first, then the others, without the one that replied."""
        catalogue = self._session.catalogues.of(self._conversation.heading.account_id)
        favourites = self._session.preferences.now.favourites
        used = message.completion.model if message.completion else ""
        others = [m for m in catalogue.models if m.id != used and m.writes_text]
        others.sort(key=lambda m: (m.id not in favourites, m.label.casefold()))
        return others[:MODELS_IN_MENU]

    def show_details(self, message_id: int) -> None:
        """Show what is known of a reply: who was asked, who paid, and what was said."""
        text = wording.message_details(self._conversation.message(message_id))
        show_text(self._transcript, tr("Details"), text)

    def _on_copy_fell_short(self, absent: int) -> None:
        """Say that what is on the clipboard is not all that was asked for."""
        text = tr(
            "The text of {count} messages could not be read from disk. "
            "The others were copied; these are missing."
        ).format(count=absent)
        show_text(self._transcript, tr("Copied in part"), text)

    def _on_edited(self, message_id: int, text: str) -> None:
        self._turned = None
        self._is_saving_edit = self._session.messages.edit(self._conversation, message_id, text)
        if not self._is_saving_edit:
            self._transcript.release_editor()
            self.refused.emit()

    def _on_words_saved(self, conversation: Conversation) -> None:
        if conversation is self._conversation and self._is_saving_edit:
            self._is_saving_edit = False
            self._transcript.close_editor()

    def _on_words_not_saved(self, conversation: Conversation) -> None:
        if conversation is self._conversation and self._is_saving_edit:
            self._is_saving_edit = False
            self._transcript.release_editor()

    def _on_offer_taken(self, message_id: int, act: Act) -> None:
        if act is Act.RETRY:
            self.ask_again(message_id)
        elif act is Act.CONTINUE:
            self.go_on(message_id)
        elif act is Act.SHORTEN:
            self._ask(message_id, is_shorter=True)
        elif act is Act.DROP_PARAMETER:
            self._ask_without(message_id)
        elif act is Act.TRY_NOW:
            self._session.messages.try_now(self._conversation)
        elif act is Act.STOP:
            self._session.messages.stop(self._conversation)
        elif act is Act.DETAILS:
            self.show_details(message_id)
        else:
            completion = self._conversation.message(message_id).completion
            self.offered.emit(act, completion.account_id if completion else "")


def _put_on_clipboard(text: str) -> None:
    QApplication.clipboard().setText(text)


def show_text(parent: QWidget, title: str, text: str) -> None:
    """Open a box with a plain text that can be selected and copied."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    copy_button = box.addButton(tr("Copy"), QMessageBox.ButtonRole.ActionRole)
    copy_button.clicked.connect(lambda: QApplication.clipboard().setText(text))
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()

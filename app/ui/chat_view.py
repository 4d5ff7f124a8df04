"""ChatView: one conversation in its tab: transcript, composer, and what there is to say."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.chat.circumstance import Circumstance
from app.chat.conversation import Conversation
from app.chat.message import Status
from app.session import Session
from app.ui import wording
from app.ui.captions import ReplyCaptions
from app.ui.composer import Composer
from app.ui.notice_bar import NoticeBar
from app.ui.theme import Theme
from app.ui.transcript.view import Transcript

TICK_MS = 1_000


class ChatView(QWidget):
    """Shows a conversation and hands what the person does to the session.

    Signals:
        act_requested: an offer under a reply was taken. args: message id, Act.
        link_activated: a link in a message was clicked. arg: its address.
        model_requested: the person wants to choose a model.
    """

    act_requested = Signal(object, object)
    link_activated = Signal(str)
    model_requested = Signal()

    def __init__(
        self, session: Session, conversation: Conversation, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chat")
        self._session = session
        self.conversation = conversation
        self.transcript = Transcript(conversation, ReplyCaptions(session), theme, self)
        self.composer = Composer(self)
        self.notice_bar = NoticeBar(self)
        # Runs only while a reply is waited for, to say for how long.
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._on_clock_ticked)
        self._lay_out(theme)
        self._connect()
        self.composer.write(conversation.heading.draft)
        self.refresh()

    def _lay_out(self, theme: Theme) -> None:
        self.setFocusProxy(self.composer)
        metrics = theme.metrics
        self.composer.setMaximumWidth(metrics.column + 2 * metrics.column_margin)
        self.composer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 4, 4, 14)
        foot.addStretch(1)
        foot.addWidget(self.composer, 1000)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self.transcript, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        composer, conversation = self.composer, self.conversation
        composer.submitted.connect(self._on_composer_submitted)
        composer.stop_requested.connect(self.stop)
        composer.edited.connect(lambda text: self._session.desk.keep_draft(conversation, text))
        composer.account_chosen.connect(
            lambda account_id: self._session.choose_account(conversation, account_id)
        )
        composer.model_requested.connect(self.model_requested)
        self.transcript.offer_taken.connect(self.act_requested)
        self.transcript.link_activated.connect(self.link_activated)
        conversation.heading_changed.connect(self.refresh)
        conversation.message_added.connect(self._on_message_changed)
        conversation.message_changed.connect(self._on_message_changed)
        self._session.words_saved.connect(self._on_words_saved)
        self._session.words_not_saved.connect(self._on_words_not_saved)

    def refresh(self) -> None:
        """Show who answers and who pays, as the session knows them now."""
        heading = self.conversation.heading
        account = self._session.accounts.get(heading.account_id)
        model = self._session.model(heading.account_id, heading.model)
        label = model.label if heading.model else ""
        self.composer.show_model(label, wording.prices(model.prices))
        names = [(each.id, wording.account(each)) for each in self._session.accounts.all]
        self.composer.show_payer(
            wording.payer(account) if account else "", names, heading.account_id
        )
        self._show_streaming()

    def refresh_captions(self) -> None:
        """Show names and prices of replies as the catalogue has them now."""
        self.refresh()
        self.transcript.refresh_captions()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.transcript.set_theme(theme)

    def tell(self, circumstance: Circumstance) -> None:
        """Show a fact that concerns this conversation."""
        self.notice_bar.show_notice(wording.circumstance(circumstance))

    def stop(self) -> None:
        """End the reply under way."""
        self._session.stop(self.conversation)

    def retry_last(self) -> None:
        """Ask for the last reply again."""
        if self.conversation.branch:
            self._session.retry(self.conversation, self.conversation.branch[-1])

    def _show_streaming(self) -> None:
        replies = self.conversation.open_replies
        self.composer.show_streaming(bool(replies))
        is_waiting = any(self.conversation.message(i).status is Status.WAITING for i in replies)
        if is_waiting and not self._clock.isActive():
            self._clock.start()
        elif not is_waiting:
            self._clock.stop()

    def _on_composer_submitted(self, text: str) -> None:
        self.composer.hold()
        if self._session.send(self.conversation, text):
            self.notice_bar.show_notice(None)
            self.transcript.scroll_to_end()
        else:
            self.composer.release(clear=False)
            self.notice_bar.show_notice(
                wording.cannot_send(
                    has_account=self._session.accounts.get(self.conversation.heading.account_id)
                    is not None,
                    has_model=bool(self.conversation.heading.model),
                    can_save=self._session.can_save,
                )
            )

    def _on_words_saved(self, conversation: Conversation) -> None:
        if conversation is self.conversation:
            self.composer.release(clear=True)

    def _on_words_not_saved(self, conversation: Conversation) -> None:
        if conversation is self.conversation:
            self.composer.release(clear=False)
            self._session.desk.keep_draft(conversation, self.composer.words)

    def _on_message_changed(self, message_id: int) -> None:
        self._show_streaming()

    def _on_clock_ticked(self) -> None:
        for reply_id in self.conversation.open_replies:
            self.transcript.refresh_captions(reply_id)

"""ChatView: one conversation in its tab: transcript, composer, and what there is to say."""

import json
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QHBoxLayout,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import Shiboken

from app.chat.circumstance import Circumstance
from app.chat.conversation import Conversation
from app.chat.message import Role
from app.chat.settings import ReadingWidth, SendKey, Settings
from app.session import Session
from app.ui import wording
from app.ui.captions import ReplyCaptions
from app.ui.composer import Composer
from app.ui.find_bar import FindBar
from app.ui.message_acts import MessageActs
from app.ui.notice import Act, Notice
from app.ui.notice_bar import NoticeBar
from app.ui.theme import Theme
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.finding import Finding
from app.ui.transcript.position import END, Position
from app.ui.transcript.selection import TextPosition
from app.ui.unfailing import unfailing

TICK_MS = 1_000
REMARK_MS = 3_000
REMARK_PX = 68
"""From the composer up to what is said in passing."""
_SHIFTS = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier
)
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
"""As Windows tells of it; with it and with those above a key is a character."""
LEAST_PX = 32
"""Height of the transcript."""
WIDTHS = {ReadingWidth.NARROW: 560, ReadingWidth.NORMAL: 664, ReadingWidth.WIDE: 840}


class ChatView(QWidget):
    """Shows a conversation and hands what the person does to the session.

    Signals:
        offered: an offer was taken that the window sees to. args: its Act, and the id
            of the account it is about, or nothing.
        link_activated: a link in a message was clicked. args: its address, and
            another host that its text names, or nothing.
        model_requested: the person wants to choose a model.
        parameters_requested: the person wants to change the parameters.
        zoom_requested: the person wants larger (above 0) or smaller text. arg: steps.
    """

    offered = Signal(object, str)
    link_activated = Signal(str, str)
    model_requested = Signal()
    parameters_requested = Signal()
    zoom_requested = Signal(int)

    def __init__(
        self, session: Session, conversation: Conversation, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chat")
        self._session = session
        self.conversation = conversation
        # Before the transcript, as Tab goes.
        self.find_bar = FindBar(self)
        self.transcript = FindableTranscript(
            conversation, ReplyCaptions(session, conversation), theme, self
        )
        self.composer = Composer(self)
        self.notice_bar = NoticeBar(self)
        self._finding = Finding(
            conversation, self.transcript, partial(session.desk.find, conversation), self
        )
        self._day = date.today()
        """On which the times of messages were put into words."""
        self._sending = ""
        """What was sent from the composer, until it is saved or given back."""
        self._obstacle: Notice | None = None
        """The notice why nothing can be sent, until something can."""
        self._before_finding: QWidget | None = None
        """What had the keyboard before the find bar."""
        self.acts = MessageActs(session, conversation, self.transcript)
        # Runs only while a reply is under way, to say for how long it is waited for.
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._on_clock_ticked)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.show_settings(session.preferences.now)
        self.composer.write(conversation.heading.draft)
        self.transcript.restore(_position(session.desk.anchor(conversation.id)))
        self.refresh()

    def _lay_out(self) -> None:
        self.setFocusProxy(self.composer)
        self.composer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        # In the lowest window it gives way to the composer and what there is to say.
        self.transcript.setMinimumHeight(LEAST_PX)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 4, 4, 14)
        foot.addStretch(1)
        foot.addWidget(self.composer, 1000)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self.find_bar)
        column.addWidget(self.transcript, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        composer, conversation = self.composer, self.conversation
        composer.submitted.connect(self._on_composer_submitted)
        composer.stop_requested.connect(self.stop)
        composer.edited.connect(self._keep_words)
        composer.recall_requested.connect(self._on_recall_requested)
        composer.account_chosen.connect(
            lambda account_id: self._session.choose_account(conversation, account_id)
        )
        composer.model_requested.connect(self.model_requested)
        composer.parameters_requested.connect(self.parameters_requested)
        self.notice_bar.offer_taken.connect(self._on_offer_taken)
        self.acts.offered.connect(self._on_offer_taken)
        self.acts.refused.connect(self._on_refused)
        composer.refused.connect(self._on_refused)
        composer.page.installEventFilter(self)
        self.find_bar.text_changed.connect(self._finding.look_for)
        self.find_bar.step_requested.connect(self._finding.step)
        self.find_bar.closed.connect(self.close_find_bar)
        self._finding.changed.connect(self.find_bar.show_tally)
        self.transcript.link_activated.connect(self.link_activated)
        self.transcript.edits_changed.connect(self._keep_words)
        self.transcript.edit_put_away.connect(
            lambda: self.remark(self.tr("What you typed is kept with the message you edited."))
        )
        self.transcript.writing_wanted.connect(lambda: self.setFocus())
        self.transcript.zoom_requested.connect(self.zoom_requested)
        conversation.heading_changed.connect(self.refresh)
        conversation.message_added.connect(self._on_message_added)
        conversation.message_changed.connect(self._show_streaming)
        conversation.branch_changed.connect(self._show_streaming)
        self._session.words_saved.connect(self._on_words_saved)
        self._session.words_not_saved.connect(self._on_words_not_saved)

    # Showing

    def refresh(self) -> None:
        """Show who answers and who pays, as the session knows them now."""
        heading = self.conversation.heading
        account = self._session.accounts.get(heading.account_id)
        model = self._session.catalogues.model(heading.account_id, heading.model)
        label = model.label if heading.model else ""
        self._withdraw_obstacle()
        self.composer.show_model(label, wording.prices(model.prices) if label else "")
        names = [(each.id, wording.account(each)) for each in self._session.accounts.all]
        self.composer.show_payer(
            wording.payer(account) if account else "", names, heading.account_id
        )
        self.composer.show_parameters(wording.parameters(heading.parameters, heading.system_prompt))
        self._show_streaming()

    def refresh_captions(self) -> None:
        """Show names and prices of replies as the catalogue has them now."""
        self.refresh()
        self.transcript.refresh_captions()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.transcript.set_theme(theme)
        self.find_bar.set_theme(theme)
        self.notice_bar.set_theme(theme)
        self.composer.set_theme(theme)

    def show_settings(self, settings: Settings) -> None:
        """Read and write as the person wants it."""
        width = round(WIDTHS[settings.reading_width] * max(settings.text_scale, 1.0))
        self.transcript.set_reading_width(width)
        self.transcript.set_text_scale(settings.text_scale)
        self.transcript.sends_on_enter = settings.send_key is SendKey.ENTER
        self.composer.set_send_key(settings.send_key)
        # As wide as the column and 24 at each side.
        self.composer.setMaximumWidth(width + 48)

    def tell(self, circumstance: Circumstance) -> None:
        """Show a fact that concerns this conversation."""
        self.notice_bar.add(wording.circumstance(circumstance))

    def remark(self, words: str) -> None:
        """Say something in passing, above the composer and aloud."""
        if not self.isVisible():
            return
        above = QPoint(0, -REMARK_PX)
        QToolTip.showText(self.composer.mapToGlobal(above), words, self, QRect(), REMARK_MS)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def keep_position(self) -> None:
        """Remember where the reader is, for the next start."""
        at = self.transcript.position()
        anchor = "" if at.is_end else json.dumps([at.message_id, at.block, at.offset])
        self._session.desk.keep_anchor(self.conversation.id, anchor)

    def _show_streaming(self, _message_id: object = None) -> None:
        replies = self.conversation.open_replies
        self.composer.show_streaming(bool(replies))
        if replies and not self._clock.isActive():
            self._clock.start()
        elif not replies:
            self._clock.stop()
            self._withdraw_obstacle()

    # Doing

    def stop(self) -> None:
        """End the reply under way."""
        self._session.messages.stop(self.conversation)

    def open_find_bar(self) -> None:
        """Let the person find something in the conversation; what is selected, to begin with."""
        selected = None if self._is_in_find_bar else self.transcript.selected_words
        was_open = self.find_bar.isVisible()
        self._show_find_bar()
        if selected is not None and self.find_bar.put(selected[1]):
            it = selected[0]
            begin = TextPosition(it.message_id, it.place, it.start)
            self._finding.look_for(self.find_bar.text, begin)
        elif not was_open:
            self._finding.look_for(self.find_bar.text)

    def find_beyond(self, step: int) -> None:
        """Go to the next hit (1) or the one before (-1); find first if nothing is sought."""
        if self.find_bar.isVisible():
            self._finding.step(step)
        elif not self.find_bar.text.strip():
            self.open_find_bar()
        else:
            # What was found last is selected.
            at, selected = None, self.transcript.selected_words
            if selected is not None:
                it = selected[0]
                at = TextPosition(it.message_id, it.place, it.end if step > 0 else it.start)
            self._show_find_bar()
            self._finding.look_for(self.find_bar.text, at, step)

    def _show_find_bar(self) -> None:
        if not self._is_in_find_bar:
            self._before_finding = QApplication.focusWidget()
        self.find_bar.open()

    @property
    def _is_in_find_bar(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.find_bar.isAncestorOf(focus)

    def close_find_bar(self) -> None:
        """Be done with finding; the keyboard goes back to where it was."""
        before, self._before_finding = self._before_finding, None
        if self._is_in_find_bar:
            is_there = before is not None and Shiboken.isValid(before) and before.isVisible()
            goes_to = before if before is not None and is_there else self.composer
            goes_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self.find_bar.hide()
        if self._finding.current is not None:
            # To be copied, and to be gone on from.
            self.transcript.select_stretch(self._finding.current)
        self._finding.look_for("")

    def retry_last(self) -> None:
        """Ask for the last reply again."""
        reply = self.acts.last(Role.ASSISTANT)
        if reply is not None:
            self.acts.ask_again(reply)

    def _on_composer_submitted(self, text: str) -> None:
        self.composer.hold()
        self._sending = text
        if self._session.messages.send(self.conversation, text, self._unsent):
            self.notice_bar.clear()
            self.transcript.scroll_to_end()
            return
        self._sending = ""
        self.composer.release(clear=False)
        self._on_refused()

    def _on_refused(self) -> None:
        """Say why what was asked for cannot be done now."""
        session, heading = self._session, self.conversation.heading
        account = session.accounts.get(heading.account_id)
        notice = wording.cannot_send(
            has_account=account is not None,
            has_others=bool(session.accounts.all),
            has_model=bool(heading.model),
            can_save=session.can_save,
            trouble=session.store_trouble,
            catalogue=session.catalogues.of(heading.account_id),
        )
        if self._obstacle is not None and notice != self._obstacle:
            self.notice_bar.withdraw(self._obstacle)
        self._obstacle = notice
        self.notice_bar.add(notice)
        if account is not None and not heading.model:
            session.catalogues.ask_again(account)

    def _withdraw_obstacle(self) -> None:
        if self._obstacle is not None and self._session.messages.can_send(self.conversation):
            self.notice_bar.withdraw(self._obstacle)
            self._obstacle = None

    def _on_message_added(self, _message_id: object) -> None:
        # A reply with something after it cannot be continued any more.
        self.transcript.refresh_captions()
        self._show_streaming()

    @property
    def _unsent(self) -> str:
        """All that is typed and neither sent nor being sent; also what is typed over messages.

        The view knows where each belongs; when it goes, the composer of the next shows all.
        """
        edits = self.transcript.unsent_edits
        words = self.composer.words.removeprefix(self._sending)
        return "\n\n".join([*edits, words]).strip() if edits else words

    def _keep_words(self) -> None:
        self._session.desk.keep_draft(self.conversation, self._unsent)

    def _on_recall_requested(self) -> None:
        message_id = self.acts.last(Role.USER)
        if message_id is not None:
            self.composer.recall(self.conversation.text(message_id) or "")

    def _on_words_saved(self, conversation: Conversation) -> None:
        if conversation is self.conversation:
            self.composer.release(clear=True)
            self._sending = ""
            self._keep_words()

    def _on_words_not_saved(self, conversation: Conversation) -> None:
        if conversation is not self.conversation:
            return
        self.composer.release(clear=False)
        if not self._sending:
            # Sent where nobody holds it any more: in a view or an editor that is gone.
            returned = conversation.heading.draft.removeprefix(self._unsent)
            if returned.strip():
                self.composer.recall(f"{self.composer.words}{returned}".strip("\n"))
        self._sending = ""
        self._keep_words()

    def _on_offer_taken(self, act: Act, account_id: str = "") -> None:
        others = [a for a in self._session.accounts.all if a.team is not None]
        if act is Act.CHOOSE_ACCOUNT or (act is Act.BILL_TEAM and others):
            self.composer.open_accounts()
        elif act is Act.BILL_TEAM:
            self.offered.emit(Act.EDIT_ACCOUNT, account_id)
        else:
            self.offered.emit(act, account_id)

    def _keep_day(self) -> None:
        """Say anew when messages were sent, if what was today is not today any more."""
        before, self._day = self._day, date.today()
        if before != self._day:
            self.transcript.refresh_captions()

    def _on_clock_ticked(self) -> None:
        for reply_id in self.conversation.open_replies:
            self.transcript.refresh_captions(reply_id)

    def _turn_page(self, event: QKeyEvent) -> bool:
        """Scroll the transcript by a page key the composer has no use for; say whether."""
        is_up = event.key() == Qt.Key.Key_PageUp
        is_page = is_up or event.key() == Qt.Key.Key_PageDown
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not (is_page and is_plain) or self.composer.page.verticalScrollBar().maximum():
            return False
        actions = QAbstractSlider.SliderAction
        step = actions.SliderPageStepSub if is_up else actions.SliderPageStepAdd
        self.transcript.verticalScrollBar().triggerAction(step)
        return True

    # Qt's

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take words that are typed where none are written, as after a click in the transcript."""
        page, words = self.composer.page, event.text()
        is_character = event.modifiers() & ~_SHIFTS in (Qt.KeyboardModifier.NoModifier, _ALT_GR)
        is_written = is_character and words.isprintable() and bool(words.strip())
        if not is_written or page.isReadOnly():
            super().keyPressEvent(event)
            return
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        page.insertPlainText(words)

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.composer.page
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and self._turn_page(event)
        ):
            return True
        return super().eventFilter(watched, event)

    @unfailing
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._finding.resume()
        self._keep_day()

    @unfailing
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isVisible():
            self._keep_day()


def _position(anchor: str) -> Position:
    try:
        message_id, block, offset = json.loads(anchor)
        return Position(int(message_id), int(block), int(offset))
    except (ValueError, TypeError):
        return END

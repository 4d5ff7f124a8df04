"""Notices are about what they name, and go once it is not so any more."""

import pytest

from app.chat.account import Account
from app.chat.message import Status
from app.store import rings
from app.ui.account_dialog import AccountDialog
from app.ui.notice import Act
from tests.helpers.server import KEY, Server
from tests.session import test_account_changes
from tests.ui import test_possible_actions as whole

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
server, play, staged = whole.server, whole.play, whole.staged
ring = test_account_changes.ring


async def add(stage: whole.Stage, server: Server, name: str) -> Account:
    accounts = stage.session.accounts
    accounts.add(name, server.endpoint, KEY)
    await stage.running.until(lambda: name in [each.name for each in accounts.all])
    return next(each for each in accounts.all if each.name == name)


@pytest.mark.usefixtures("ring")
def test_the_account_a_reply_failed_with_is_edited_and_not_the_one_chosen_since(
    staged: whole.Staged, server: Server
) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin()
        view = stage.window.tabs.front
        assert view is not None
        conversation, session = view.conversation, stage.session
        ada, bea = [await add(stage, server, name) for name in ("Ada", "Bea")]
        session.choose_account(conversation, ada.id)
        session.choose_model(conversation, "status:401")
        await stage.say("hi")
        [reply] = [i for i in conversation.branch if conversation.message(i).completion]
        assert conversation.message(reply).status is Status.FAILED
        session.choose_account(conversation, bea.id)
        view.transcript.offer_taken.emit(reply, Act.EDIT_ACCOUNT)
        [dialog] = stage.window.findChildren(AccountDialog)
        assert dialog.fields.name.line.text() == "Ada"
        dialog.reject()

    staged(scenario)


def test_that_there_is_no_keyring_is_said_until_every_key_is_in_one(
    staged: whole.Staged, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin()
        ada = await add(stage, server, "Ada")
        bar = stage.window.notice_bar
        await stage.running.until(lambda: bar.front and "No keyring" in bar.front.headline)
        monkeypatch.setattr(rings, "open_ring", lambda: ring_found)
        stage.session.accounts.edit(ada.id, "Ada", server.endpoint, KEY, "", None)
        await stage.running.until(lambda: bar.front is None)

    ring_found = test_account_changes.Ring()
    staged(scenario)


def test_that_a_reply_is_still_coming_is_said_until_it_has_come(staged: whole.Staged) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin("slow")
        view = stage.window.tabs.front
        assert view is not None
        stage.send("hi")
        await stage.running.until(lambda: stage.is_replying)
        stage.type("next")
        stage.key("Return")
        bar = view.notice_bar
        await stage.running.until(lambda: bar.front and "still coming" in bar.front.headline)
        stage.key("Esc")
        await stage.running.until(lambda: bar.front is None)
        assert stage.text == "next"

    staged(scenario)


@pytest.mark.usefixtures("ring")
def test_the_models_of_an_account_that_is_gone_are_gone(
    staged: whole.Staged, server: Server
) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin()
        ada = await add(stage, server, "Ada")
        view = stage.window.tabs.front
        assert view is not None
        stage.session.choose_account(view.conversation, ada.id)
        stage.session.choose_model(view.conversation, "test/echo")
        await stage.say("hi")
        rows = stage.window.models.list.model()
        await stage.running.until(lambda: rows.rowCount() > 0)
        stage.session.accounts.remove(ada.id)
        await stage.running.until(lambda: rows.rowCount() == 0)

    staged(scenario)

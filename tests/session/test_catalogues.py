"""The list of models belongs to a key and a team, and says how old it is."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.chat.account import Account
from app.chat.failure import Kind
from app.chat.model import Catalogue
from app.store import catalogue as store
from app.ui import wording
from app.ui.models_pane import ModelsPane
from tests.helpers.secret_service import SecretService, secret_service
from tests.helpers.server import KEY, Server
from tests.session.conftest import PATIENCE_S, Running, Scenario

Play = Callable[[Scenario], None]
JSON = {"Content-Type": "application/json"}
PRIVATE = "internal/glm-fast"


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with secret_service(tmp_path / "keyring-home") as service:
        address = service.environ["DBUS_SESSION_BUS_ADDRESS"]
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield service


def fail(server: Server, status: int = 500, times: int = 1) -> None:
    for _ in range(times):
        server.script(b'{"error": {"message": "no"}}', status=status, headers=JSON)


async def started(running: Running, server: Server) -> None:
    await running.start("test/echo")
    await running.until(lambda: running.session.catalogues.of("environment").models)
    server.reset()


async def add_with_private_model(running: Running, server: Server) -> Account:
    """Add an account whose key can see a private model, and return it once that is on disk."""
    await started(running, server)
    listed = {"data": [{"id": PRIVATE}, {"id": "test/echo"}]}
    server.script(json.dumps(listed).encode(), headers=JSON)
    added: list[Account] = []
    running.session.accounts.added.connect(added.append)
    running.session.accounts.add("Ada", server.endpoint, KEY, "Lab", "team-1")
    await running.until(lambda: added)
    await settled(running, added[0].id)
    assert running.session.catalogues.of(added[0].id).find(PRIVATE)
    async with asyncio.timeout(PATIENCE_S):
        while await on_disk(running, added[0].id) is None:  # noqa: ASYNC110 - a thread writes it
            await asyncio.sleep(0.005)
    return added[0]


async def settled(running: Running, account_id: str) -> Catalogue:
    def known() -> Catalogue:
        return running.session.catalogues.of(account_id)

    await running.until(lambda: (known().models or known().failure) and not known().is_loading)
    return known()


async def on_disk(running: Running, account_id: str) -> store.Catalogue | None:
    # Behind whatever is on its way to the disk.
    return await asyncio.wrap_future(running.database.write(store.load_catalogue, account_id))


# What one key or team can see


@pytest.mark.parametrize("change", ["key", "team", "no team", "address"])
def test_what_a_key_could_see_is_gone_with_it_in_memory_and_on_disk(
    play: Play, server: Server, keyring: SecretService, change: str
) -> None:
    key, team, team_id = None, "Lab", None
    endpoint = server.endpoint
    if change == "key":
        key = "sk-another"
    elif change == "team":
        team_id = "team-2"
    elif change == "no team":
        team, team_id = "", ""
    else:
        endpoint = f"{server.endpoint}/v2"

    async def scenario(running: Running) -> None:
        account = await add_with_private_model(running, server)
        seen: list[bool] = []
        running.session.catalogue_changed.connect(
            lambda i: seen.append(running.session.catalogues.of(i).find(PRIVATE) is not None)
        )
        fail(server)
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        running.session.accounts.edit(account.id, "Ada", endpoint, key, team, team_id)
        await running.until(lambda: edited)
        assert (await settled(running, account.id)).models == ()
        assert not any(seen)
        assert await on_disk(running, account.id) is None

    play(scenario)


def test_a_new_name_leaves_the_list_alone(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add_with_private_model(running, server)
        before = len(server.requests())
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        running.session.accounts.edit(account.id, "Grace", server.endpoint, None, "Lab 2", None)
        await running.until(lambda: edited)
        assert running.session.catalogues.of(account.id).find(PRIVATE)
        assert await on_disk(running, account.id) is not None
        assert len(server.requests()) == before

    play(scenario)


def test_the_list_of_the_environments_key_is_not_kept(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        assert await on_disk(running, "environment") is None

    play(scenario)


# Where it cannot be had


@pytest.mark.parametrize(("status", "kind"), [(401, Kind.KEY_REFUSED), (403, Kind.FORBIDDEN)])
def test_a_refused_key_still_sees_what_anybody_sees_and_is_told(
    play: Play, server: Server, status: int, kind: Kind
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        account = running.session.accounts.get("environment")
        assert account is not None
        fail(server, status)
        running.session.catalogues.refresh(account)
        await running.until(lambda: running.session.catalogues.of(account.id).failure)
        known = await settled(running, account.id)
        assert known.failure is not None
        assert known.failure.kind is kind
        assert known.find("test/echo")
        assert "key" in wording.catalogue_state(known)

    play(scenario)
    with_key, without = server.requests()
    assert "authorization" in with_key.headers
    assert "authorization" not in without.headers
    assert "x-prime-team-id" not in without.headers


def test_a_refused_key_is_told_also_where_nobody_sees_anything(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        before = running.session.catalogues.of("environment")
        account = running.session.accounts.get("environment")
        assert account is not None
        fail(server, 401)
        fail(server, 500)
        running.session.catalogues.refresh(account)
        await running.until(lambda: running.session.catalogues.of(account.id).failure)
        known = running.session.catalogues.of(account.id)
        assert known.failure is not None
        assert known.failure.kind is Kind.KEY_REFUSED
        assert (known.models, known.fetched) == (before.models, before.fetched)

    play(scenario)


def test_the_list_of_before_is_shown_with_its_age_where_nobody_answers(
    play: Play, server: Server, keyring: SecretService
) -> None:
    ids: list[str] = []

    async def scenario(running: Running) -> None:
        ids.append((await add_with_private_model(running, server)).id)

    async def later(running: Running) -> None:
        fail(server, 500, times=2)
        await running.start("test/echo")
        await running.until(lambda: running.session.catalogues.of(ids[0]).failure)
        known = running.session.catalogues.of(ids[0])
        assert known.find(PRIVATE)
        assert known.fetched is not None
        said = wording.catalogue_state(known)
        assert known.fetched.astimezone().strftime("%d %b %H:%M") in said

    play(scenario)
    play(later)


# Listed and not there, there and not listed


def accessible(pane: ModelsPane, label: str) -> str:
    rows = pane.list.model()
    texts = [
        str(rows.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))
        for row in range(rows.rowCount())
    ]
    return next(text for text in texts if label in text)


def test_a_listed_model_that_is_not_there_is_marked_until_the_next_list(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        await running.until(lambda: running.session.catalogues.of("environment").models)
        server.script(
            b'{"error": {"message": "Model not found", "code": "not_found_error"}}',
            status=404,
            headers=JSON,
        )
        assert running.session.messages.send(conversation, "hello")
        await running.until(lambda: running.session.catalogues.gone("environment"))
        pane = ModelsPane()
        known, gone = running.session.catalogues, running.session.catalogues.gone("environment")
        pane.show_catalogue(known.of("environment"), "test/echo", has_account=True, gone=gone)
        assert "in use · not available" in accessible(pane, "test/echo")
        account = running.session.accounts.get("environment")
        assert account is not None
        known.refresh(account)
        await running.until(lambda: not known.of("environment").is_loading)
        assert known.gone("environment") == frozenset()
        pane.deleteLater()

    play(scenario)


def test_a_model_that_is_not_listed_stays_the_one_that_was_chosen(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("old/removed")
        known = await settled(running, "environment")
        account = running.session.accounts.get("environment")
        assert account is not None
        running.session.catalogues.refresh(account)
        await running.until(lambda: not running.session.catalogues.of("environment").is_loading)
        assert conversation.heading.model == "old/removed"
        pane = ModelsPane()
        pane.show_catalogue(known, conversation.heading.model, has_account=True)
        assert "in use · not listed" in accessible(pane, "old/removed")
        pane.deleteLater()

    play(scenario)

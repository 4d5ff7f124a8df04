"""Secrets in a real Secret Service: gnome-keyring on a bus of the test's own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.chat.account import PRIME_ENDPOINT, Account, Credentials, SecretSource
from app.store.secrets import (
    KeyMissing,
    NoBackend,
    Secrets,
    SecretsLocked,
    SecretsSilent,
    TeamMissing,
)
from tests.helpers.secret_service import SecretService, secret_service

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the other systems have keyrings of their own"
)

ROOT = Path(__file__).parents[2]
TEAM = Account("a2", "Work", PRIME_ENDPOINT, team="Blue")
PERSONAL = Account("ä😀", "Me", PRIME_ENDPOINT)
BOTH = Credentials("sk-canary-key", "canary-team")
PROGRAM = """
import sys
from app.chat.account import Account, Credentials, PRIME_ENDPOINT
from app.store.secrets import Secrets

secrets = Secrets({})
account = Account("a2", "Work", PRIME_ENDPOINT, team="Blue")
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with secret_service(tmp_path / "keyring-home") as it:
        for name, value in it.environ.items():
            monkeypatch.setenv(name, value)
        yield it


def run(program: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM + program],
        cwd=ROOT,
        check=True,
        timeout=20,
        capture_output=True,
        text=True,
    )
    assert not ended.stderr
    return ended.stdout.strip()


def test_it_is_called_by_its_name(service: SecretService) -> None:
    assert Secrets({}).backend().result() == "GNOME Keyring"


def test_secrets_outlive_the_program_and_the_keyring_and_can_be_changed_and_deleted(
    service: SecretService, tmp_path: Path
) -> None:
    secrets = Secrets({})
    assert secrets.write(TEAM, BOTH).result() == TEAM
    read = "it = secrets.read(account).result(); print(it.key, it.team_id)"
    assert run(read) == "sk-canary-key canary-team"
    service.stop()
    service.start()
    assert run(read) == "sk-canary-key canary-team"
    run("secrets.write(account, Credentials('sk-changed', 'team-changed')).result()")
    assert secrets.read(TEAM).result() == Credentials("sk-changed", "team-changed")
    run("secrets.delete(account).result()")
    assert isinstance(secrets.read(TEAM).exception(), KeyMissing)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"canary" not in path.read_bytes()


def test_accounts_do_not_see_each_others_secrets(service: SecretService) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    secrets.write(PERSONAL, Credentials("~" * 512)).result()
    assert secrets.read(PERSONAL).result() == Credentials("~" * 512)
    assert isinstance(secrets.read(replace(PERSONAL, team="Red")).exception(), TeamMissing)
    secrets.delete(PERSONAL).result()
    assert secrets.read(TEAM).result() == BOTH


def test_properties_in_the_environment_do_not_move_secrets(
    service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session"
    )
    monkeypatch.setenv("KEYRING_PROPERTY_SCHEME", "KeePassXC")
    Secrets({}).write(TEAM, BOTH).result()
    service.stop()
    service.start()
    assert Secrets({}).read(TEAM).result() == BOTH


def test_a_locked_keyring_is_said_to_be_locked(service: SecretService) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    service.stop()
    service.start(unlocked=False)
    for future in (secrets.read(TEAM), secrets.write(TEAM, BOTH), secrets.delete(TEAM)):
        assert isinstance(future.exception(), SecretsLocked)
    service.stop()
    service.start()
    assert secrets.read(TEAM).result() == BOTH


def test_a_silent_keyring_fails_within_the_budget_and_works_once_it_answers(
    service: SecretService,
) -> None:
    secrets = Secrets({}, budget_s=0.5)
    secrets.write(TEAM, BOTH).result()
    service.pause()
    began = time.monotonic()
    futures = [secrets.read(TEAM) for _ in range(20)]
    assert all(isinstance(future.exception(), SecretsSilent) for future in futures)
    assert isinstance(secrets.write(TEAM, BOTH).exception(), SecretsSilent)
    assert time.monotonic() - began < 1.5
    service.resume()
    deadline = time.monotonic() + 5
    while secrets.read(TEAM).exception() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_silent_keyring_does_not_keep_the_program_from_ending(service: SecretService) -> None:
    service.pause()
    began = time.monotonic()
    run(
        "secrets = Secrets({}, budget_s=0.2)\n"
        "assert type(secrets.read(account).exception()).__name__ == 'SecretsSilent'"
    )
    assert time.monotonic() - began < 2 + 1.0


def test_a_keyring_that_went_away_is_missed_and_found_again(service: SecretService) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    service.stop()
    assert isinstance(secrets.read(TEAM).exception(), NoBackend)
    assert secrets.backend().result() is None
    kept = secrets.write(TEAM, BOTH).result()
    assert kept.source is SecretSource.MEMORY
    service.start()
    assert secrets.read(TEAM).result() == BOTH


def test_asking_leaves_no_connection_open(service: SecretService) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        secrets.read(TEAM).result()
    service.stop()
    service.start(unlocked=False)
    for _ in range(10):
        secrets.read(TEAM).exception()
    assert len(os.listdir("/proc/self/fd")) <= before + 1

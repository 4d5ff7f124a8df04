"""Secrets without a keyring, and with a keyring that behaves in every bad way."""

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyring.errors import KeyringLocked

from app.chat.account import DEMO, NO_CREDENTIALS, PRIME_ENDPOINT, Account, Credentials
from app.chat.account import SecretSource as Source
from app.store import rings
from app.store.secrets import (
    KeyMissing,
    NoBackend,
    Secrets,
    SecretsError,
    SecretsLocked,
    SecretsRefused,
    SecretsSilent,
    TeamMissing,
)

ROOT = Path(__file__).parents[2]
PERSONAL = Account("a1", "Me", PRIME_ENDPOINT)
TEAM = Account("a2", "Work", PRIME_ENDPOINT, team="Blue")
KEY, TEAM_ID = "sk-canary-key", "canary-team"
BOTH = Credentials(KEY, TEAM_ID)


class Ring:
    """A keyring in memory that can be told to misbehave."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fail: Callable[[str, str], None] = lambda verb, service: None

    def get_password(self, service: str, username: str) -> str | None:
        self.fail("get", service)
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.fail("set", service)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.fail("delete", service)
        del self.entries[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    it = Ring()
    monkeypatch.setattr(rings, "open_ring", lambda: it)
    return it


def failure(future: Future[Any]) -> BaseException:
    error = future.exception(timeout=10)
    assert error is not None
    assert KEY not in repr(error)
    assert TEAM_ID not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


# Where there is no keyring to ask


def test_the_demo_needs_no_secrets() -> None:
    assert Secrets({}).read(DEMO).result() == NO_CREDENTIALS


def test_the_environment_gives_its_key_and_team() -> None:
    environ = {"PRIME_API_KEY": f" Bearer {KEY}\n", "PRIME_TEAM_ID": f"{TEAM_ID} "}
    secrets = Secrets(environ)
    environ.clear()
    personal = replace(PERSONAL, source=Source.ENVIRONMENT)
    assert secrets.read(replace(personal, team="Blue")).result() == BOTH
    assert secrets.read(personal).result() == Credentials(KEY)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, KeyMissing),
        ({"PRIME_API_KEY": " "}, KeyMissing),
        ({"PRIME_API_KEY": KEY}, TeamMissing),
        ({"PRIME_API_KEY": KEY, "PRIME_TEAM_ID": " "}, TeamMissing),
        ({"PRIME_API_KEY": f"ä{KEY}", "PRIME_TEAM_ID": TEAM_ID}, SecretsRefused),
        ({"PRIME_API_KEY": KEY, "PRIME_TEAM_ID": f"ä{TEAM_ID}"}, SecretsRefused),
    ],
)
def test_an_environment_that_lacks_something_gives_nothing(
    environ: dict[str, str], expected: type[SecretsError]
) -> None:
    account = replace(TEAM, source=Source.ENVIRONMENT)
    assert type(failure(Secrets(environ).read(account))) is expected


def test_without_a_bus_secrets_are_kept_for_this_run_and_it_is_said() -> None:
    secrets = Secrets({})
    assert secrets.backend().result() is None
    assert type(failure(secrets.read(TEAM))) is NoBackend
    kept = secrets.write(TEAM, BOTH).result()
    assert kept == replace(TEAM, source=Source.MEMORY)
    assert secrets.read(kept).result() == BOTH
    assert type(failure(Secrets({}).read(kept))) is KeyMissing
    assert secrets.delete(kept).result() is None
    assert secrets.delete(TEAM).result() is None
    assert type(failure(secrets.read(kept))) is KeyMissing


def test_what_is_meant_for_memory_does_not_reach_the_keyring(ring: Ring) -> None:
    secrets = Secrets({})
    account = replace(TEAM, source=Source.MEMORY)
    assert secrets.write(account, BOTH).result() == account
    assert secrets.read(account).result() == BOTH
    assert not ring.entries


def test_nothing_of_it_shows_or_pickles_a_secret(ring: Ring) -> None:
    secrets = Secrets({"PRIME_API_KEY": KEY, "PRIME_TEAM_ID": TEAM_ID})
    secrets.write(replace(TEAM, source=Source.MEMORY), BOTH).result()
    assert KEY not in repr(secrets)
    with pytest.raises(TypeError):
        pickle.dumps(secrets)


# With a keyring


def test_a_key_and_its_team_are_two_entries_of_their_own_names(ring: Ring) -> None:
    secrets = Secrets({})
    assert secrets.write(TEAM, BOTH).result() == TEAM
    assert ring.entries == {
        ("coprime:a2:key", "coprime"): KEY,
        ("coprime:a2:team", "coprime"): TEAM_ID,
    }
    assert secrets.read(TEAM).result() == BOTH
    secrets.delete(TEAM).result()
    assert not ring.entries
    assert type(failure(secrets.read(TEAM))) is KeyMissing


def test_an_account_whose_team_id_is_lost_gives_no_key(ring: Ring) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    del ring.entries["coprime:a2:team", "coprime"]
    assert type(failure(secrets.read(TEAM))) is TeamMissing


def test_a_team_is_never_left_out_or_added_unseen(ring: Ring) -> None:
    secrets = Secrets({})
    assert type(failure(secrets.write(TEAM, Credentials(KEY)))) is TeamMissing
    with pytest.raises(ValueError, match="team"):
        secrets.write(PERSONAL, BOTH)
    assert not ring.entries


def test_an_account_that_leaves_its_team_forgets_the_teams_id(ring: Ring) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, BOTH).result()
    alone = replace(TEAM, team=None)
    assert secrets.read(alone).result() == Credentials(KEY)
    secrets.write(alone, Credentials(KEY)).result()
    assert ring.entries == {("coprime:a2:key", "coprime"): KEY}


def test_what_lies_there_and_is_no_key_is_refused(ring: Ring) -> None:
    ring.entries["coprime:a1:key", "coprime"] = f"{KEY}\r\nX-Other: 1"
    assert type(failure(Secrets({}).read(PERSONAL))) is SecretsRefused


def test_a_key_that_is_not_taken_takes_back_the_new_team(ring: Ring) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, Credentials("old-key", "old-team")).result()

    def refuse(verb: str, service: str) -> None:
        if (verb, service) == ("set", "coprime:a2:key"):
            raise RuntimeError(f"cannot store {KEY}")

    ring.fail = refuse
    assert type(failure(secrets.write(TEAM, BOTH))) is SecretsRefused
    ring.fail = lambda verb, service: None
    assert secrets.read(TEAM).result() == Credentials("old-key", "old-team")


def test_a_keyring_that_keeps_something_else_is_not_believed(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring, "set_password", lambda *_: None)
    assert type(failure(Secrets({}).write(PERSONAL, Credentials(KEY)))) is SecretsRefused


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (KeyringLocked(KEY), SecretsLocked),
        (OSError(5, KEY), SecretsRefused),
        (UnicodeEncodeError("ascii", KEY, 0, 1, KEY), SecretsRefused),
    ],
)
def test_errors_are_of_our_kind_and_hold_no_secret(
    ring: Ring, raised: Exception, expected: type[SecretsError]
) -> None:
    def fail(verb: str, service: str) -> None:
        raise raised

    ring.fail = fail
    secrets = Secrets({})
    for future in (secrets.read(TEAM), secrets.write(TEAM, BOTH), secrets.delete(TEAM)):
        assert type(failure(future)) is expected


def test_a_silent_keyring_fails_in_time_and_the_late_write_goes_no_further(ring: Ring) -> None:
    go_on, back = threading.Event(), threading.Event()

    def hang(verb: str, service: str) -> None:
        if verb == "set":
            go_on.wait(30)
            back.set()

    ring.fail = hang
    secrets = Secrets({}, budget_s=0.1)
    assert type(failure(secrets.write(TEAM, BOTH))) is SecretsSilent
    assert type(failure(secrets.read(TEAM))) is SecretsSilent
    go_on.set()
    back.wait(5)
    ring.fail = lambda verb, service: None
    for _ in range(200):
        if type(secrets.read(TEAM).exception()) is not SecretsSilent:
            break
    assert ("coprime:a2:key", "coprime") not in ring.entries


@pytest.mark.parametrize("late", ["team", "key"])
@pytest.mark.parametrize("given", [BOTH, Credentials(KEY)])
def test_a_late_write_mixes_no_key_with_the_team_of_another(
    ring: Ring, late: str, given: Credentials
) -> None:
    go_on = threading.Event()

    def hang(verb: str, service: str) -> None:
        if verb != "get" and service == f"coprime:a2:{late}":
            go_on.wait(30)

    secrets = Secrets({}, budget_s=0.1)
    secrets.write(TEAM, Credentials("old-key", "old-team")).result()
    ring.fail = hang
    account = TEAM if given.team_id else replace(TEAM, team=None)
    assert type(failure(secrets.write(account, given))) is SecretsSilent
    go_on.set()
    while type(secrets.read(TEAM).exception()) is SecretsSilent:
        time.sleep(0.01)
    assert secrets.read(TEAM).result() == Credentials("old-key", "old-team")


@pytest.mark.parametrize("verb", ["set", "get"])
@pytest.mark.parametrize("part", ["team", "key"])
def test_a_new_account_that_is_refused_half_way_leaves_nothing(
    ring: Ring, verb: str, part: str
) -> None:
    refused: list[str] = []

    def refuse(asked: str, service: str) -> None:
        # Also once it has kept it, when it is looked at.
        is_kept = (service, "coprime") in ring.entries or asked == "set"
        if (asked, service) == (verb, f"coprime:a2:{part}") and is_kept and not refused:
            refused.append(service)
            raise OSError

    ring.fail = refuse
    secrets = Secrets({})
    assert type(failure(secrets.write(TEAM, BOTH))) is SecretsRefused
    assert refused
    assert not ring.entries
    assert not secrets.is_torn(TEAM.id)


@pytest.mark.parametrize("late", ["team", "key"])
def test_a_new_account_that_is_kept_too_late_leaves_nothing(ring: Ring, late: str) -> None:
    go_on = threading.Event()

    def hang(verb: str, service: str) -> None:
        if verb == "set" and service == f"coprime:a2:{late}":
            go_on.wait(30)

    secrets = Secrets({}, budget_s=0.1)
    ring.fail = hang
    error = failure(secrets.write(TEAM, BOTH))
    assert isinstance(error, SecretsSilent)
    assert error.over is not None
    go_on.set()
    error.over.result(timeout=5)
    assert not ring.entries
    assert not secrets.is_torn(TEAM.id)


def test_what_cannot_be_put_back_is_not_read_until_it_is_whole_again(ring: Ring) -> None:
    secrets = Secrets({})
    secrets.write(TEAM, Credentials("old-key", "old-team")).result()
    sets: list[str] = []

    def refuse(verb: str, service: str) -> None:
        if verb == "set":
            sets.append(service)
            if len(sets) > 1:
                raise OSError

    ring.fail = refuse
    assert type(failure(secrets.write(TEAM, BOTH))) is SecretsRefused
    assert ring.entries["coprime:a2:team", "coprime"] == TEAM_ID
    assert ring.entries["coprime:a2:key", "coprime"] == "old-key"
    ring.fail = lambda verb, service: None
    assert secrets.is_torn(TEAM.id)
    assert type(failure(secrets.read(TEAM))) is KeyMissing
    secrets.write(TEAM, BOTH).result()
    assert secrets.read(TEAM).result() == BOTH


STUCK = """
import sys, threading, time
from app.chat.account import Account, PRIME_ENDPOINT
from app.store import rings
from app.store.secrets import Secrets, SecretsSilent

class Ring:
    def get_password(self, service, username):
        time.sleep(3600)

rings.open_ring = Ring
error = Secrets({}, budget_s=0.2).read(Account("a", "Me", PRIME_ENDPOINT)).exception()
assert isinstance(error, SecretsSilent)
"""


def test_a_stuck_keyring_does_not_keep_the_program_from_ending() -> None:
    subprocess.run([sys.executable, "-c", STUCK], cwd=ROOT, check=True, timeout=10)


LAZY = """
import sys
from app.store.secrets import Secrets
from app.chat.account import DEMO
Secrets({}).read(DEMO).result()
assert not {"keyring", "secretstorage", "cryptography", "jeepney"} & set(sys.modules)
"""


def test_nothing_heavy_is_loaded_before_the_keyring_is_asked() -> None:
    subprocess.run([sys.executable, "-c", LAZY], cwd=ROOT, check=True, timeout=10)


THIEF = """
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username):
        return "stolen"
    def set_password(self, service, username, password):
        open("stolen.txt", "a").write(password)
"""
REDIRECTED = """
import sys
from app.chat.account import Account, Credentials, PRIME_ENDPOINT, SecretSource
from app.store.secrets import Secrets
secrets = Secrets({})
assert secrets.backend().result() is None
kept = secrets.write(Account("a", "Me", PRIME_ENDPOINT), Credentials("sk-1")).result()
assert kept.source is SecretSource.MEMORY
assert "thief" not in sys.modules
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a keyring is always there")
def test_neither_a_variable_nor_a_file_puts_another_keyring_in_place(tmp_path: Path) -> None:
    (tmp_path / "thief.py").write_text(THIEF)
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "python_keyring"
    data = Path(os.environ["XDG_DATA_HOME"]) / "python_keyring"
    for folder in (config, data):
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=thief.Keyring\nkeyring-path={tmp_path}\n"
        )
    subprocess.run(
        [sys.executable, "-c", REDIRECTED],
        env={
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "thief.Keyring",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]),
        },
        cwd=tmp_path,
        check=True,
        timeout=20,
    )
    assert not (tmp_path / "stolen.txt").exists()

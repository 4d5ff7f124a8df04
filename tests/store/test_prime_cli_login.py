"""The Prime CLI's login: read as the CLI reads it, sent nowhere else, never written."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.chat.account import PRIME_ENDPOINT, PRIME_PLATFORM, Credentials
from app.store.prime_cli import FILE_LIMIT, CliLogin, cli_login

KEY = "pit_of_the_file"
OTHER = "https://staging.example.org/api/v1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def write(home: Path, document: Any, context: str | None = None) -> Path:
    folder = home / ".prime" / "environments"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.parent / "config.json" if context is None else folder / f"{context}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def found(home: Path, **environ: str) -> CliLogin:
    login = cli_login(environ, home)
    assert login is not None
    return login


def test_a_login_as_the_cli_writes_it_is_found(home: Path) -> None:
    path = write(
        home,
        {
            "api_key": KEY,
            "team_id": "team-1",
            "team_name": "Research Lab",
            "inference_url": "https://api.pinference.ai/api/v1/",
            "current_environment": "production",
        },
    )
    assert cli_login({}, home) == CliLogin(
        "production", PRIME_ENDPOINT, "Research Lab", Credentials(KEY, "team-1"), path
    )


def test_a_login_shows_nothing_secret_of_itself(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "team-1"})
    login = found(home)
    assert KEY not in repr(login)
    assert "team-1" not in repr(login)


def test_a_key_alone_asks_prime_and_the_personal_balance_pays(home: Path) -> None:
    write(home, {"api_key": f"  {KEY}\n", "team_id": " ", "inference_url": None})
    login = found(home)
    assert (login.name, login.endpoint, login.team) == ("production", PRIME_ENDPOINT, None)
    assert login.credentials == Credentials(KEY)


def test_a_team_without_a_name_is_called_team(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "t", "team_name": None})
    assert found(home).team == "Team"


@pytest.mark.parametrize("document", [{}, {"api_key": ""}, {"api_key": " \n"}, {"api_key": None}])
def test_without_a_key_there_is_no_login(home: Path, document: Any) -> None:
    write(home, document)
    assert cli_login({}, home) is None


def test_nothing_is_made_or_changed(home: Path) -> None:
    home.mkdir(exist_ok=True)
    before = sorted(home.rglob("*"))
    assert cli_login({"PRIME_CONTEXT": "lab"}, home) is None
    assert sorted(home.rglob("*")) == before
    path = write(home, {"api_key": KEY})
    path.chmod(0o400)
    times = path.stat().st_mtime_ns, path.parent.stat().st_mtime_ns
    found(home)
    assert (path.stat().st_mtime_ns, path.parent.stat().st_mtime_ns) == times


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"api_key": 5}',
        b'{"api_key": ["k"]}',
        b'{"api_key": "two words"}',
        b'{"api_key": "sch\xc3\xb6n"}',
        b'{"api_key": "k", "inference_url": 7}',
        b'{"api_key": "k", "inference_url": "http://example.org"}',
        b'{"api_key": "k", "inference_url": "https://me:secret@example.org"}',
        b'{"api_key": "k", "team_id": 7}',
        b'{"api_key": "k", "team_id": "a team"}',
        b'{"api_key": "k"}' + b" " * FILE_LIMIT,
    ],
    ids=str,
)
def test_a_file_that_cannot_be_used_offers_nothing(home: Path, content: bytes) -> None:
    write(home, {}).write_bytes(content)
    assert cli_login({}, home) is None


def test_a_byte_order_mark_is_no_obstacle(home: Path) -> None:
    write(home, {}).write_bytes(b'\xef\xbb\xbf{"api_key": "k"}')
    assert found(home).credentials == Credentials("k")


def test_wrong_types_where_nothing_depends_on_them_do_not_matter(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "t", "team_name": 3, "current_environment": []})
    login = found(home)
    assert (login.name, login.team) == ("production", "Team")


def test_labels_are_one_line_and_not_endless(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "t", "team_name": "A\n\u202eB" + "x" * 5000})
    team = found(home).team
    assert team is not None
    assert team.startswith("A Bxxx")
    assert len(team) == 200


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(home: Path) -> None:
    path = write(home, {})
    path.unlink()
    os.mkfifo(path)
    assert cli_login({}, home) is None


def test_a_folder_in_place_of_the_file_offers_nothing(home: Path) -> None:
    (home / ".prime" / "config.json").mkdir(parents=True)
    assert cli_login({}, home) is None


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_to_a_file_is_followed_and_a_circle_is_not(home: Path, tmp_path: Path) -> None:
    path = write(home, {"api_key": KEY})
    kept = path.rename(tmp_path / "dotfiles.json")
    path.symlink_to(kept)
    assert found(home).credentials.key == KEY
    path.unlink()
    path.symlink_to(path)
    assert cli_login({}, home) is None


# With the environment


def test_the_environments_key_and_address_never_mix_with_the_files(home: Path) -> None:
    write(home, {"api_key": KEY, "inference_url": OTHER})
    login = found(home, PRIME_API_KEY="sk-env", PRIME_INFERENCE_URL="https://elsewhere.example")
    assert login.credentials.key == KEY
    assert login.endpoint == OTHER


def test_the_team_of_the_environment_pays_under_its_own_label(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "team-1", "team_name": "Research Lab"})
    login = found(home, PRIME_TEAM_ID=" team-2 ")
    assert login.team == "Team in PRIME_TEAM_ID"
    assert login.credentials == Credentials(KEY, "team-2")


def test_a_team_of_the_environment_that_cannot_be_one_leaves_no_login(home: Path) -> None:
    write(home, {"api_key": KEY})
    assert cli_login({"PRIME_TEAM_ID": "not a team"}, home) is None


def test_a_context_is_read_over_the_file(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "team-1", "team_name": "Research Lab"})
    path = write(home, {"api_key": "of-lab", "inference_url": OTHER}, "lab")
    assert found(home, PRIME_CONTEXT="lab") == CliLogin(
        "lab", OTHER, None, Credentials("of-lab"), path
    )


def test_a_context_without_a_key_borrows_it_only_for_the_same_address(home: Path) -> None:
    path = write(home, {"api_key": KEY})
    write(home, {"team_id": "team-2", "team_name": "Lab"}, "near")
    write(home, {"inference_url": OTHER}, "far")
    near = found(home, PRIME_CONTEXT="near")
    assert (near.team, near.credentials, near.path) == ("Lab", Credentials(KEY, "team-2"), path)
    assert cli_login({"PRIME_CONTEXT": "far"}, home) is None


def test_a_context_with_an_empty_key_is_logged_out(home: Path) -> None:
    write(home, {"api_key": KEY})
    write(home, {"api_key": ""}, "lab")
    assert cli_login({"PRIME_CONTEXT": "lab"}, home) is None


def test_the_production_context_is_personal_and_keeps_the_key_at_home(home: Path) -> None:
    write(home, {"api_key": KEY, "team_id": "team-1", "current_environment": "lab"})
    login = found(home, PRIME_CONTEXT="Production")
    assert (login.name, login.endpoint, login.team) == ("production", PRIME_ENDPOINT, None)
    write(home, {"api_key": KEY, "inference_url": OTHER})
    assert cli_login({"PRIME_CONTEXT": "production"}, home) is None


@pytest.mark.parametrize("name", ["gone", "../config", "a/b", "..", "a\0b", "x" * 5000])
def test_a_context_that_is_not_there_leaves_no_login(home: Path, name: str) -> None:
    write(home, {"api_key": KEY})
    assert cli_login({"PRIME_CONTEXT": name}, home) is None


# The platform


@pytest.mark.parametrize(
    ("named", "platform"),
    [
        ({}, ""),
        ({"base_url": PRIME_PLATFORM}, ""),
        ({"base_url": f" {PRIME_PLATFORM}/api/v1/ "}, ""),
        ({"base_url": PRIME_PLATFORM, "inference_url": OTHER}, PRIME_PLATFORM),
        ({"inference_url": OTHER}, ""),
        ({"base_url": "https://platform.example/api/v1"}, "https://platform.example"),
        ({"base_url": "http://localhost:8000/"}, "http://localhost:8000"),
        ({"base_url": "http://platform.example"}, ""),
        ({"base_url": "https://platform.example/?a"}, ""),
        ({"base_url": 7}, ""),
        ({"base_url": None}, ""),
    ],
)
def test_the_platform_of_a_login_is_that_of_its_file(
    home: Path, named: dict[str, Any], platform: str
) -> None:
    write(home, {"api_key": KEY, **named})
    assert found(home).platform == platform


def test_the_environments_platform_is_not_for_the_key_of_a_file(home: Path) -> None:
    write(home, {"api_key": KEY})
    environ = {"PRIME_API_BASE_URL": "https://elsewhere.example", "PRIME_BASE_URL": OTHER}
    assert found(home, **environ).platform == ""


def test_a_context_brings_its_platform_with_its_own_key_only(home: Path) -> None:
    write(home, {"api_key": KEY, "base_url": "https://one.example"})
    write(home, {"api_key": "of-lab", "base_url": "https://two.example"}, "lab")
    write(home, {"team_id": "team-2", "base_url": "https://two.example"}, "near")
    assert found(home, PRIME_CONTEXT="lab").platform == "https://two.example"
    assert found(home, PRIME_CONTEXT="near").platform == "https://one.example"
    assert found(home, PRIME_CONTEXT="production").platform == "https://one.example"

"""Prime CLI: what its environment and its own files offer of an account. Read, never written.

A key goes to the address it was found with: one of the environment to that of
the environment, one of a file to that of the file. A mix is never made, and a
login of which it cannot be told who would pay is none.
Sources: https://docs.primeintellect.ai/inference and, for the files,
PrimeIntellect-ai/prime, packages/prime/src/prime_cli/core/config.py.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.chat.account import (
    ENVIRONMENT_ID,
    ENVIRONMENT_NAME,
    PRIME_ENDPOINT,
    PRIME_PLATFORM,
    Account,
    Credentials,
    InvalidEndpoint,
    InvalidSecret,
    SecretSource,
    clean_secret,
    normalise_endpoint,
    origin,
)

PRODUCTION = "production"
"""The context the CLI has built in, and begins with."""
ENVIRONMENT_TEAM = "Team in PRIME_TEAM_ID"
PLATFORM_VARIABLES = ("PRIME_API_BASE_URL", "PRIME_BASE_URL")
"""The first that is set counts."""
FILE_LIMIT = 1 << 20
"""Bytes; the CLI writes less than one thousand."""
LABEL_LIMIT = 200

_CONTEXT = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class CliLogin:
    """What the Prime CLI is logged in with on this computer."""

    name: str
    """The CLI's context, "production" for most people."""
    endpoint: str
    """The address the key was found with, as `normalise_endpoint` returns it."""
    team: str | None
    """The team's label; None: the personal balance pays."""
    credentials: Credentials = field(repr=False)
    """With a team ID exactly when there is a team."""
    path: Path
    """The file the key was read from."""
    platform: str = ""
    """The platform that file names, where it is not the one the address has anyway."""


class _Unusable(Exception):
    """A file is there, but no login can be made of it. Never holds what it held."""


class InvalidEnvironment(Exception):
    """A variable of the environment cannot be used. For a person to read."""

    def __init__(self, variable: str, sentence: str) -> None:
        super().__init__(sentence)
        self.variable = variable


def environment_account(environ: Mapping[str, str]) -> Account | None:
    """Return the account of `PRIME_API_KEY`, or None where that is not set.

    Raises:
        InvalidEnvironment: it is set, and it or its company cannot be used.
    """
    if not environ.get("PRIME_API_KEY", "").strip():
        return None
    _check_secret(environ, "PRIME_API_KEY", "key")
    team = None
    if environ.get("PRIME_TEAM_ID", "").strip():
        _check_secret(environ, "PRIME_TEAM_ID", "team ID")
        team = ENVIRONMENT_TEAM
    endpoint = _endpoint(environ.get("PRIME_INFERENCE_URL", ""))
    named = (environ.get(name, "").strip() for name in PLATFORM_VARIABLES)
    return Account(
        id=ENVIRONMENT_ID,
        name=ENVIRONMENT_NAME,
        endpoint=endpoint,
        team=team,
        source=SecretSource.ENVIRONMENT,
        platform=_platform(next(filter(None, named), ""), endpoint),
    )


def cli_login(environ: Mapping[str, str], home: Path) -> CliLogin | None:
    """Return the login in the Prime CLI's files, or None where there is none to use.

    `PRIME_CONTEXT` and `PRIME_TEAM_ID` count as they do for the CLI.
    `PRIME_API_KEY` and the addresses of the environment do not: they are an
    account of their own, and a key of a file goes nowhere but where that file says.
    Reads up to two small files; call it where that may take a moment.
    """
    folder = home / ".prime"
    try:
        return _login(environ, folder)
    except _Unusable:
        return None


def _login(environ: Mapping[str, str], folder: Path) -> CliLogin | None:
    path = folder / "config.json"
    document = _read(path) or {}
    key, endpoint = _key(document), _own_endpoint(document)
    source = document
    chosen = environ.get("PRIME_CONTEXT", "").strip()
    if chosen:
        context_path = _context_path(folder, chosen)
        document = _context(context_path, chosen)
        before, endpoint = endpoint, _own_endpoint(document)
        if "api_key" in document:
            key, path, source = _key(document), context_path, document
        elif origin(endpoint) != origin(before):
            # The CLI would send the key of one file to the address of the other.
            return None
    if key is None:
        return None
    team, team_id = _team(environ, document)
    return CliLogin(
        name=_label(document.get("current_environment")) or PRODUCTION,
        endpoint=endpoint,
        team=team,
        credentials=Credentials(key, team_id),
        path=path,
        platform=_own_platform(source, endpoint),
    )


def _context(path: Path, name: str) -> dict[str, Any]:
    if name.lower() == PRODUCTION:
        # Prime's address, nobody's team; no key of its own.
        return {"current_environment": PRODUCTION}
    document = _read(path)
    if document is None:
        raise _Unusable
    return document | {"current_environment": name}


def _context_path(folder: Path, name: str) -> Path:
    if not _CONTEXT.fullmatch(name):
        raise _Unusable
    return folder / "environments" / f"{name}.json"


def _read(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file, None where there is no file.

    A link is followed, but only a plain file is read: a pipe could wait for ever.
    """
    try:
        content = _bytes(path)
        document = json.loads(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        raise _Unusable from None
    if not isinstance(document, dict):
        raise _Unusable
    return document


def _bytes(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Unusable
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(FILE_LIMIT + 1)
    finally:
        os.close(descriptor)
    if len(content) > FILE_LIMIT:
        raise _Unusable
    return content


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unusable
    return value.strip()


def _secret(pasted: str) -> str:
    try:
        return clean_secret(pasted)
    except InvalidSecret:
        raise _Unusable from None


def _key(document: dict[str, Any]) -> str | None:
    text = _text(document, "api_key")
    return _secret(text) if text else None


def _own_endpoint(document: dict[str, Any]) -> str:
    try:
        return normalise_endpoint(_text(document, "inference_url") or PRIME_ENDPOINT)
    except InvalidEndpoint:
        raise _Unusable from None


def _own_platform(document: dict[str, Any], endpoint: str) -> str:
    value = document.get("base_url")
    return _platform(value if isinstance(value, str) else "", endpoint)


def _platform(url: str, endpoint: str) -> str:
    """Return the platform's base URL; empty where none can be used, or need be named."""
    if not url.strip():
        return ""
    try:
        base = normalise_endpoint(re.sub(r"(/api/v1)?/*$", "", url.strip().rstrip("/")))
    except InvalidEndpoint:
        return ""
    base = base.removesuffix("/api/v1")
    is_primes_own = origin(endpoint) == origin(PRIME_ENDPOINT) and base == PRIME_PLATFORM
    return "" if is_primes_own else base


def _team(environ: Mapping[str, str], document: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the label and the ID of the team that pays, or None twice."""
    if of_environment := environ.get("PRIME_TEAM_ID", "").strip():
        # The name in the file is that of another team.
        return ENVIRONMENT_TEAM, _secret(of_environment)
    if of_file := _text(document, "team_id"):
        return _label(document.get("team_name")) or "Team", _secret(of_file)
    return None, None


def _label(value: Any) -> str:
    """Return a text fit to be shown: one line, nothing invisible, not endless."""
    if not isinstance(value, str):
        return ""
    visible = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(visible.split())[:LABEL_LIMIT]


def _check_secret(environ: Mapping[str, str], variable: str, noun: str) -> None:
    try:
        clean_secret(environ[variable])
    except InvalidSecret:
        sentence = f"{variable} is set, but what it holds cannot be a {noun}."
    else:
        return
    raise InvalidEnvironment(variable, sentence)


def _endpoint(url: str) -> str:
    if not url.strip():
        return PRIME_ENDPOINT
    try:
        return normalise_endpoint(url)
    except InvalidEndpoint as error:
        sentence = f"PRIME_INFERENCE_URL cannot be used. {error}"
    raise InvalidEnvironment("PRIME_INFERENCE_URL", sentence)

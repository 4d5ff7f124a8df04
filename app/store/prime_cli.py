"""Prime CLI: what the environment offers of an account. Read, never written.

A key of the environment goes to the address of the environment: the two belong
together, and a mix with what is stored elsewhere is never made.
Source: https://docs.primeintellect.ai/inference.
"""

from collections.abc import Mapping

from app.chat.account import (
    PRIME_ENDPOINT,
    Account,
    InvalidEndpoint,
    InvalidSecret,
    SecretSource,
    clean_secret,
    normalise_endpoint,
)

ENVIRONMENT_ID = "environment"


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
        team = "Team in PRIME_TEAM_ID"
    return Account(
        id=ENVIRONMENT_ID,
        name="Environment",
        endpoint=_endpoint(environ.get("PRIME_INFERENCE_URL", "")),
        team=team,
        source=SecretSource.ENVIRONMENT,
    )


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

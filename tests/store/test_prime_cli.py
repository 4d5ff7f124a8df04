import pytest

from app.chat.account import (
    PRIME_ENDPOINT,
    PRIME_PLATFORM,
    Account,
    SecretSource,
    platform_of,
)
from app.store.prime_cli import InvalidEnvironment, environment_account


@pytest.mark.parametrize("environ", [{}, {"PRIME_API_KEY": " \n"}, {"PRIME_TEAM_ID": "t"}])
def test_without_a_key_the_environment_offers_no_account(environ: dict[str, str]) -> None:
    assert environment_account(environ) is None


def test_a_key_alone_asks_prime_and_bills_a_personal_wallet() -> None:
    account = environment_account({"PRIME_API_KEY": "sk-1", "PRIME_TEAM_ID": " "})
    assert account == Account(
        "environment", "Environment", PRIME_ENDPOINT, source=SecretSource.ENVIRONMENT
    )


def test_team_and_address_of_the_environment_belong_to_its_key() -> None:
    account = environment_account(
        {
            "PRIME_API_KEY": "Bearer sk-1",
            "PRIME_TEAM_ID": "team-1",
            "PRIME_INFERENCE_URL": "localhost:8000/v1/chat/completions",
        }
    )
    assert account is not None
    assert account.endpoint == "http://localhost:8000/v1"
    assert account.team == "Team in PRIME_TEAM_ID"
    assert "team-1" not in repr(account)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PRIME_API_KEY", "sk-ä-secret"),
        ("PRIME_TEAM_ID", "a secret"),
        ("PRIME_INFERENCE_URL", "http://example.org"),
        ("PRIME_INFERENCE_URL", "ftp://example.org"),
    ],
)
def test_what_cannot_be_used_is_said_without_secrets(variable: str, value: str) -> None:
    with pytest.raises(InvalidEnvironment, match=variable) as caught:
        environment_account({"PRIME_API_KEY": "sk-1", variable: value})
    assert caught.value.variable == variable
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


# The platform


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, ""),
        ({"PRIME_API_BASE_URL": "https://platform.example/"}, "https://platform.example"),
        ({"PRIME_BASE_URL": "https://p.example:8443/api/v1/"}, "https://p.example:8443"),
        (
            {"PRIME_API_BASE_URL": "https://one.example", "PRIME_BASE_URL": "https://two.example"},
            "https://one.example",
        ),
        (
            {"PRIME_API_BASE_URL": " ", "PRIME_BASE_URL": "http://127.0.0.1:8000/api/v1"},
            "http://127.0.0.1:8000",
        ),
        ({"PRIME_API_BASE_URL": f"{PRIME_PLATFORM}/api/v1"}, ""),
        ({"PRIME_API_BASE_URL": "http://platform.example"}, ""),
        ({"PRIME_API_BASE_URL": "https://me:word@platform.example"}, ""),
        ({"PRIME_API_BASE_URL": "?", "PRIME_BASE_URL": "https://two.example"}, ""),
        ({"PRIME_API_BASE_URL": "https://a.pinference.ai"}, "https://a.pinference.ai"),
    ],
)
def test_the_platform_of_the_environment_belongs_to_its_key(
    variables: dict[str, str], platform: str
) -> None:
    account = environment_account({"PRIME_API_KEY": "sk-1", **variables})
    assert account is not None
    assert account.platform == platform
    assert platform_of(account) == (platform or PRIME_PLATFORM)


def test_primes_platform_is_named_for_a_key_of_another_address() -> None:
    environ = {"PRIME_API_KEY": "sk-1", "PRIME_INFERENCE_URL": "https://near.example/v1"}
    account = environment_account(environ)
    assert account is not None
    assert platform_of(account) is None
    account = environment_account(environ | {"PRIME_BASE_URL": PRIME_PLATFORM})
    assert account is not None
    assert platform_of(account) == PRIME_PLATFORM

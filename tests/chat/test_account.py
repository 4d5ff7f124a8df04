"""What a person pastes becomes an address and a key, or a sentence."""

import pickle

import pytest

from app.chat.account import (
    Account,
    Credentials,
    InvalidEndpoint,
    InvalidSecret,
    PlainHttp,
    clean_secret,
    normalise_endpoint,
)

PRIME = "https://api.pinference.ai/api/v1"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (PRIME, PRIME),
        (f"  {PRIME}/ ", PRIME),
        (f"{PRIME}/chat/completions", PRIME),
        (f"{PRIME}/models", PRIME),
        ("api.pinference.ai", PRIME),
        ("https://api.pinference.ai:443/api/v1", PRIME),
        ("HTTPS://API.Pinference.AI/api/v1", PRIME),
        ("https:/api.pinference.ai/api/v1", PRIME),
        ("https:api.pinference.ai/api/v1", PRIME),
        ("http:/localhost:8000/v1", "http://localhost:8000/v1"),
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
    ],
)
def test_an_address_is_taken_as_it_was_meant(typed: str, meant: str) -> None:
    assert normalise_endpoint(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://api.pinference.ai/api/v1",
        "http:/api.pinference.ai/api/v1",
        "https//api.pinference.ai",
        "https://user:word@api.pinference.ai/api/v1",
        "https://api.pinference.ai/api/v1?key=1",
        "https://api.pinference.ai/api/v1#a",
        "https://api.pinference.ai/api/../admin",
        "https://api.pinference.ai:0/api/v1",
        "https://api.pinference.ai:99999/api/v1",
        "file:///etc/passwd",
        "https://",
        "https://exa mple.com",
    ],
)
def test_an_address_that_could_lead_the_key_astray_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEndpoint):
        normalise_endpoint(typed)


@pytest.mark.parametrize(
    "typed",
    ["http://192.168.1.5:8000/v1", "http://server.local/v1", "http://127.0.0.1.example/v1"],
)
def test_plain_http_to_another_computer_is_for_those_who_insist(typed: str) -> None:
    with pytest.raises(PlainHttp):
        normalise_endpoint(typed)
    assert normalise_endpoint(typed, allows_plain=True) == typed


@pytest.mark.parametrize("typed", ["http://a:b@server/v1", "ftp://server", "http://server/../x"])
def test_whoever_insists_on_plain_http_insists_on_nothing_else(typed: str) -> None:
    with pytest.raises(InvalidEndpoint) as refusal:
        normalise_endpoint(typed, allows_plain=True)
    assert not isinstance(refusal.value, PlainHttp)


@pytest.mark.parametrize(
    "pasted",
    ["key-123", " key-123\n", '"key-123"', "Bearer key-123", "\u200bkey-123\ufeff", "'key-123' "],
)
def test_what_pasting_adds_to_a_key_is_removed(pasted: str) -> None:
    assert clean_secret(pasted) == "key-123"


@pytest.mark.parametrize("pasted", ["", "  ", "key 123", "kéy", "key\n123", "k" * 513, "key\x00"])
def test_what_cannot_be_a_key_is_refused_without_being_repeated(pasted: str) -> None:
    with pytest.raises(InvalidSecret) as refusal:
        clean_secret(pasted)
    assert not pasted.strip() or pasted.strip() not in f"{refusal.value!r}"


def test_credentials_show_and_give_away_nothing() -> None:
    credentials = Credentials("canary-key", "canary-team")
    assert "canary" not in repr(credentials) + str(credentials)
    with pytest.raises(TypeError):
        pickle.dumps(credentials)


def test_a_team_pays_where_there_is_one() -> None:
    account = Account("1", "Mine", PRIME)
    assert account.payer == "Mine"
    assert Account("1", "Mine", PRIME, team="Research Lab").payer == "Research Lab"

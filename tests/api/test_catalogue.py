"""The list of models, as services send it and as nobody should."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from app.api import wire
from app.api.catalogue import is_model_id, model_of, models_of
from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import Account, Credentials
from app.chat.failure import Kind
from app.chat.model import Model, Prices
from tests.api.conftest import Run
from tests.helpers.server import Server

FULL = b"""{"object":"list","data":[
 {"id":"openai/gpt-5.4-mini","object":"model","owned_by":"openai","created":1772000000,
  "display_name":"GPT-5.4 Mini",
  "pricing":{"input_usd_per_mtok":0.75,"output_usd_per_mtok":"4.5","cache_read_usd_per_mtok":0.075},
  "specs":{"context_window":400000,"max_output_tokens":999999,"supports_reasoning":true,
           "modalities":{"input":["text","image","file"],"output":["text"]}},
  "supported_parameters":["max_tokens","tools","reasoning_effort"],
  "reasoning":{"supported_efforts":["none","low"],"mandatory":false}},
 {"id":"meta-llama/llama-3.3-70b-instruct","object":"model","owned_by":"meta","specs":null},
 {"id":"poolside/laguna-m.1","pricing":{"input_usd_per_mtok":0,"output_usd_per_mtok":0}},
 {"id":"nvidia/nemotron","pricing":null},
 {"id":"Qwen/Qwen3-4B-Instruct-2507:gw3zytpj9den6zgp4w9xosnk","object":"model"}
]}"""


def test_a_full_entry_is_read_exactly() -> None:
    models = models_of(wire.read(FULL))
    assert models is not None
    assert models[0] == Model(
        id="openai/gpt-5.4-mini",
        name="GPT-5.4 Mini",
        maker="openai",
        prices=Prices(Decimal("0.75"), Decimal("4.5"), Decimal("0.075"), None),
        context_window=400_000,
        longest_reply=400_000,
        inputs=("text", "image", "file"),
        outputs=("text",),
        parameters=frozenset({"max_tokens", "tools", "reasoning_effort"}),
        efforts=("none", "low"),
        reasons=True,
        must_reason=False,
    )


def test_what_is_missing_is_unknown_and_zero_is_a_price() -> None:
    models = models_of(wire.read(FULL))
    assert models is not None
    llama, laguna, nemotron, lora = models[1:]
    assert llama == Model("meta-llama/llama-3.3-70b-instruct", maker="meta")
    assert laguna.prices == Prices(Decimal(0), Decimal(0))
    assert not nemotron.prices.known
    assert lora.id.endswith(":gw3zytpj9den6zgp4w9xosnk")


@pytest.mark.parametrize("wrap", [lambda m: {"data": m}, lambda m: {"models": m}, lambda m: m])
def test_three_shapes_of_list_are_read(wrap: Any) -> None:
    assert models_of(wrap([{"id": "a"}])) == [Model("a")]


@pytest.mark.parametrize("value", [None, "x", 3, {}, {"data": None}, {"data": {"id": "a"}}])
def test_what_is_no_list_is_none(value: Any) -> None:
    assert models_of(value) is None


def test_entries_that_are_no_models_are_dropped() -> None:
    entries: list[Any] = [None, 3, "a", [], {}, {"id": 3}, {"id": ""}, {"id": "good"}]
    assert models_of(entries) == [Model("good")]


def test_wrong_fields_are_unknown() -> None:
    entry = {
        "id": "a",
        "display_name": 3,
        "owned_by": [],
        "pricing": "free",
        "specs": {"context_window": "big", "max_output_tokens": -1, "modalities": []},
        "supported_parameters": "all",
        "reasoning": True,
    }
    assert model_of(entry) == Model("a")


@pytest.mark.parametrize(
    "hostile",
    [
        *("../../admin", "a/./b", "a//b", "/a", "a/", "..", "", " a"),
        *("a\nb", "a\0", "\u202eb", "\ud800", "a" * 257, "a\u2028b", "a\u200bb"),
        *("\x1b[31mred", "a\x85b", "a" * 2**20, "a\u00a0", "\u2066a\u2069"),
    ],
)
def test_hostile_ids_are_dropped(hostile: str) -> None:
    assert not is_model_id(hostile)
    assert model_of({"id": hostile}) is None


def test_duplicates_are_dropped_and_case_counts() -> None:
    models = models_of([{"id": "a", "owned_by": "x"}, {"id": "a"}, {"id": "A"}])
    assert models == [Model("a", maker="x"), Model("A")]


def test_the_list_is_bounded() -> None:
    models = models_of([{"id": f"m{number}"} for number in range(20_000)])
    assert models is not None
    assert len(models) == 5_000


def test_a_huge_list_is_read_at_once_and_no_further_than_it_need_be() -> None:
    entry = json.loads(FULL)["data"][0]
    full = [entry | {"id": f"maker/model-{number}"} for number in range(5_000)]
    document = json.dumps({"data": full}).encode()
    since = time.perf_counter()
    models = models_of(wire.read(document))
    assert time.perf_counter() - since < 2
    assert models is not None
    assert len(models) == 5_000
    for filler in ({"id": "../x"}, entry, None):
        since = time.perf_counter()
        models = models_of([filler] * 100_000 + full)
        assert time.perf_counter() - since < 2
        assert models is not None
        assert len(models) <= 1


@pytest.mark.parametrize(
    ("price", "known"),
    [
        (0.75, Decimal("0.75")),
        ("0.75", Decimal("0.75")),
        (" 4.5 ", Decimal("4.5")),
        (0, Decimal(0)),
        ("0", Decimal(0)),
        *((wrong, None) for wrong in (-1, "-0.1", "NaN", "Infinity", "free", True, None)),
        *((wrong, None) for wrong in ("1e999", 10**400, "9" * 41)),
        ([], None),
        ({}, None),
    ],
)
def test_a_price_is_an_amount_or_unknown(price: Any, known: Decimal | None) -> None:
    read = wire.read(json.dumps({"id": "a", "pricing": {"input_usd_per_mtok": price}}).encode())
    model = model_of(read)
    assert model is not None
    assert model.prices.input == known


@pytest.mark.parametrize(
    ("specs", "window", "longest"),
    [
        ({"context_window": 1000, "max_output_tokens": 5000}, 1000, 1000),
        ({"context_window": 1000, "max_output_tokens": 500}, 1000, 500),
        ({"max_output_tokens": 5000}, None, 5000),
        ({"context_window": 0, "max_output_tokens": 0}, None, None),
        ({"context_window": 1e6, "max_output_tokens": True}, 1_000_000, None),
        ({"context_window": "1000", "max_output_tokens": 10**30}, None, None),
        (None, None, None),
        ([], None, None),
    ],
)
def test_no_reply_is_longer_than_the_window(specs: Any, window: Any, longest: Any) -> None:
    model = model_of(wire.read(json.dumps({"id": "a", "specs": specs}).encode()))
    assert model is not None
    assert (model.context_window, model.longest_reply) == (window, longest)


@pytest.mark.parametrize(
    ("reasoning", "must"),
    [
        ({"mandatory": True, "supported_efforts": ["none", "low"]}, True),
        ({"mandatory": False}, False),
        ({"mandatory": "true"}, False),
        ({"mandatory": 1}, False),
        ({"mandatory": None}, False),
        ({}, False),
        (None, False),
        ([], False),
    ],
)
def test_only_a_plain_yes_makes_reasoning_a_must(reasoning: Any, must: bool) -> None:
    model = model_of({"id": "a", "reasoning": reasoning})
    assert model is not None
    assert model.must_reason is must


def test_text_that_would_act_elsewhere_is_kept_as_text() -> None:
    model = model_of({"id": "a/<img src=x>", "display_name": "<b>A</b>", "owned_by": "R&D"})
    assert model == Model("a/<img src=x>", "<b>A</b>", "R&D")


def test_names_are_one_plain_line() -> None:
    model = model_of({"id": "a", "display_name": "x\x1b[2J\u202e\n<b>y" + "z" * 1000})
    assert model is not None
    assert model.name.startswith("x [2J <b>yz")
    assert len(model.name) == 256


def test_the_example_of_the_api_document_is_read() -> None:
    example = {
        "object": "list",
        "data": [
            {
                "id": "meta-llama/llama-3.1-70b-instruct",
                "object": "model",
                "owned_by": "meta",
                "created": 1693721698,
            }
        ],
    }
    assert models_of(wire.read(json.dumps(example).encode())) == [
        Model("meta-llama/llama-3.1-70b-instruct", maker="meta")
    ]


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("a?x", "a%3Fx"),
        ("a#b", "a%23b"),
        ("%2f..", "%252f.."),
        ("..%2fadmin", "..%252fadmin"),
        ("a\\..\\b", "a%5C..%5Cb"),
        ("a;b&c=d", "a%3Bb%26c%3Dd"),
        ("@evil.example", "@evil.example"),
        ("https://evil.example/x", None),
        *[(hostile, None) for hostile in ("../../admin", "a/../../b", "a" * 2**20, "a\0b")],
        *[(hostile, None) for hostile in ("\u202ea", "a\x1b[2J", "\ud800", "a\r\nX: y", "//host")],
    ],
)
def test_no_id_leads_out_of_the_path_of_the_api(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    model: str,
    path: str | None,
) -> None:
    async def body() -> Kind:
        client = Client("x")
        try:
            await client.model(account, credentials, model)
        except ServiceError as error:
            return error.failure.kind
        finally:
            await client.close()
        raise AssertionError("there is no such model")

    assert run(body()) is Kind.MODEL_GONE
    asked = [heard.path for heard in server.requests()]
    assert asked == ([] if path is None else [f"/api/v1/models/{path}"])

"""Settings come back as they were kept, whatever was kept."""

import json
from dataclasses import asdict, fields

import pytest

from app.chat.settings import ProxyChoice, SendKey, Settings
from app.session.preferences import read


@pytest.mark.parametrize("choice", list(ProxyChoice))
def test_every_setting_comes_back_as_it_was_kept(choice: ProxyChoice) -> None:
    settings = Settings(
        send_key=SendKey.CTRL_ENTER,
        proxy="http://proxy.example:3128",
        proxy_choice=choice,
        favourites=frozenset({"a/b"}),
    )
    kept = asdict(settings) | {"favourites": sorted(settings.favourites)}
    assert read(json.loads(json.dumps(kept))) == settings


def test_what_cannot_be_read_is_as_if_it_had_not_been_set() -> None:
    nonsense = {field.name: {"not": "a value"} for field in fields(Settings)} | {"favourites": 3}
    assert read(nonsense | {"proxy": "", "text_scale": []}) == Settings()

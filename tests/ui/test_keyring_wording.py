"""Why a keyring gave no key is said as far as it changes what to do."""

import pytest

from app.chat.message import Completion
from app.session.trials import failure_of
from app.store.secrets import (
    KeyMissing,
    NoBackend,
    SecretsError,
    SecretsLocked,
    SecretsRefused,
    SecretsSilent,
)
from app.ui import wording
from app.ui.notice import Act

COMPLETION = Completion("account", "Research Lab", "z-ai/glm-5.2")


@pytest.mark.parametrize(
    ("error", "headline", "acts"),
    [
        (SecretsLocked("x"), "locked", [Act.RETRY]),
        (NoBackend("x"), "No keyring answers", [Act.EDIT_ACCOUNT, Act.RETRY]),
        (SecretsSilent("x"), "in time", [Act.RETRY, Act.EDIT_ACCOUNT]),
        (SecretsRefused("x"), "did not give", [Act.RETRY, Act.EDIT_ACCOUNT]),
        (KeyMissing("x"), "no key", [Act.EDIT_ACCOUNT, Act.RETRY]),
    ],
)
def test_what_can_be_done_about_a_key_that_is_not_had(
    error: SecretsError, headline: str, acts: list[Act]
) -> None:
    notice = wording.failure_notice(failure_of(error), COMPLETION, "M", has_text=False)
    assert headline in notice.headline
    assert "Nothing was sent." in notice.rest
    assert [offer.act for offer in notice.offers] == acts

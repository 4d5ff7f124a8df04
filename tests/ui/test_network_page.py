"""The network page says of certificates that they cannot be read."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.api import surroundings
from app.chat.network import SYSTEM_PROXY
from app.ui.settings_pages import NetworkPage


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read_are_said_to_be_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "nowhere.pem"))
    parent = QWidget()
    qtbot.addWidget(parent)
    page = NetworkPage(parent)
    page.show_network(surroundings.network(SYSTEM_PROXY))
    words = page.certificates.text().replace("\u200b", "")
    assert words.startswith(f"Certificates: cannot be read. {variable} names ")

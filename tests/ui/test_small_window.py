"""The smallest window shows the message being written whole, and a way to every menu."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from app.ui import theme
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.theme import Theme
from tests.ui import test_possible_actions as whole

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
server, play, staged = whole.server, whole.play, whole.staged
LONG = Notice(
    Tone.WARNING,
    "The file with your conversations was damaged.",
    "It was set aside as /home/someone/.local/share/coprime/" + "conversations" * 10,
    (Offer(Act.DISMISS, "Dismiss"),),
)


def cut_off(stage: whole.Stage) -> list[QWidget]:
    """Return what of the composer in front has less room than it needs, or is out of view."""
    view = stage.window.tabs.front
    assert view is not None
    composer = view.composer
    found: list[QWidget] = []
    if composer.height() < composer.minimumSizeHint().height():
        found.append(composer)
    for part in (composer.page, *composer.findChildren(QAbstractButton)):
        for around in (stage.window, composer):
            area = QRect(part.mapTo(around, QPoint()), part.size())
            if part.isVisible() and not around.rect().contains(area):
                found.append(part)
    return found


@pytest.mark.parametrize("height", [400, 420, 700])
def test_the_message_is_whole_below_two_long_notices(staged: whole.Staged, height: int) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin()
        stage.window.resize(360, height)
        view = stage.window.tabs.front
        assert view is not None
        bars = (stage.window.notice_bar, view.notice_bar)
        for bar in bars:
            bar.add(LONG)
        # One line of it is what they have before the window is laid out anew.
        line = view.notice_bar.fontMetrics().height()
        await stage.running.until(lambda: all(bar.height() > 3 * line for bar in bars))
        await stage.running.until(lambda: not cut_off(stage))

    staged(scenario)


def inked(image: QImage, ground: QColor) -> int:
    """Return how many pixels of a picture stand out from its ground."""
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    light = ground.lightness()
    return sum(abs(image.pixelColor(x, y).lightness() - light) > 100 for x, y in points)


@pytest.mark.parametrize("look", [theme.light, theme.dark])
def test_menus_without_room_are_behind_a_button_with_a_sign_and_a_name(
    staged: whole.Staged, look: Callable[[], Theme]
) -> None:
    async def scenario(stage: whole.Stage) -> None:
        await stage.begin()
        stage.window.set_theme(look())
        stage.window.resize(360, 400)
        button = stage.window.menuBar().findChild(QToolButton, "qt_menubar_ext_button")
        assert button is not None
        await stage.running.until(button.isVisible)
        assert button.accessibleName() == "More menus"
        assert inked(button.grab().toImage(), look().colours.window) >= 6

    staged(scenario)

"""Fixtures: every hostile behaviour by name, and the end each must come to.

The one table the server plays from and the tests judge by. Kinds and states
are written as they read on disk, for nothing of the program is known here.
"""

from tests.helpers.hostile import ended, no_http, odd, refusals, whole
from tests.helpers.hostile.plays import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    *whole.BEHAVIOURS,
    *odd.BEHAVIOURS,
    *ended.BEHAVIOURS,
    *refusals.BEHAVIOURS,
    *no_http.BEHAVIOURS,
)
HAPPY = BEHAVIOURS[0]

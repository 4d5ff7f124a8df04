"""Cast: the demo models that answer well, and all of them together.

Law: those that work come first, so that whoever has never chosen gets one.
"""

from app.api.demo import tour
from app.api.demo.asked import Asked
from app.api.demo.mishaps import MISHAPS
from app.api.demo.speaker import Speaker
from app.api.demo.speech import Voice

_FAST_TOKENS = 20_000


def _fast_text(_: Asked) -> str:
    return "".join(tour.long_text(_FAST_TOKENS))


WELL = {
    "demo/tour": Speaker("Demo: tour", lambda _: tour.TOUR, voice=Voice(0.01)),
    "demo/echo": Speaker("Demo: echo", lambda asked: asked.heard),
    "demo/thinker": Speaker(
        "Demo: thinker",
        lambda _: tour.AFTER_THOUGHT,
        thoughts=tour.THOUGHTS,
        voice=Voice(0.06, thought_s=0.12),
    ),
    "demo/fast": Speaker("Demo: fast", _fast_text, voice=Voice(0.0, words_a_chunk=40)),
}

SPEAKERS = WELL | MISHAPS

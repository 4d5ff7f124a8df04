"""Service: the routes of the inference API, answered from the cast.

Law: it answers with the bytes a real service would send, so that everything
behind it is the code that talks to a real one; it opens no connection, and it
never passes for a model. Source: the service's API document.
"""

import time
from collections import Counter
from itertools import count

import httpx

from app.api.demo.answer import Answer, Refusal, document, refusal
from app.api.demo.asked import Asked, read
from app.api.demo.cast import SPEAKERS
from app.api.demo.speaker import Speaker


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers every request that reaches it; `pace` 0 is as fast as it goes."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._numbers = count(1)
        self._failed: Counter[str] = Counter()
        """By model: requests that failed since the last that did not."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        try:
            answer = self._answer(request)
        except Refusal as refused:
            answer = refused.answer
        return answer.response(self._pace)

    def _answer(self, request: httpx.Request) -> Answer:
        path = request.url.path.rstrip("/").partition("/api/v1")[2]
        head, _, model = path.lstrip("/").partition("/")
        if request.method == "GET" and head == "models":
            if not model:
                entries = [speaker.entry(id_) for id_, speaker in SPEAKERS.items()]
                return document({"object": "list", "data": entries})
            return document(_speaker(model).entry(model))
        if request.method == "POST" and path == "/chat/completions":
            return self._complete(read(request.content))
        raise Refusal(document({"detail": "Not Found"}, 404))

    def _complete(self, asked: Asked) -> Answer:
        speaker, model = _speaker(asked.model), asked.model
        head = {"id": f"demo-{next(self._numbers)}", "created": int(time.time())}
        speech = speaker.speech(model, asked, head)
        mishap = speaker.mishap
        if mishap is not None and mishap.befalls(speech, self._failed[model]):
            self._failed[model] += 1
            return mishap.fault(speech)
        self._failed[model] = 0
        return speech.answer()


def _speaker(model: str) -> Speaker:
    speaker = SPEAKERS.get(model)
    if speaker is None:
        raise refusal(404, "model_not_found", f"The model '{model}' does not exist.", "model")
    return speaker

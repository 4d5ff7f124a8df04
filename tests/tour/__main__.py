"""The tour: drives the real window through its states and writes pictures.

`python3 dev.py tour FOLDER` makes one picture a state in both themes, at 100 %
and 200 %, for somebody to look at.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.program import Program
from tests.helpers.server import KEY, Server

LONG = "A title that goes on and on because somebody pasted a whole paragraph into it " * 4
RTL = "مراجعة تصميم المكافآت في التعلم المعزز"
QUESTION = (
    "Show me the GRPO loss in a few lines, and what each model on the list "
    "would charge me for a 2k-token answer."
)

HOSTILE = """\
![A picture](https://pictures.example/x.png?q=c2VjcmV0) and <b>no HTML</b> here.

A [friendly name](https://\u0430\u0440\u0440\u04cf\u0435.com/), a photo\u202egnp.exe,
some\U000e0073\U000e0065 hidden words, and \x1b[31mred\x1b[0m.

```c
if (user /*\u202e } \u2066if (is_admin)\u2069 \u2066 begin admins only */) {
```

| a | b |
|---|--:|
| =HYPERLINK("https://evil.example") | `a\u200bb` |
"""


class Tour:
    """One walk through the states, in one theme and scale."""

    def __init__(self, folder: Path, name: str, appearance: str, scale: str) -> None:
        self._folder = folder
        self._name = name
        self._appearance = appearance
        self._environ = {"QT_SCALE_FACTOR": scale}
        self.server = Server().start()

    def walk(self) -> None:
        """Visit every state."""
        scenes = (self.welcome, self.demo, self.rich, self.thought, self.hostile, self.chat)
        rest = (self.offline, self.many, self.dialogs, self.help, self.crashed)
        for scene in (*scenes, *rest):
            scene()
        self.server.stop()

    def welcome(self) -> None:
        with self._start({}) as program:
            program.until(lambda seen: seen["welcome"], "the welcome")
            self._take(program, "welcome")

    def demo(self) -> None:
        with self._start({}, "--demo") as program:
            program.ready()
            self._take(program, "empty")
            program.say(QUESTION)
            program.until(lambda s: s["messages"] and s["messages"][-1]["text"], "text")
            self._take(program, "streaming")
            program.reply()
            self._take(program, "long")
            program.arrange(760, 700)
            self._take(program, "narrow")
            program.trigger("find_model")
            self._take(program, "narrow-models")

    def rich(self) -> None:
        with self._start({}, "--demo") as program:
            program.ready()
            program.use("demo/tour")
            program.say("What can a reply hold?")
            program.reply()
            self._take(program, "tables")
            for _ in range(3):
                program.key("Alt+Up")
            self._take(program, "ringed")
            program.key("Escape")
            program.key("PageDown", "PageDown", "Ctrl+J")
            self._take(program, "maths")
            program.key("Ctrl+F")
            program.type("number")
            self._take(program, "find")
            program.key("Escape")
            program.trigger("select_all")
            self._take(program, "selected")
            program.key("Escape")
            program.arrange(1280, 3300)
            self._take(program, "whole")
            program.arrange(620, 3900)
            self._take(program, "whole-narrow")

    def thought(self) -> None:
        with self._start({}, "--demo") as program:
            program.ready()
            program.use("demo/thinker")
            program.say("What is the largest prime below 100?")
            program.reply()
            self._take(program, "folded")
            program.key("Alt+Up")
            program.key("Space")
            self._take(program, "unfolded")

    def hostile(self) -> None:
        with self._start(self._account) as program:
            program.ready()
            program.use("test/happy")
            chunk = {
                "choices": [{"index": 0, "delta": {"content": HOSTILE}, "finish_reason": "stop"}]
            }
            self.server.script(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())
            program.say("Show me what you hide.")
            program.reply()
            self._take(program, "hostile")
            program.follow("https://xn--80ak6aa92e.com/")
            self._take(program, "link", dialog=True)

    def chat(self) -> None:
        with self._start(self._account) as program:
            program.ready()
            program.use("test/reasoning")
            program.say(QUESTION)
            program.reply()
            program.use("test/cut")
            program.say("And with a KL term to the reference policy?")
            program.reply("interrupted")
            self._take(program, "failed")
            program.use("test/status:402")
            program.say("Who pays for this?")
            program.reply("failed")
            program.use("test/mute")
            program.say("Are you there?")
            program.until(lambda s: s["messages"][-1]["status"] == "waiting", "waiting")
            self._take(program, "waiting")

    def offline(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            with Program(Path(data), environ=self._account | self._environ) as program:
                program.ready()
                program.use("test/happy")
                program.say("Remember this.")
                program.reply()
                program.quit()
            away = self._account | {"PRIME_INFERENCE_URL": "http://127.0.0.1:9/api/v1"}
            with Program(Path(data), environ=away | self._environ) as program:
                program.ready()
                self._prepare(program)
                program.say("Is anybody there?")
                program.reply("failed")
                self._take(program, "offline")

    def many(self) -> None:
        models = [
            {
                "id": f"maker-{i % 40}/model-{i}" + ("-with-a-very-long-name" * (i % 7 == 0) * 4),
                "owned_by": f"maker-{i % 40}",
                "pricing": {"input_usd_per_mtok": i / 100, "output_usd_per_mtok": i / 20},
                "specs": {"context_window": 8192 * (i % 90 + 1)},
            }
            for i in range(5000)
        ]
        body = json.dumps({"data": models}).encode()
        self.server.script(body, headers={"Content-Type": "application/json"})
        with self._start(self._account) as program:
            program.until(lambda seen: len(seen.get("models", [])) == 5000, "5,000 models")
            program.use("test/happy")
            for number, text in enumerate([LONG, RTL, *[f"Conversation {i}" for i in range(12)]]):
                if number:
                    program.key("Ctrl+N")
                    program.until(lambda s: s["messages"] == [], "an empty one")
                program.say(text)
                program.reply()
            self._take(program, "many-tabs")
            program.key("Ctrl+M")
            program.type("model-49")
            self._take(program, "5000-models")

    def dialogs(self) -> None:
        with self._start(self._account) as program:
            program.ready()
            program.trigger("settings")
            self._take(program, "settings", dialog=True)
            for page in ("writing", "network", "accounts", "data"):
                program.key("Down")
                self._take(program, f"settings-{page}", dialog=True)
            program.key("Escape")
            program.trigger("add_account")
            self._take(program, "account", dialog=True)

    def help(self) -> None:
        with self._start({}, "--demo") as program:
            program.ready()
            program.say(QUESTION)
            program.reply()
            program.key("Ctrl+K")
            program.type("co")
            self._take(program, "palette")
            program.key("Escape", "F1")
            self._take(program, "keys", dialog=True)
            program.key("Escape")
            program.trigger("about")
            self._take(program, "about", dialog=True)

    def crashed(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            logs = Path(data, "logs")
            logs.mkdir()
            (logs / "running.txt").write_text("Fatal Python error: Segmentation fault\n")
            with Program(Path(data), "--demo", environ=self._environ) as program:
                program.until(lambda seen: seen.get("notices"), "a word about the crash")
                self._prepare(program)
                self._take(program, "crashed")

    @property
    def _account(self) -> dict[str, str]:
        return {"PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": self.server.endpoint}

    @contextmanager
    def _start(self, environ: Mapping[str, str], *arguments: str) -> Iterator[Program]:
        with (
            tempfile.TemporaryDirectory() as data,
            Program(Path(data), *arguments, environ={**environ, **self._environ}) as program,
        ):
            program.until(lambda seen: seen["tabs"] or seen["welcome"], "the start")
            self._prepare(program)
            yield program

    def _prepare(self, program: Program) -> None:
        program.prefer(appearance=self._appearance)
        program.arrange(1280, 832)

    def _take(self, program: Program, state: str, *, dialog: bool = False) -> None:
        program.settle()
        program.grab(self._folder / f"{self._name}-{state}.png", dialog=dialog)


def main() -> int:
    """Walk in both themes and write the pictures into a folder."""
    if len(sys.argv) < 2:
        print("usage: python3 dev.py tour FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    walks: list[Callable[[], Tour]] = [
        lambda: Tour(folder, "light", "light", "1"),
        lambda: Tour(folder, "dark", "dark", "1"),
        lambda: Tour(folder, "light-200", "light", "2"),
        lambda: Tour(folder, "dark-200", "dark", "2"),
    ]
    for walk in walks:
        walk().walk()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

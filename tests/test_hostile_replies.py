"""Replies that were written to do harm: they show as text, and nothing else comes of them.

Each text goes through the real program, from a real server on loopback. That nothing
acts is told by what Python opens, connects to and starts, by what is handed to the
system to be opened, by a socket that is named in the texts and listens, and by a pipe
that is named in them and would hold whoever opens it.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.program import ROOT, Program
from tests.helpers.server import KEY, Server

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")


class Trap:
    """What nothing may touch: a port, and a pipe in the place of a picture."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.file = folder / "picture.png"
        os.mkfifo(self.file)

    @property
    def touched(self) -> list[str]:
        """What was touched so far."""
        found = []
        try:
            self._socket.accept()[0].close()
            found.append("the port")
        except BlockingIOError:
            pass
        try:
            # Fails unless somebody waits at the other end.
            os.close(os.open(self.file, os.O_WRONLY | os.O_NONBLOCK))
            found.append("the file")
        except OSError:
            pass
        return found

    def close(self) -> None:
        self._socket.close()


class Room:
    """A running program with an account at a real server, and a trap beside it."""

    def __init__(self, program: Program, server: Server, trap: Trap, data: Path) -> None:
        self.program, self.trap = program, trap
        self._server, self._data = server, data

    def hear(self, text: str) -> dict[str, Any]:
        """Have a reply say this in a new conversation; return what shows of it."""
        self._server.script(*_stream(text))
        self.program.key("Ctrl+N")
        self.program.until(lambda seen: seen["messages"] == [], "an empty conversation")
        self.program.say("Tell me.")
        message = self.program.reply()
        self.program.settle()
        assert message["text"] == text
        return self.program.shown()

    def check(self) -> None:
        """Nothing was loaded, opened or started by what was heard."""
        assert self.trap.touched == []
        watched = self.program.watched()
        assert watched["addresses"] == []
        assert [act for act in watched["acts"] if not self._is_own(*act)] == []

    def _is_own(self, act: str, *values: str) -> bool:
        """Return whether it is the program's own business: its parts, and its data."""
        if act == "socket.connect":
            return str(self._server.port) in values[1]
        places = (ROOT, sys.prefix, sys.base_prefix, self._data, os.devnull)
        return act in ("open", "os.listdir", "os.scandir") and values[0].startswith(
            tuple(map(str, places))
        )


def _stream(text: str) -> Iterator[bytes]:
    """Yield the events of a reply that says a text, in pieces."""
    size = max(len(text) // 3, 1)
    for start in range(0, len(text), size):
        yield _event({"content": text[start : start + size]}, None)
    yield _event({}, "stop")
    yield b"data: [DONE]\n\n"


def _event(delta: dict[str, str], reason: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Start the program once for all texts, with a home of its own."""
    home = tmp_path_factory.mktemp("home")
    (home / "run").mkdir(mode=0o700)
    data, trap, server = home / "data", Trap(home), Server().start()
    environ = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus",
        "PRIME_API_KEY": KEY,
        "PRIME_INFERENCE_URL": server.endpoint,
    }
    with Program(data, environ=environ) as program:
        program.ready()
        program.use("test/happy")
        program.watch()
        yield Room(program, server, trap, data)
        program.quit()
    assert program.output == ""
    server.stop()
    trap.close()


@pytest.fixture
def room(_running: Room) -> Iterator[Room]:
    yield _running
    _running.check()


# Nothing is loaded

PICTURES = {
    "on the web": "![x](http://HOST/x.png?q=c2VjcmV0)",
    "by reference": "![x][r]\n\n[r]: http://HOST/r.png",
    "in a link": "[![x](http://HOST/x.png)](http://HOST/)",
    "on this computer": "![x](FILE)",
    "by its address": "![x](file://FILE)",
    "on a share": "![x](//HOST/share/a.png) ![x](\\\\\\\\HOST\\share\\a.png)",
    "of thirty thousand pixels": "![x](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAdTAAAHUw)",
    "in letters": "![x](data:image/svg+xml,%3Csvg%3E%3Cimage%20href=%22FILE%22/%3E%3C/svg%3E)",
    "in HTML": '<img src="FILE" width=1e9 height=1e9> <img src="http://HOST/i.png">',
    "in a block of HTML": '<div style="background:url(http://HOST/b)">\n<img src="FILE">\n</div>',
    "in a table": "| a |\n|---|\n| ![x](FILE) ![y](http://HOST/t.png) |",
    "in a formula": r"$\includegraphics{FILE} \input{FILE} \href{http://HOST/}{x}$",
    "in a formula of its own": "$$\n\\write18{cat FILE}\n\\def\\a{\\a\\a}\\a\n$$",
}


@pytest.mark.parametrize("place", PICTURES)
def test_a_picture_is_not_loaded_and_where_it_is_shows(room: Room, place: str) -> None:
    text = PICTURES[place].replace("HOST", room.trap.host).replace("FILE", str(room.trap.file))
    shown = "".join(room.hear(text)["texts"])
    named = [name for name in (room.trap.host, str(room.trap.file)) if name in text]
    assert all(name in shown for name in named)
    assert "image/png;base64" in shown or "image/png" not in text


def test_nothing_is_loaded_while_it_is_copied_and_found(room: Room) -> None:
    host, file = room.trap.host, room.trap.file
    text = f"![x](http://{host}/x.png) ![y]({file})\n\n<img src='{file}'>\n\n```html\n<img>\n```"
    room.hear(text)
    assert room.program.copy_last() == text
    room.program.key("Ctrl+F")
    room.program.type("img")
    room.program.settle()
    room.program.key("Escape")


# Nothing is swallowed

MARKUP = [
    "<b>x</b> tail",
    "<script>alert(1)</script> tail",
    "<div>block</div> tail\n\nafter",
    "<style>* {display: none}</style> tail",
    "<!-- hidden --> tail",
    "a <!-- hidden --> tail",
    "<!-- begun and never ended\n\ntail",
    "<details><summary>s</summary>in</details> tail",
    '<p style="color: white; font-size: 0">white</p> tail',
    "<?php echo 1 ?> tail",
    "<![CDATA[x]]> tail",
    "<textarea><title><plaintext> tail",
    "<table><tr><td>" * 30 + " tail",
    '<a href="javascript:alert(1)" onclick="x">a</a> tail',
    "&lt;b&gt; tail",
]


@pytest.mark.parametrize("text", MARKUP)
def test_html_shows_as_the_text_it_is(room: Room, text: str) -> None:
    shown = "\n\n".join(room.hear(text)["texts"])
    assert shown == text.replace("&lt;b&gt;", "<b>")


@pytest.mark.parametrize(
    "text",
    [
        " ".join("`" * i for i in range(1, 120)) + " tail",
        "[a](" * 300 + " tail",
        "[" * 3_000 + " tail",
        "<div>" * 1_000 + " tail",
        "&lt;" * 3_000 + " tail",
        "x" * 60_000 + " tail",
        "z" + "\u0301" * 3_000 + " tail",
        "👨\u200d👩\u200d👧\u200d👦" * 1_000 + " tail",
        "abc مرحبا " * 2_000 + " tail",
        "\u202e\u2066" * 4_000 + " tail",
        "\ufdd0 \ufdd1 \ufffc \ufffe \uffff tail",
        "\x1b[2J\x1b[31m tail",
        "- " * 60 + " tail",
        "> " * 60 + " tail",
        "```" + "q" * 5_000 + "\n tail",
        "$" + "{" * 500 + " tail",
        "| a |\n|---|\n" + "| b |\n" * 500 + "\n# tail, as in a tail",
    ],
    ids=range(17),
)
def test_what_is_too_much_still_shows_to_its_end(room: Room, text: str) -> None:
    assert "".join(room.hear(text)["texts"]).rstrip("\n").endswith(" tail")


def test_a_table_too_wide_to_be_laid_out_shows_and_is_copied_whole(room: Room) -> None:
    text = "|" + "a|" * 3_000 + "\n|" + "-|" * 3_000 + "\n|" + "=1|" * 3_000
    assert room.hear(text)["texts"][0].count("=1") == 3_000
    assert room.program.copy_last() == text


@pytest.mark.parametrize(
    "text", ["a\u00a0b\ufeffc\rd\r\ne\u2028f\tg  \n", "\x1b]52;c;eA==\x07\x9b2J\u202ex"]
)
def test_a_message_is_copied_as_it_was_received(room: Room, text: str) -> None:
    room.hear(text)
    assert room.program.copy_last() == text


# Nothing is opened


ACTING = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "  \tjavascript:alert(1)", "vbscript:x"),
    *("&#106;avascript:alert(1)", "java&#x0A;script:alert(1)", "data:text/html,x"),
    *("file:///etc/passwd", "FILE", "//HOST/share", "\\\\HOST\\share", "smb://HOST/share"),
    *("ms-msdt:/id", "search-ms:query=x", "vscode://file/x", "mailto:a@b.c?attach=FILE"),
    *("https://good.example@evil.example/", "https:///evil.example", "http:\\\\evil.example"),
    *("https://evil.example:0/", "coprime:x", "https://e.example/" + "a" * 3_000),
)


@pytest.mark.parametrize("way", ["[t]({})", "<{}>", "{}", "![t]({})", "[r]\n\n[r]: {}"])
def test_an_address_that_could_act_is_no_link(room: Room, way: str) -> None:
    if way == "[r]\n\n[r]: {}":
        parts = [f"[r{i}]\n\n[r{i}]: {each}" for i, each in enumerate(ACTING)]
    else:
        parts = [way.format(each) for each in ACTING if way[0] != "{" or len(each) < 2_048]
    text = "\n\n".join(parts)
    text = text.replace("HOST", room.trap.host).replace("FILE", str(room.trap.file))
    assert room.hear(text)["links"] == []


LONG = ".".join(["a" * 60] * 3)


@pytest.mark.parametrize(
    ("text", "address", "host"),
    [
        ("[https://good.example](http://evil.example/)", "http://evil.example/", "evil.example"),
        ("[apple](https://аррӏе.com/)", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),  # noqa: RUF001
        (
            "[x](https://e.example/\u202egnp.exe)",
            "https://e.example/%E2%80%AEgnp.exe",
            "e.example",
        ),
        (
            f"https://good.example.{LONG}.evil.example/",
            f"https://good.example.{LONG}.evil.example/",
            f"good.example.{LONG}.evil.example",
        ),
        (
            "https://good.example.evil.example/good.example",
            "https://good.example.evil.example/good.example",
            "good.example.evil.example",
        ),
    ],
)
def test_a_link_says_where_it_leads_before_anything_opens(
    room: Room, text: str, address: str, host: str
) -> None:
    assert room.hear(text)["links"] == [address]
    room.program.follow(address)
    said = room.program.until(lambda seen: seen["dialogs"], "the question")["dialogs"]
    words = said[0].replace("\n", "")
    assert f"Open {host} in the browser?" in words
    assert address in words
    assert max(map(len, said[0].split("\n"))) < 120, "all of the host shows, also its end"
    room.program.click("Cancel")
    room.program.until(lambda seen: not seen["dialogs"], "no question")

"""Joints: where a long paragraph that still grows may be read in two parts.

What stands before a joint and what comes after cannot change each other: nothing
that may yet be closed is open there. In doubt there is no joint, which costs work
and nothing else. https://spec.commonmark.org/0.31.2/#delimiter-run
"""

import re
from dataclasses import dataclass, field

from app.ui.transcript.formula_source import formula_at

_SIGNS = re.compile(r"://|[\\`*_~\[\]<$|\n]|(?<=[^\W_][ ])(?=[^\W_])|(?<=[.,;:][ ])(?=[^\W_])")
"""What decides, and the places between two words."""
_TAG = re.compile(r"</?[A-Za-z][^<>\"'`=\n\\*_\[\]$|]*>")
_TARGET = re.compile(r"\([^()\s<>\\\"'`*_\[\]$|]*\)")
_DOLLAR = re.compile(r"\$(?:[^$\\`\n]|\\[^\n`]){0,1000}+")
_ADDRESS = re.compile(r"://(?:[^\s\\`*_~\[\]<$|]|(?<=[^\W_])_(?=[^\W_]))*+")
"""The part of an address in which no sign could be one of the text's own."""
_RUN = re.compile(r"\*+|_+|~+|`+")


def last_joint(source: str, start: int) -> int | None:
    """Return the last place after `start`, itself a joint, where a paragraph may be parted."""
    return _Scan(source, start).run()


@dataclass(slots=True)
class _Scan:
    """One pass over what may be open."""

    source: str
    at: int
    joint: int | None = None
    _open: list[str] = field(default_factory=list)
    """The brackets and rows of signs that wait for their other half."""
    _has_pipe: bool = False
    """Whether the line may yet be the head of a table."""

    def run(self) -> int | None:
        while (match := _SIGNS.search(self.source, self.at)) is not None:
            sign, self.at = match[0], match.start()
            if not sign:
                if not self._open and not self._has_pipe:
                    self.joint = self.at
                # The same place would be found again.
                self.at += 1
            elif not self._pass(sign):
                break
        return self.joint

    def _pass(self, sign: str) -> bool:
        """Go on behind a sign; return whether it is clear what it does."""
        if sign in "\n|":
            self._has_pipe = sign == "|"
            self.at += 1
            return True
        if sign == "://":
            return self._pass_address()
        if sign in "*_~":
            return self._pass_row()
        if sign == "`":
            return self._pass_code()
        if sign in "[]":
            return self._pass_bracket(sign)
        if sign == "<":
            return self._pass_tag()
        return self._pass_formula(sign)

    def _pass_address(self) -> bool:
        # An address becomes a link before signs are paired: those in it pair with none.
        match = _ADDRESS.match(self.source, self.at)
        assert match is not None
        self.at = match.end()
        return self.source[self.at : self.at + 1].isspace()

    def _pass_row(self) -> bool:
        match = _RUN.match(self.source, self.at)
        assert match is not None
        row, end = match[0], match.end()
        if end >= len(self.source):
            return False
        before, after = self.source[self.at - 1 : self.at] or " ", self.source[end]
        self.at = end
        if row == "~" or (before.isspace() and after.isspace()):
            return True
        if row[0] == "_" and before.isalnum() and after.isalnum():
            return True
        if not before.isascii() or not after.isascii():
            return False
        opens = not after.isspace() and (after.isalnum() or not before.isalnum())
        closes = not before.isspace() and (before.isalnum() or not after.isalnum())
        if opens and closes:
            return False
        if opens:
            self._open.append(row)
        elif row in self._open:
            return self._open.pop() == row
        elif any(waiting[0] == row[0] for waiting in self._open):
            return False
        return True

    def _pass_code(self) -> bool:
        match = _RUN.match(self.source, self.at)
        assert match is not None
        closing = re.compile(rf"(?<!`){match[0]}(?!`)").search(self.source, match.end())
        if closing is None or closing.end() >= len(self.source):
            return False
        self._has_pipe = self._has_pipe or "|" in self.source[self.at : closing.end()]
        self.at = closing.end()
        return True

    def _pass_bracket(self, sign: str) -> bool:
        self.at += 1
        if sign == "[":
            self._open.append(sign)
            return True
        if sign not in self._open and "[" not in self._open:
            return True
        if self._open.pop() != "[":
            return False
        if self.source.startswith("(", self.at):
            target = _TARGET.match(self.source, self.at)
            if target is None:
                return False
            self.at = target.end()
        return True

    def _pass_tag(self) -> bool:
        after = self.source[self.at + 1 : self.at + 2]
        if after.isspace() or after.isdigit() or after == "=":
            self.at += 1
            return True
        match = _TAG.match(self.source, self.at)
        if match is None:
            return False
        self.at = match.end()
        return True

    def _pass_formula(self, sign: str) -> bool:
        after = self.source[self.at + 1 : self.at + 2]
        if sign == "\\" and after not in ("(", "["):
            self._has_pipe = self._has_pipe or after == "|"
            self.at += 2
            return after != "\n" and bool(after)
        formula = formula_at(self.source, self.at)
        if formula is not None and formula[0] < len(self.source):
            self._has_pipe = self._has_pipe or "|" in self.source[self.at : formula[0]]
            self.at = formula[0]
            return True
        if sign == "\\" or after == "$":
            return False
        rest = _DOLLAR.match(self.source, self.at)
        assert rest is not None
        if rest.end() >= len(self.source) - 2:
            return False
        self.at += 1
        return True

"""Formula: LaTeX, drawn as paths in no colour of its own.

Drawn once and painted at any size. Only what can be drawn whole is: anything
else is for the reader to see as its source. Nothing in LaTeX reads a file, runs
anything or defines anything; no address in it is followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QTransform

from app.ui.transcript.slices import in_steps, step

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 2_000
"""Characters of LaTeX that are drawn, at most."""
_EM = 24.0
"""Pixels a letter is high in the paths."""
_LARGEST = 400
"""Ems that a formula is wide or high, at most."""
# Names of commands that define others or speak of something outside the formula.
_SUSPECT = 12.0
"""Ems; a formula higher than this is looked at twice."""
_GROWING = re.compile(r"\\(?:left|middle|right)(?=[^a-zA-Z])|\\(?:left|right)(?=\\)")
_FORBIDDEN = re.compile(
    r"\\(?:re|provide)?newcommand|\\(?:e|g|x)?def(?![a-zA-Z])|\\let(?![a-zA-Z])"
    r"|\\(?:href|url|style|class|cssId|require|input|include\w*|open\w*|read|verb\w*|write)(?![a-zA-Z])"
    # What is drawn in one colour cannot stand on a coloured ground.
    r"|\\f?colorbox(?![a-zA-Z])|(?<!\\)\$"
)
_UNKNOWN = re.compile(r"<(?!mtext)\w+[^>]*>\\[a-zA-Z]")
"""A command of which nothing is known comes out as its name."""
_SILENT = re.compile(r"\\(?:nonumber|notag)(?![a-zA-Z])|\\label\s*\{[^{}]*\}")
_WORDS = re.compile(r"(\\(?:text\w*|mbox|hbox)\s*\{)([^{}]*)(?=\})")
_ESCAPED = re.compile(r"\\([%&_#$])")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_AIRY = '<mtable rowspacing="0.5em" columnspacing="0.8em">'
"""Rows that stand on their own need not be as close as in a line of text."""
_STEP = re.compile(r"([MLQCZ])|(-?\d*\.?\d+(?:e-?\d+)?)", re.IGNORECASE)
_ARITY = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


class Undrawable(Exception):
    """It is not LaTeX, or not such as can be drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula at a size of one pixel per em. Equal to itself only."""

    path: QPainterPath
    """With its baseline at 0 and its left edge at 0."""
    width: float
    ascent: float
    descent: float

    def sized(self, em: float) -> "SizedFormula":
        """Return it for letters so many pixels high."""
        return SizedFormula(self, em)


@dataclass(frozen=True, slots=True)
class SizedFormula:
    """A formula in pixels; a `lines.Drawing`."""

    formula: Formula
    em: float

    @property
    def width(self) -> float:
        return self.formula.width * self.em

    @property
    def ascent(self) -> float:
        return self.formula.ascent * self.em

    @property
    def descent(self) -> float:
        return self.formula.descent * self.em

    @property
    def height(self) -> float:
        return self.ascent + self.descent

    def draw(self, painter: QPainter, x: float, baseline: float, colour: QColor) -> None:
        """Draw it with its left edge and its baseline here."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(x, baseline)
        painter.scale(self.em, self.em)
        painter.fillPath(self.formula.path, colour)
        painter.restore()


def load() -> None:
    """Import what draws formulas, and all it will ever import: about 0.2 s."""
    draw("x", is_display=False)


def draw(latex: str, *, is_display: bool) -> Formula:
    """Draw a formula: 5 to 60 ms.

    Raises: `Undrawable`.
    """
    if len(latex) > LONGEST or _FORBIDDEN.search(latex):
        raise Undrawable
    try:
        formula = _formula(_svg(latex, is_display))
        if formula.ascent + formula.descent > _SUSPECT and r"\left" in latex:
            # WORKAROUND: https://github.com/cdelker/ziamath
            # Brackets that should grow with a sum whose limit stands below it
            # grow without end. When they do not, this can go.
            calmer = _formula(_svg(_GROWING.sub(r"\\Big", latex), is_display))
            is_calmer = calmer.ascent + calmer.descent < (formula.ascent + formula.descent) / 4
            return calmer if is_calmer else formula
        return formula
    except Undrawable:
        raise
    except Exception as error:  # it raises whatever comes of what it did not expect
        raise Undrawable from error


def _svg(latex: str, is_display: bool) -> "Element":
    # Imported here because most conversations have no formula.
    from ziamath.config import config
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

    # Of SVG 2 it makes glyphs that are symbols, and not paths where they belong.
    config.svg2 = False
    latex = _TAG.sub(r"\\qquad\\text{(\1)}", _SILENT.sub("", latex.strip()))
    latex = _WORDS.sub(lambda it: it[1] + _spelt(it[2]), latex)
    mathml = tex2mml(latex, inline=not is_display)
    if _UNKNOWN.search(mathml):
        raise Undrawable
    if is_display:
        mathml = mathml.replace('rowspacing="3pt"', 'rowspacing="0.6em"').replace("<mtable>", _AIRY)
    _have_it_step()
    with in_steps():
        maths = Math(mathml, size=_EM, margin=0)
    return maths.svgxml()


@cache
def _have_it_step() -> None:
    """Have the library call `step` with each element it sets, nested ones among them."""
    from ziamath.nodes.mnode import Mnode

    plain = Mnode.fromelement

    def fromelement(element: "Element", parent: Mnode, **how: Any) -> Mnode:
        step()
        return plain(element, parent, **how)

    Mnode.fromelement = staticmethod(fromelement)  # type: ignore[method-assign]


def _spelt(words: str) -> str:
    """Return plain words between formulas as the library takes them over: as XML."""
    from xml.sax.saxutils import escape

    return escape(_ESCAPED.sub(r"\1", words))


def _formula(svg: "Element") -> Formula:
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    if not 0 < width <= _LARGEST * _EM or not 0 < height <= _LARGEST * _EM:
        raise Undrawable
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    with in_steps():
        for element in svg.iter():
            step()
            if element is not svg:
                path.addPath(_outline(element))
    if path.isEmpty():
        raise Undrawable
    path.translate(-left, 0)
    shrunk = QTransform.fromScale(1 / _EM, 1 / _EM).map(path)
    return Formula(shrunk, width / _EM, -top / _EM, (top + height) / _EM)


def _outline(element: "Element") -> QPainterPath:
    """Return what is to be filled for an element of the picture."""
    outline = QPainterPath()
    if "transform" in element.attrib:
        raise Undrawable
    match element.tag:
        case "g":
            pass
        case "path":
            outline = _path(element.attrib["d"])
        case "rect":
            x, y, width, height = (float(element.attrib[n]) for n in ("x", "y", "width", "height"))
            radius = float(element.attrib.get("rx", 0))
            outline.addRoundedRect(QRectF(x, y, width, height), radius, radius)
        case "ellipse":
            x, y, rx, ry = (float(element.attrib[n]) for n in ("cx", "cy", "rx", "ry"))
            outline.addEllipse(QRectF(x - rx, y - ry, 2 * rx, 2 * ry))
        case _:
            raise Undrawable
    stroke = element.attrib.get("stroke-width")
    if stroke is None or element.attrib.get("stroke", "none") == "none":
        return outline
    stroker = QPainterPathStroker()
    stroker.setWidth(float(stroke))
    return stroker.createStroke(outline)


def _path(steps: str) -> QPainterPath:
    path = QPainterPath()
    for name, at in _steps(steps):
        match name:
            case "M":
                path.moveTo(*at)
            case "L":
                path.lineTo(*at)
            case "Q":
                path.quadTo(*at)
            case "C":
                path.cubicTo(*at)
            case _:
                path.closeSubpath()
    return path


def _steps(steps: str) -> Iterator[tuple[str, list[float]]]:
    name = ""
    numbers: list[float] = []
    for match in _STEP.finditer(steps):
        if match[1]:
            name, numbers = match[1], []
        else:
            numbers.append(float(match[2]))
        if not name or name not in _ARITY:
            raise Undrawable
        if len(numbers) == _ARITY[name]:
            yield name, numbers
            numbers = []

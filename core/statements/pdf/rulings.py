"""The straight lines drawn on a page: borders of tables, cells and boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_THIN = 2.5
"""What is thinner is a line, even if it was drawn as a filled box."""
_SHORT = 4.0
"""What is shorter is a letter, a dot or a corner."""
_LEVEL = 0.8
_MAX_OBJECTS = 60_000
_MAX_SEGMENTS = 20_000
_MAX_DEPTH = 4

Point = tuple[float, float]
Place = Callable[[float, float], Point]


class Ruling(NamedTuple):
    """A straight line: where it stands across its direction, and from where to where."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rulings:
    """The upright and the level lines of a page, each sorted by place."""

    verticals: tuple[Ruling, ...] = ()
    horizontals: tuple[Ruling, ...] = ()

    def verticals_across(self, top: float, bottom: float) -> list[float]:
        """Return where upright lines pass beside a stretch of the page, each once."""
        middle = (top + bottom) / 2
        return _distinct(line.at for line in self.verticals if line.start <= middle <= line.end)

    def horizontals_across(self, left: float, right: float, share: float) -> list[float]:
        """Return where level lines span at least a share of a width, pieces put together."""
        covered: list[tuple[float, float]] = []
        for line in self.horizontals:
            width = max(0.0, min(line.end, right) - max(line.start, left))
            if covered and line.at - covered[-1][0] <= _LEVEL:
                covered[-1] = (covered[-1][0], covered[-1][1] + width)
            else:
                covered.append((line.at, width))
        return _distinct(at for at, width in covered if width >= share * (right - left))


def rulings_of(page: Any, placed: Place) -> Rulings:
    """Return the lines of a page; ``placed`` turns its points to the reader's view."""
    verticals: list[Ruling] = []
    horizontals: list[Ruling] = []
    for start, end in _strokes(page):
        (x0, y0), (x1, y1) = placed(*start), placed(*end)
        if abs(x0 - x1) <= _LEVEL and abs(y0 - y1) > _SHORT:
            verticals.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        elif abs(y0 - y1) <= _LEVEL and abs(x0 - x1) > _SHORT:
            horizontals.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    return Rulings(tuple(sorted(verticals)), tuple(sorted(horizontals)))


def _strokes(page: Any) -> Iterator[tuple[Point, Point]]:
    """Return every straight piece that is drawn, in the page's own points."""
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    seen = 0
    stack: list[tuple[Any, bool, _Matrix, int]] = [(page.raw, False, _UNMOVED, 0)]
    while stack:
        holder, is_form, matrix, depth = stack.pop()
        count = (
            raw.FPDFFormObj_CountObjects(holder) if is_form else raw.FPDFPage_CountObjects(holder)
        )
        get = raw.FPDFFormObj_GetObject if is_form else raw.FPDFPage_GetObject
        for index in range(count):
            seen += 1
            if seen > _MAX_OBJECTS:
                return
            item = get(holder, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                yield from _path(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                stack.append((item, True, _matrix_of(item).then(matrix), depth + 1))


def _path(item: Any, matrix: _Matrix) -> Iterator[tuple[Point, Point]]:
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges)):
        return
    left, bottom, right, top = (edge.value for edge in edges)
    if right - left <= _THIN:
        middle = (left + right) / 2
        yield matrix.moved(middle, bottom), matrix.moved(middle, top)
        return
    if top - bottom <= _THIN:
        middle = (top + bottom) / 2
        yield matrix.moved(left, middle), matrix.moved(right, middle)
        return
    yield from _segments(item, _matrix_of(item).then(matrix))


def _segments(item: Any, matrix: _Matrix) -> Iterator[tuple[Point, Point]]:
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    x, y = ctypes.c_float(), ctypes.c_float()
    began = last = (0.0, 0.0)
    for index in range(min(raw.FPDFPath_CountSegments(item), _MAX_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = matrix.moved(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            began = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, began
            last = began


class _Matrix(NamedTuple):
    """How points are moved, as in PDF 32000-1, 8.3.3."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def moved(self, x: float, y: float) -> Point:
        """Return where a point comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, other: _Matrix) -> _Matrix:
        """Return this move followed by another."""
        e, f = other.moved(self.e, self.f)
        return _Matrix(
            self.a * other.a + self.b * other.c,
            self.a * other.b + self.b * other.d,
            self.c * other.a + self.d * other.c,
            self.c * other.b + self.d * other.d,
            e,
            f,
        )


_UNMOVED = _Matrix()


def _matrix_of(item: Any) -> _Matrix:
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return _UNMOVED
    return _Matrix(found.a, found.b, found.c, found.d, found.e, found.f)


def _distinct(places: Any) -> list[float]:
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _THIN:
            kept.append(place)
    return kept

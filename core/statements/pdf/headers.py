"""The row of column names on a page: found by its words, with the place of each name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from core.statements.pdf.rulings import Rulings
from core.statements.pdf.words import Line, Word, joined, phrases_of
from core.statements.profile import ColumnProfile
from core.statements.tables.builtin import NAMED_PROFILES
from core.statements.tables.columns import Layout, find_layout, header_name, layout_by_profile
from core.statements.tables.header_words import EXACT, TOKENS

MAX_HEADER_LINES = 4
_NEXT_LINE = 1.7
"""A name goes on in the line below when that is nearer than this many letter heights."""
_MIN_COLUMNS = 3
_MAX_PHRASE = 5
_CAMEL = re.compile(r"(?<=[a-z.])(?=[A-Z])")

_NAMES = frozenset().union(*EXACT.values()) | {
    header_name(name) for known in NAMED_PROFILES for _, names in known.columns for name in names
}


@dataclass(frozen=True, slots=True)
class _Known:
    """The names by which columns are known: the synonyms, and those of a person's mapping."""

    names: frozenset[str]
    profile: ColumnProfile | None

    @staticmethod
    def of(profile: ColumnProfile | None) -> _Known:
        if profile is None or not profile.columns:
            return _Known(_NAMES, None)
        mapped = {header_name(name) for _, names in profile.columns for name in names}
        return _Known(_NAMES | mapped, replace(profile, skip_rows=0))

    def layout(self, texts: tuple[str, ...]) -> Layout | None:
        """Return what the columns mean, if these texts can be their names."""
        if self.profile is not None and self.profile.has_header:
            mapped = layout_by_profile(self.profile, [texts])
            if mapped is not None:
                return mapped
        return find_layout([texts])


@dataclass(frozen=True, slots=True)
class Header:
    """The names of a table's columns and where they stand; ``edges`` where lines divide them."""

    first_line: int
    last_line: int
    names: tuple[str, ...]
    extents: tuple[tuple[float, float], ...]
    top: float
    bottom: float
    layout: Layout
    edges: tuple[float, ...] = ()

    def means(self, other: Header) -> bool:
        """Tell whether another header gives the columns the same meaning, in the same order."""
        return self.layout.columns == other.layout.columns

    def resembles(self, other: Header) -> bool:
        """Tell whether this is the same table's header, printed again."""
        return self.names == other.names and all(
            abs(a - c) < 1 and abs(b - d) < 1
            for (a, b), (c, d) in zip(self.extents, other.extents, strict=True)
        )


def find_headers(
    lines: Sequence[Line], rulings: Rulings, profile: ColumnProfile | None
) -> list[Header]:
    """Return the headers on a page from above; each as high as reads best."""
    known = _Known.of(profile)
    found: list[Header] = []
    at = 0
    while at < len(lines):
        best: tuple[int, Header] | None = None
        for height in _heights(lines, at):
            tried = _header(lines, at, height, rulings, known)
            if tried and (best is None or tried[0] > best[0]):
                best = tried
        better_below = best and any(
            (below := _header(lines, at + 1, height, rulings, known)) and below[0] > best[0]
            for height in _heights(lines, at + 1)
        )
        if best is None or better_below:
            at += 1
            continue
        found.append(best[1])
        at = best[1].last_line + 1
    return found


def _heights(lines: Sequence[Line], at: int) -> Iterable[int]:
    for height in range(1, MAX_HEADER_LINES + 1):
        below = at + height - 1
        if below >= len(lines) or not _may_name(lines[below]):
            return
        if height > 1:
            line, before = lines[below], lines[below - 1]
            if line.middle - before.middle > _NEXT_LINE * max(line.height, before.height):
                return
        yield height


def _may_name(line: Line) -> bool:
    """Tell a line that can hold names: it has no more than one word with a digit."""
    return sum(any(c.isdigit() for c in word.text) for word in line.words) <= 1


def _header(
    lines: Sequence[Line], at: int, height: int, rulings: Rulings, known: _Known
) -> tuple[int, Header] | None:
    chosen = lines[at : at + height]
    if sum(len(line.words) for line in chosen) < _MIN_COLUMNS:
        return None
    top, bottom = min(line.top for line in chosen), max(line.bottom for line in chosen)
    edges = rulings.verticals_across(top, bottom)
    best: tuple[int, Header] | None = None
    for ruled in (True, False):
        if ruled and len(edges) <= _MIN_COLUMNS:
            continue
        cells = _between(chosen, edges) if ruled else _aligned(chosen, known.names)
        texts = tuple(" ".join(joined(part) for part in cell) for cell in cells)
        if sum(map(bool, texts)) < _MIN_COLUMNS:
            continue
        layout = known.layout(texts)
        if layout is None:
            continue
        score = sum(_worth(text, known.names) for text in texts)
        if best is None or score > best[0]:
            extents = tuple(_extent(cell, edges, n) for n, cell in enumerate(cells))
            header = Header(
                at, at + height - 1, texts, extents, top, bottom, layout,
                tuple(edges) if ruled else (),
            )  # fmt: skip
            best = score, header
    return best if best and best[0] > 0 else None


def _worth(text: str, names: frozenset[str]) -> int:
    """Return how well a name is known, by its words: a name of two words says more than one."""
    words = header_name(text).split()
    if " ".join(words) in names:
        return 2 * len(words)
    return sum(1 if _is_column_word(word) else -1 for word in words)


@lru_cache(maxsize=4096)
def _is_column_word(word: str) -> bool:
    return any(pattern.fullmatch(word) for _, pattern in TOKENS)


def _extent(
    cell: Sequence[Sequence[Word]], edges: Sequence[float], number: int
) -> tuple[float, float]:
    words = [word for part in cell for word in part]
    if not words:
        return edges[number], edges[number + 1]
    return min(word.left for word in words), max(word.right for word in words)


def _between(lines: Sequence[Line], edges: Sequence[float]) -> list[list[list[Word]]]:
    """Return the words between the upright lines, cell by cell and line by line."""
    cells: list[list[list[Word]]] = [[] for _ in edges[1:]]
    for line in lines:
        for cell, left, right in zip(cells, edges, edges[1:], strict=False):
            part = [word for word in line.words if left <= (word.left + word.right) / 2 < right]
            if part:
                cell.append(part)
    return cells


def _aligned(lines: Sequence[Line], names: frozenset[str]) -> list[list[list[Word]]]:
    """Return the names of a header without lines: what stands below each other is one name."""
    cells: list[list[list[Word]]] = []
    for line in lines:
        for part in _names_of(line, names):
            under = [cell for cell in cells if _overlap(cell, part)]
            if not under:
                cells.append([part])
                continue
            first, *others = under
            first.append(part)
            for other in others:
                first.extend(other)
                cells.remove(other)
    cells.sort(key=lambda cell: cell[0][0].left)
    return cells


def _overlap(cell: Sequence[Sequence[Word]], part: Sequence[Word]) -> bool:
    left, right = part[0].left, part[-1].right
    return any(words[0].left < right and left < words[-1].right for words in cell)


def _names_of(line: Line, names: frozenset[str]) -> list[list[Word]]:
    """Split a header line into names: at wide gaps, and where two known names touch."""
    found: list[list[Word]] = []
    for phrase in phrases_of(line.words):
        parts: list[list[Word]] = [[]]
        for word in phrase:
            first, *rest = _unfused(word, names)
            parts[-1].append(first)
            parts.extend([piece] for piece in rest)
        found += [name for part in parts for name in _split(part, names)]
    return found


def _unfused(word: Word, names: frozenset[str]) -> list[Word]:
    """Split "CurrencyBalance" where each part is a known name."""
    cut = _CAMEL.search(word.text)
    if cut is None:
        return [word]
    head, tail = word.split_at(cut.start())
    both = header_name(head.text) in names and header_name(tail.text) in names
    return [head, tail] if both else [word]


def _split(phrase: list[Word], names: frozenset[str]) -> list[list[Word]]:
    """Return the fewest known names that a phrase is made of, or the phrase as it is."""
    count = len(phrase)
    best: list[tuple[int, list[list[Word]]] | None] = [(0, [])] + [None] * count
    for end in range(1, count + 1):
        for start in range(max(0, end - _MAX_PHRASE), end):
            before = best[start]
            if before is None or header_name(joined(phrase[start:end])) not in names:
                continue
            if (now := best[end]) is None or before[0] + 1 < now[0]:
                best[end] = before[0] + 1, [*before[1], phrase[start:end]]
    whole = best[count]
    return whole[1] if whole else [phrase]

"""References that a keyboard, a form or a narrow column has damaged.

Recognised: cut at the end by up to four characters, two neighbours swapped, one character wrong,
missing or too many. Words of the *lines* are indexed by their deletion neighbourhood (Garbe's
SymSpell: two words one slip apart share a word with one letter deleted) and the identifiers
stream past it once, so the cost is linear in both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.matching.identifiers import Field, Identifier, stands_alone

_MAX_CUT = 4
_MIN_LENGTH = 6
_MIN_DIGITS = 3


@dataclass(frozen=True, slots=True)
class NearHit:
    """An identifier that a line seems to mean, and what stands there instead."""

    identifier: Identifier
    seen: str
    damage: str

    @property
    def is_cut(self) -> bool:
        """Tell whether the reference is visibly broken off, not merely another one."""
        return self.identifier.folded.startswith(self.seen)


def one_slip_apart(left: str, right: str) -> bool:
    """Tell whether two different words are one slip apart (optimal string alignment of 1)."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    start = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        start += 1
    if len(left) == len(right):
        if left[start + 1 :] == right[start + 1 :]:
            return True
        swapped = left[start : start + 2] == right[start : start + 2][::-1]
        return swapped and left[start + 2 :] == right[start + 2 :]
    shorter, longer = sorted((left, right), key=len)
    return shorter[start:] == longer[start + 1 :]


def near_hits(
    fields_by_line: Mapping[int, tuple[Field, ...]],
    identifiers: Iterable[Identifier],
    shape: re.Pattern[str] | None = None,
) -> dict[int, tuple[NearHit, ...]]:
    """Return, for each line, every identifier that its words may be a damaged form of.

    ``shape`` finds what looks like one of them where it is joined to the word before it.
    """
    usable = [
        each
        for each in identifiers
        if len(each.folded) >= _MIN_LENGTH and stands_alone(each.folded)
    ]
    if not usable or not fields_by_line:
        return {}
    lengths = [len(each.folded) for each in usable]
    lines_by_word = _words(fields_by_line, max(min(lengths) - _MAX_CUT, 5), max(lengths) + 1, shape)
    words_by_deletion: dict[str, list[str]] = defaultdict(list)
    for word in lines_by_word:
        for key in _deletions(word):
            words_by_deletion[key].append(word)
    found: dict[int, dict[str, NearHit]] = defaultdict(dict)
    for identifier in usable:
        for word, damage in _near_words(identifier.folded, lines_by_word, words_by_deletion):
            for line_id in lines_by_word[word]:
                found[line_id].setdefault(identifier.payment_id, NearHit(identifier, word, damage))
    return {line_id: tuple(hits.values()) for line_id, hits in found.items()}


def _words(
    fields_by_line: Mapping[int, tuple[Field, ...]],
    shortest: int,
    longest: int,
    shape: re.Pattern[str] | None,
) -> dict[str, set[int]]:
    words: dict[str, set[int]] = defaultdict(set)
    for line_id, fields in fields_by_line.items():
        for field in fields:
            joined = shape.findall(field.folded) if shape else ()
            for word in (*field.runs(shortest, longest), *joined):
                digits = sum(map(str.isdigit, word))
                if digits >= _MIN_DIGITS and stands_alone(word):
                    words[word].add(line_id)
    return words


def _near_words(
    identifier: str, words: Mapping[str, set[int]], words_by_deletion: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    for cut in range(1, min(_MAX_CUT, len(identifier) - 5) + 1):
        if identifier[:-cut] in words:
            yield identifier[:-cut], "cut at the end"
    seen = set()
    for key in _deletions(identifier):
        for word in words_by_deletion.get(key, ()):
            if word not in seen and one_slip_apart(word, identifier):
                seen.add(word)
                yield word, "one slip away"


def _deletions(word: str) -> set[str]:
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}

"""Whether the drawing steps of a page are whole, told before PDFium draws them.

PDFium passes over a step it does not know, and ends a page where a text is never closed; it says
neither, and the rows after it are missing.
"""

from __future__ import annotations

import re

_MAX_BRACKETS = 5
"""So deep may closed brackets stand in each other in one text."""
_OPERATORS = rb"""Tj TJ Tm Td ET BT Tf re l m n S f q Q cm w W h rg g RG G Tc Tw T* TD TL Tr Ts Tz '
    " b b* B B* BDC BMC BI c cs CS d d0 d1 Do DP EI EMC f* F gs i j J k K M MP ri s sc scn SC SCN sh
    v W* y true false null""".split()
"""PDF 32000-1, annex A, the frequent ones first; and the words that are values."""


def _text() -> bytes:
    inner = rb"(?:[^()\\]++|\\.)*+"
    for _ in range(_MAX_BRACKETS):
        inner = rb"(?:[^()\\]++|\\.|\(" + inner + rb"\))*+"
    return rb"\(" + inner + rb"\)"


_WHOLE = re.compile(
    rb"(?:[\s\0\d.+\-\[\]]++"
     rb"|(?:" + b"|".join(map(re.escape, _OPERATORS)) + rb")(?![^\s\0()<>\[\]/%])"
    + rb"|" + _text()
    + rb"|/[^\s\0()<>\[\]{}/%]*+"
    + rb"|<[0-9A-Fa-f\s]*+>|<<|>>"
    + rb"|%[^\r\n]*+)*+",
    re.DOTALL,
)  # fmt: skip
_DRAWS = re.compile(rb"(?<!\S)BT(?=[\s/\[(<])")
_NOT_JUDGED = re.compile(rb"\bbegincmap\b|(?<!\S)BX(?!\S)|(?<!\S)BI\s+/")
"""A font's table; steps of a later PDF, which may be unknown; a picture's bytes among the steps."""


def is_damaged(stream: bytes | bytearray) -> bool:
    """Tell whether a stream draws text, and holds a text never closed or a step PDF has not."""
    if _DRAWS.search(stream) is None or _NOT_JUDGED.search(stream):
        return False
    read = _WHOLE.match(stream)
    return read is None or read.end() < len(stream)

"""The text of a receipt laid out in lines of one width, for printers that know characters only."""

from __future__ import annotations

from core.documents.receipt import ReceiptPair, ReceiptText
from core.documents.sheet import Align
from core.documents.text import break_of, plain

INDENT = 2


def laid_out(part: ReceiptText | ReceiptPair, columns: int) -> list[str]:
    """Return a part as lines of at most ``columns`` characters, each padded as it is aligned."""
    if isinstance(part, ReceiptText):
        # A line's end parts what a dash parted before.
        lines = [line.removesuffix(" -") for line in wrapped(" ".join(part.text.split()), columns)]
        return [_aligned(line, part.align, columns).rstrip() for line in lines]
    label, amount = " " * (INDENT * part.indented) + plain(part.label), plain(part.amount)
    if len(label) + 1 + len(amount) <= columns:
        return [label + amount.rjust(columns - len(label))]
    return [*wrapped(label, columns), *(line.rjust(columns) for line in wrapped(amount, columns))]


def wrapped(text: str, columns: int) -> list[str]:
    """Return text in lines of at most ``columns`` characters; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if len(longer) <= columns:
            line = longer
            continue
        if line:
            lines.append(line)
        while len(word) > columns:
            at = break_of(word[:columns])
            lines.append(word[:at])
            word = word[at:]  # noqa: PLW2901 - what is left of it
        line = word
    lines.append(line)
    return lines


def _aligned(line: str, align: Align, columns: int) -> str:
    if align == "center":
        return line.center(columns)
    return line.rjust(columns) if align == "right" else line

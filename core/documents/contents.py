"""What the papers of a sale are made of: the shop's block, a line, and the sums it adds up to.

These frozen facts are everything a paper shows; whoever draws it, on a page or on a roll of
thermal paper, needs nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.documents.text import plain_lines

STANDARD_CLASS = "B"
"""The only tax class that carries VAT; A is exempt, C zero-rated, D outside it."""


@dataclass(frozen=True, slots=True)
class ShopBlock:
    """The shop as its papers name it.

    ``logo`` is a PNG or JPEG picture, or empty; ``logo_path`` is a file of one, for papers that
    need not look the same tomorrow. ``accent_colour`` is "#rrggbb", or empty for the program's own.
    """

    name: str
    tin: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank_details: str = ""
    footer: str = ""
    logo_path: Path | None = None
    logo: bytes = b""
    accent_colour: str = ""

    def contact_lines(self) -> list[str]:
        """Return what stands under the shop's name; address lines stay as typed."""
        reach = "  ·  ".join(part for part in (self.phone, self.email) if part)
        tin = f"TIN {self.tin}" if self.tin else ""
        return [*plain_lines(self.address), *(line for line in (reach, tin) if line)]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One thing sold. Prices include VAT; ``tax_class`` is A, B, C or D as in EBM."""

    description: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    tax_class: str = STANDARD_CLASS


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What the lines of one tax class add up to: ``total_minor`` with its ``tax_minor`` inside."""

    tax_class: str
    total_minor: int
    tax_minor: int

    @property
    def subtotal_minor(self) -> int:
        """The amount without its VAT."""
        return self.total_minor - self.tax_minor


def class_totals(lines: Sequence[InvoiceLine], tax_minor: int) -> tuple[ClassTotal, ...]:
    """Return the totals of each tax class that occurs; all VAT is in the standard class."""
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.tax_class] = totals.get(line.tax_class, 0) + line.total_minor
    return tuple(
        ClassTotal(letter, total, tax_minor if letter == STANDARD_CLASS else 0)
        for letter, total in sorted(totals.items())
    )


def check_sums(
    lines: Sequence[InvoiceLine], subtotal_minor: int, tax_minor: int, total_minor: int
) -> None:
    """Refuse a paper whose figures disagree: printing it would be worse than failing.

    Raises:
        ValueError: net plus VAT, or the sum of the lines, is not the total.

    """
    if subtotal_minor + tax_minor != total_minor:
        raise ValueError(f"net {subtotal_minor} + VAT {tax_minor} is not the total {total_minor}")
    line_sum = sum(line.total_minor for line in lines)
    if lines and line_sum != total_minor:
        raise ValueError(f"the lines add up to {line_sum}, not to the total {total_minor}")

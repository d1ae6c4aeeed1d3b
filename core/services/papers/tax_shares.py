"""What part of a price falls on which tax class, so that all parts together make the whole.

Each part takes its proportion of what is *left*, class by class and to the minor unit: the
rounding of one part is made good by the next, and the last one takes exactly the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.model.customers import TaxClass
from core.money import vat_inside


@dataclass(frozen=True, slots=True)
class Share:
    """An amount of one tax class, tax included, and the tax inside it."""

    total_minor: int
    tax_minor: int


Shares = Mapping[TaxClass, Share]


def tax_inside(tax_class: TaxClass, gross_minor: int) -> int:
    """Return the VAT inside a price of a class; only the standard class carries any."""
    return vat_inside(gross_minor) if tax_class is TaxClass.STANDARD else 0


def standard_share(gross_minor: int) -> Shares:
    """Return an amount of which nothing is known as one of the standard rate."""
    return {TaxClass.STANDARD: Share(gross_minor, vat_inside(gross_minor))}


def add_up(shares: Iterable[tuple[TaxClass, Share]]) -> Shares:
    """Return the sums by class."""
    sums: dict[TaxClass, Share] = {}
    for tax_class, share in shares:
        known = sums.get(tax_class, Share(0, 0))
        sums[tax_class] = Share(
            known.total_minor + share.total_minor, known.tax_minor + share.tax_minor
        )
    return sums


def left_of(whole: Shares, taken: Shares) -> Shares:
    """Return what is left of a whole; of a class that was taken up, nothing."""
    nothing = Share(0, 0)
    return {
        tax_class: Share(
            max(0, share.total_minor - taken.get(tax_class, nothing).total_minor),
            max(0, share.tax_minor - taken.get(tax_class, nothing).tax_minor),
        )
        for tax_class, share in whole.items()
    }


def part_of(amount_minor: int, *, left: Shares, whole: Shares) -> Shares:
    """Return the shares of a part: of what is left, and beyond it in the whole's proportions."""
    rest_minor = sum(share.total_minor for share in left.values())
    within = proportion(min(amount_minor, rest_minor), left)
    beyond = proportion(amount_minor - rest_minor, whole) if amount_minor > rest_minor else {}
    shares = add_up([*within.items(), *beyond.items()])
    return {tax_class: share for tax_class, share in shares.items() if share.total_minor}


def proportion(amount_minor: int, base: Shares) -> Shares:
    """Return an amount split in a base's proportions; without a base, at the standard rate.

    What the division leaves over goes to the largest remainders, so no class of the base is
    given more than it has while the amount is within the base.
    """
    base_minor = sum(share.total_minor for share in base.values())
    if base_minor <= 0:
        return standard_share(amount_minor)
    totals: dict[TaxClass, int] = {}
    remainders: list[tuple[int, str, TaxClass]] = []
    for tax_class, share in base.items():
        totals[tax_class], rest = divmod(amount_minor * share.total_minor, base_minor)
        remainders.append((-rest, tax_class.value, tax_class))
    for _, _, tax_class in sorted(remainders)[: amount_minor - sum(totals.values())]:
        totals[tax_class] += 1
    return {
        tax_class: Share(total, _tax_of(total, base[tax_class]))
        for tax_class, total in totals.items()
    }


def _tax_of(total_minor: int, base: Share) -> int:
    """Return the tax in the base's proportion, to the nearest minor unit."""
    if not base.total_minor:
        return 0
    return (2 * total_minor * base.tax_minor + base.total_minor) // (2 * base.total_minor)

"""Statement files for the pictures of the reconcile page."""

from __future__ import annotations

from pathlib import Path

from ui.gallery_shop import SampleShop

_ACCOUNTS = (
    ("4001 1100 2200 17", "RWF", 1_250_000),
    ("4001 1100 2200 25", "RWF", 380_500),
    ("4001 1100 2201 06", "USD", 12_400),
    ("4001 1100 2207 88", "RWF", 96_000),
    ("4001 1100 2209 41", "EUR", 3_150),
)
_BROKEN = (1, 4)
"""The account and row whose balance does not follow."""


def write_unknown_table(shop: SampleShop) -> Path:
    """Write a table whose columns nobody knows, with one cell that is no date."""
    lines = ["Export of my wallet;;;;;", "Kuwa;Wuzuye;Amafaranga;Asigaye;Nimero"]
    balance = 50_000
    for number in range(40):
        amount = 1500 * (number % 9 + 1)
        balance += amount
        day = "31.02.2026" if number == 21 else f"{number % 28 + 1:02d}.06.2026"
        lines.append(f"{day};Umukiriya {number};{amount};{balance};K{number}")
    return _written(shop, "ubwishyu.csv", lines)


def write_five_accounts(shop: SampleShop) -> Path:
    """Write one file of five accounts, of which one does not add up."""
    lines = ["Account,Book Date,Reference,Description,Debit,Credit,Balance,Currency"]
    for place, (account, currency, opening) in enumerate(_ACCOUNTS):
        balance = opening
        for number in range(6 + place * 2):
            debit = 1200 if number % 4 == 3 else 0
            credit = 0 if debit else 2500 * (number % 5 + 1)
            balance += credit - debit
            shown = balance + (900 if (place, number) == _BROKEN else 0)
            text = "Monthly charge" if debit else f"Transfer from customer {number + 1}"
            lines.append(
                f"{account},2026-06-{number + 2:02d},FT26{place}{number:03d},{text},"
                f"{debit or ''},{credit or ''},{shown},{currency}"
            )
        if place == 0:
            lines.append(f"{account},2026-06-29,FT26P1,Transfer that failed,,abc,,{currency}")
    return _written(shop, "BPR_all_accounts_June.csv", lines)


def write_unclear_dates(shop: SampleShop) -> Path:
    """Write a file in which nothing tells day from month."""
    days = ("03/04/2026", "03/02/2026", "05/07/2026", "02/06/2026", "07/03/2026", "04/05/2026")
    lines = ["Date,Description,Amount,Balance"]
    balance = 200_000
    for number, day in enumerate(days):
        amount = 4500 * (number + 1) * (-1 if number == 3 else 1)
        balance += amount
        lines.append(f"{day},Payment {number + 1},{amount},{balance}")
    return _written(shop, "export_till2.csv", lines)


def _written(shop: SampleShop, name: str, lines: list[str]) -> Path:
    path = Path(shop.folder.name) / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

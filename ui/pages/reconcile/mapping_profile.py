"""From the choices of the mapping dialog to a column profile, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QT_TRANSLATE_NOOP

from core.statements.profile import ColumnProfile, Role, SignRule
from core.statements.sources import RawTable
from core.statements.tables.columns import header_name, layout_by_profile

ROLE_WORDS: dict[Role, object] = {
    Role.DATE: QT_TRANSLATE_NOOP("Reconcile", "Date"),
    Role.AMOUNT: QT_TRANSLATE_NOOP("Reconcile", "Amount"),
    Role.CREDIT: QT_TRANSLATE_NOOP("Reconcile", "Money in"),
    Role.DEBIT: QT_TRANSLATE_NOOP("Reconcile", "Money out"),
    Role.BALANCE: QT_TRANSLATE_NOOP("Reconcile", "Balance"),
    Role.REFERENCE: QT_TRANSLATE_NOOP("Reconcile", "Reference"),
    Role.TRANSACTION_ID: QT_TRANSLATE_NOOP("Reconcile", "Transaction id"),
    Role.DESCRIPTION: QT_TRANSLATE_NOOP("Reconcile", "Text"),
    Role.COUNTERPARTY: QT_TRANSLATE_NOOP("Reconcile", "Other party"),
    Role.COUNTERPARTY_ACCOUNT: QT_TRANSLATE_NOOP("Reconcile", "Their account or phone"),
    Role.FEE: QT_TRANSLATE_NOOP("Reconcile", "Fee"),
    Role.INDICATOR: QT_TRANSLATE_NOOP("Reconcile", "In or out (CR, DR)"),
    Role.VALUE_DATE: QT_TRANSLATE_NOOP("Reconcile", "Value date"),
    Role.TRADE_DATE: QT_TRANSLATE_NOOP("Reconcile", "Day of the deed"),
    Role.TIME: QT_TRANSLATE_NOOP("Reconcile", "Time"),
    Role.STATUS: QT_TRANSLATE_NOOP("Reconcile", "Status"),
    Role.CURRENCY: QT_TRANSLATE_NOOP("Reconcile", "Currency"),
    Role.ACCOUNT: QT_TRANSLATE_NOOP("Reconcile", "Own account"),
    Role.FROM_ACCOUNT: QT_TRANSLATE_NOOP("Reconcile", "From account"),
    Role.FROM_NAME: QT_TRANSLATE_NOOP("Reconcile", "From name"),
    Role.TO_ACCOUNT: QT_TRANSLATE_NOOP("Reconcile", "To account"),
    Role.TO_NAME: QT_TRANSLATE_NOOP("Reconcile", "To name"),
}
"""Every role, those chosen most often first."""

SIGN_WORDS: dict[SignRule, object] = {
    SignRule.AUTO: QT_TRANSLATE_NOOP("Reconcile", "Seen from the file"),
    SignRule.SIGNED: QT_TRANSLATE_NOOP("Reconcile", "+ is money in"),
    SignRule.INVERTED: QT_TRANSLATE_NOOP("Reconcile", "+ is money out"),
    SignRule.INDICATOR: QT_TRANSLATE_NOOP("Reconcile", "A column of CR and DR"),
    SignRule.COLUMNS: QT_TRANSLATE_NOOP("Reconcile", "One column in, one out"),
    SignRule.FROM_TO: QT_TRANSLATE_NOOP("Reconcile", "Own account in From or To"),
}

SEVERAL = frozenset({Role.DESCRIPTION, Role.TRADE_DATE, Role.REFERENCE})
"""Roles that more than one column may have."""


@dataclass(frozen=True, slots=True)
class ColumnChoices:
    """What a person chose; ``header_row`` is an index into the rows, None without a header."""

    roles: Mapping[int, Role]
    header_row: int | None
    sign_rule: SignRule = SignRule.AUTO
    date_order: str = ""
    decimal_mark: str = ""


def guessed_choices(table: RawTable) -> ColumnChoices:
    """Return what the file's columns are taken for, as a start."""
    profile = table.profile
    if profile is None:
        return ColumnChoices({}, _first_full_row(table.rows))
    header = table.rows[table.header_row] if table.header_row is not None else ()
    names = [header_name(cell) for cell in header]
    roles: dict[int, Role] = {}
    for role, wanted in profile.columns:
        for name in wanted:
            index = _index_of(name, names)
            if index is not None:
                roles.setdefault(index, role)
                if role not in SEVERAL:
                    break
    return ColumnChoices(
        roles, table.header_row, profile.sign_rule, profile.date_order, profile.decimal_mark
    )


def preset_choices(table: RawTable, preset: ColumnProfile) -> ColumnChoices | None:
    """Return the choices that a named profile makes of this table, None where it does not fit."""
    layout = layout_by_profile(preset, table.rows)
    if layout is None:
        return None
    return guessed_choices(replace(table, profile=preset, header_row=layout.header_row))


def profile_of(choices: ColumnChoices, table: RawTable, name: str) -> ColumnProfile:
    """Return the column profile that the choices make.

    Columns are named by their header where it tells them apart, so that the profile also fits a
    file with other columns between them or other rows above; else by their place.
    """
    header: Sequence[str] = ()
    if choices.header_row is not None and choices.header_row < len(table.rows):
        header = table.rows[choices.header_row]
    names = [header_name(cell) for cell in header]
    columns: dict[Role, list[str]] = {}
    by_place = False
    for index, role in sorted(choices.roles.items()):
        unique = index < len(names) and bool(names[index]) and names.count(names[index]) == 1
        by_place = by_place or not unique
        columns.setdefault(role, []).append(header[index] if unique else f"#{index + 1}")
    has_header = choices.header_row is not None
    rows_above = choices.header_row if choices.header_row is not None else 0
    return ColumnProfile(
        name=name.strip(),
        columns=tuple((role, tuple(found)) for role, found in columns.items()),
        sign_rule=choices.sign_rule,
        date_order=choices.date_order,
        decimal_mark=choices.decimal_mark,
        delimiter=table.delimiter,
        skip_rows=rows_above if by_place else 0,
        has_header=has_header,
    )


def what_is_missing(choices: ColumnChoices) -> tuple[Role, ...]:
    """Return the roles without which a table is no statement: a date, and some amount."""
    chosen = set(choices.roles.values())
    missing = [] if Role.DATE in chosen else [Role.DATE]
    if not chosen & {Role.AMOUNT, Role.CREDIT, Role.DEBIT}:
        missing.append(Role.AMOUNT)
    return tuple(missing)


def _index_of(name: str, names: Sequence[str]) -> int | None:
    if name.startswith("#") and name[1:].isdigit():
        return int(name[1:]) - 1
    wanted = header_name(name)
    return names.index(wanted) if wanted in names else None


def _first_full_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the first row with as many filled cells as most rows have: likely the header."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    return next(
        (place for place, count in enumerate(filled) if count and count >= widest - 1), None
    )

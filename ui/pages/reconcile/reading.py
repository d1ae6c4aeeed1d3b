"""Reading a dropped file before anything is stored: which profile, which provider, which totals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from core.app import App
from core.errors import KnownError, UnreadableFileError
from core.model.reconciliations import StatementProvider
from core.money import display
from core.statements.sources import RawTable
from core.statements.statement import StatementFile, StatementLine
from ui.pages.reconcile.words import balance_text, day_range, filled, number, signed

_MTN_WORDS = ("mtn", "momo")
_AIRTEL_WORDS = ("airtel",)
_SHOWN_ACCOUNTS = 4


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was looked into.

    ``file`` is None where its columns are not known yet, then ``refusal`` says so and ``table``
    can be mapped. ``profile_name`` is the saved profile it was read with, or empty.
    """

    path: Path
    profile_name: str
    profiles: tuple[str, ...]
    file: StatementFile | None
    table: RawTable | None
    refusal: str = ""


def read_file(app: App, path: Path, profile_name: str = "") -> ReadFile:
    """Read a file by a saved profile, by itself, or by the one saved profile that fits it.

    Raises:
        UnreadableFileError: it is no statement at all; nothing can be mapped.

    """
    profiles = app.statements.profiles()
    try:
        file = app.statements.read(path, profile_name=profile_name)
        return ReadFile(path, profile_name, profiles, file, None)
    except UnreadableFileError as error:
        if not profile_name:
            fitting = _read_by_saved_profile(app, path, profiles)
            if fitting is not None:
                name, file = fitting
                return ReadFile(path, name, profiles, file, None)
        try:
            table = app.statements.table(path)
        except UnreadableFileError:
            raise error from None
        return ReadFile(path, profile_name, profiles, None, table, error.message)


def _read_by_saved_profile(
    app: App, path: Path, profiles: tuple[str, ...]
) -> tuple[str, StatementFile] | None:
    """Return the file as the only saved profile that fits reads it: two would be a guess."""
    fitting = []
    for name in profiles:
        try:
            file = app.statements.read(path, profile_name=name)
        except KnownError:
            continue
        if file.lines:
            fitting.append((name, file))
    return fitting[0] if len(fitting) == 1 else None


def likely_provider(read: ReadFile) -> StatementProvider:
    """Return who probably sent a file, by its profile, its account and its name."""
    file = read.file
    texts = [file.profile if file else "", read.profile_name]
    texts += [statement.account for statement in file.statements] if file else []
    for text in (*texts, read.path.stem):
        lowered = text.casefold()
        if any(word in lowered for word in _AIRTEL_WORDS):
            return StatementProvider.AIRTEL
        if any(word in lowered for word in _MTN_WORDS):
            return StatementProvider.MTN
    return StatementProvider.BANK


def money_in(lines: tuple[StatementLine, ...]) -> int:
    """Return the sum of what came in, in minor units."""
    return sum(line.amount_minor for line in lines if line.amount_minor > 0)


def money_out(lines: tuple[StatementLine, ...]) -> int:
    """Return the sum of what went out, in minor units, never above zero."""
    return sum(line.amount_minor for line in lines if line.amount_minor < 0)


@dataclass(frozen=True, slots=True)
class Control:
    """Whether the balances of a file agree, in a sentence; None where it does not say."""

    text: str
    holds: bool | None


def controls(file: StatementFile) -> tuple[Control, ...]:
    """Return the check of opening + movements = closing per account."""
    return tuple(
        Control(
            *balance_text(
                statement.opening_balance_minor,
                statement.movement_minor(),
                statement.closing_balance_minor,
                statement.currency,
            )
        )
        for statement in file.statements
    )


def facts(file: StatementFile) -> list[tuple[str, str]]:
    """Return what a person checks before a file is taken in."""
    translate = QCoreApplication.translate
    found = file.format.upper()
    if file.profile != "detected":
        found = f"{found} · {file.profile}"
    told = [(translate("Reconcile", "Found"), found)]
    for statement in file.statements[:_SHOWN_ACCOUNTS]:
        days = [line.date for line in statement.lines]
        first = statement.period_start or min(days, default=None)
        last = statement.period_end or max(days, default=None)
        currency = statement.currency
        told += [
            (
                translate("Reconcile", "Account"),
                " · ".join([statement.account or translate("Reconcile", "not stated"), currency]),
            ),
            (translate("Reconcile", "Period"), day_range(first, last)),
            (translate("Reconcile", "Lines"), number(len(statement.lines))),
            (translate("Reconcile", "Money in"), signed(money_in(statement.lines), currency)),
            (translate("Reconcile", "Money out"), display(money_out(statement.lines), currency)),
        ]
    hidden = len(file.statements) - _SHOWN_ACCOUNTS
    if hidden > 0:
        more = translate("Reconcile", "and %1 more accounts")
        told.append(("", filled(more, number(hidden))))
    return told


def short_totals(file: StatementFile) -> str:
    """Return the control totals of a file in one line, for a mapping in the making."""
    translate = QCoreApplication.translate
    currency = file.statements[0].currency if file.statements else "RWF"
    parts = [
        filled(translate("Reconcile", "%1 lines"), number(len(file.lines))),
        filled(translate("Reconcile", "in %1"), signed(money_in(file.lines), currency)),
        filled(translate("Reconcile", "out %1"), display(money_out(file.lines), currency)),
        *(control.text for control in controls(file)[:1]),
    ]
    if file.problems:
        parts.append(filled(translate("Reconcile", "%1 problems"), number(len(file.problems))))
    return "  ·  ".join(parts)

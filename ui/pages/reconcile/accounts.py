"""The accounts of a file: which are taken in, and as whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from core.model.reconciliations import StatementProvider
from core.money import grouped
from core.services.statements.importing import ChosenAccount
from core.services.statements.known_lines import Standing
from core.services.statements.looking import AccountSeen, LookedInto
from core.services.statements.memory import account_key
from core.statements.statement import Statement
from ui.badges import BLUE, GRAY, GREEN, RED, YELLOW, Badge
from ui.models.columns import amount_column, badge_column
from ui.models.rows import RowsModel
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.reading import days_of, money_in, money_out
from ui.pages.reconcile.words import filled, number, short_account, short_period, tr
from ui.widgets.data_table import DataTable

_t = partial(QCoreApplication.translate, "Reconcile")
PROVIDERS = (StatementProvider.MTN, StatementProvider.AIRTEL, StatementProvider.BANK)
_HOLDS = QT_TRANSLATE_NOOP("Reconcile", "Adds up")
_BREAKS = QT_TRANSLATE_NOOP("Reconcile", "Breaks at %1")
_GAP = QT_TRANSLATE_NOOP("Reconcile", "Does not add up")
_UNKNOWN = QT_TRANSLATE_NOOP("Reconcile", "Not stated")
_CHOSEN = QT_TRANSLATE_NOOP("Reconcile", "Import")
_LEFT = QT_TRANSLATE_NOOP("Reconcile", "Leave")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """One account of the file with what the person chose."""

    seen: AccountSeen
    statement: Statement
    is_chosen: bool
    provider: StatementProvider
    standing: Standing

    @property
    def index(self) -> int:
        """Its place in the file."""
        return self.seen.index


def first_choices(look: LookedInto) -> tuple[AccountChoice, ...]:
    """Return what is chosen before the person said anything: all accounts with new lines.

    A file of one account is chosen as it is: importing it again shows what it made.
    """
    if look.file is None:
        return ()
    only = len(look.accounts) == 1
    return tuple(
        AccountChoice(
            seen,
            statement,
            not statement.provisional and (only or bool(seen.standing.new_lines)),
            seen.provider,
            seen.standing,
        )
        for seen, statement in zip(look.accounts, look.file.statements, strict=True)
    )


def verdict_badge(seen: AccountSeen) -> Badge:
    """Return whether an account adds up, and else where it breaks."""
    verdict = seen.verdict
    if verdict.breaks:
        return Badge(filled(tr(str(_BREAKS)), number(verdict.breaks[0])), "alert", RED)
    if verdict.gap_minor:
        return Badge(tr(str(_GAP)), "not-equal", RED)
    if verdict.holds:
        return Badge(tr(str(_HOLDS)), "check", GREEN)
    return Badge(tr(str(_UNKNOWN)), "question", GRAY)


class AccountsTable(DataTable[AccountChoice]):
    """The accounts, one current; Space chooses or leaves one, P changes who sent it.

    Signals:
        choices_changed: another account is chosen, or another provider; ask ``choices``.
        account_shown(index): another account is current.
        break_wanted(index, line): show this line of that account.
    """

    choices_changed = Signal()
    account_shown = Signal(int)
    break_wanted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._choices: tuple[AccountChoice, ...] = ()
        model: RowsModel[AccountChoice] = RowsModel(_columns(), row_id=lambda row: row.index)
        super().__init__(model, "", parent)
        model.setParent(self)
        self._model = model
        self.setAccessibleName(self.tr("Accounts of the file"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setToolTip(self.tr("Space: import or leave · P: who sent it"))
        self.current_row_changed.connect(self._on_current)
        self.row_opened.connect(self._on_opened)

    @property
    def choices(self) -> tuple[AccountChoice, ...]:
        """Every account with what is chosen for it."""
        return self._choices

    @property
    def chosen(self) -> tuple[ChosenAccount, ...]:
        """What is to be taken in."""
        return tuple(
            ChosenAccount(each.index, each.provider) for each in self._choices if each.is_chosen
        )

    def show_choices(self, choices: Sequence[AccountChoice]) -> None:
        """Show the accounts of another file."""
        self._choices = tuple(choices)
        self._model.show_rows(self._choices)
        if self._choices:
            self.selectRow(0)

    def show_standing(self, standings: Sequence[Standing]) -> None:
        """Show what is new if the chosen providers sent the accounts."""
        by_index = {standing.index: standing for standing in standings}
        self._replace(
            tuple(
                replace(each, standing=by_index.get(each.index, each.standing))
                for each in self._choices
            )
        )

    def fit(self, most_rows: int) -> None:
        """Take the height of the rows, no more than so many."""
        rows = min(len(self._choices), most_rows)
        self.setFixedHeight(
            self.verticalHeader().defaultSectionSize() * rows
            + self.horizontalHeader().sizeHint().height()
            + self.horizontalScrollBar().sizeHint().height()
            + 2 * self.frameWidth()
        )

    def go_to(self, index: int) -> None:
        """Make an account current."""
        if 0 <= index < len(self._choices):
            self.selectRow(index)

    def toggle(self, index: int) -> None:
        """Choose an account, or leave it; what is not booked yet cannot be chosen."""
        each = self._choices[index]
        if each.statement.provisional:
            return
        changed = replace(each, is_chosen=not each.is_chosen)
        self._replace((*self._choices[:index], changed, *self._choices[index + 1 :]))
        self.choices_changed.emit()

    def set_provider(self, index: int, provider: StatementProvider) -> None:
        """Say who sent an account's statements, all periods of it that the file has."""
        key = account_key(self._choices[index].statement.account)
        self._replace(
            tuple(
                replace(each, provider=provider)
                if account_key(each.statement.account) == key and each.standing.earlier is None
                else each
                for each in self._choices
            )
        )
        self.choices_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Space, change the provider with P; the rest as in every table."""
        row = self.current_row()
        if row is not None and event.key() == Qt.Key.Key_Space:
            self.toggle(row.index)
        elif row is not None and event.key() == Qt.Key.Key_P and not event.modifiers():
            place = (PROVIDERS.index(row.provider) + 1) % len(PROVIDERS)
            self.set_provider(row.index, PROVIDERS[place])
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose or leave by a click on the first column; a click on a break goes there."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        if index.column() == 0:
            self.toggle(index.row())
        elif index.column() == 1:
            self._go_to_break(index)

    def _go_to_break(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index.row())
        if row is not None and row.seen.verdict.breaks:
            self.break_wanted.emit(row.index, row.seen.verdict.breaks[0])

    def _replace(self, choices: tuple[AccountChoice, ...]) -> None:
        self._choices = choices
        self._model.show_rows(choices)

    def _on_current(self, row: AccountChoice | None) -> None:
        if row is not None:
            self.account_shown.emit(row.index)

    def _on_opened(self, row: AccountChoice) -> None:
        if row.seen.verdict.breaks:
            self.break_wanted.emit(row.index, row.seen.verdict.breaks[0])


def _columns() -> tuple[Column[AccountChoice], ...]:
    return (
        Column(
            "chosen",
            _t("Import"),
            lambda row: _chosen_badge(row).text,
            ColumnKind.BADGE,
            badge=_chosen_badge,
            width=7,
        ),
        Column(
            "verdict",
            _t("Balances"),
            lambda row: verdict_badge(row.seen).text,
            ColumnKind.BADGE,
            badge=lambda row: verdict_badge(row.seen),
            width=15,
        ),
        Column(
            "account",
            _t("Account"),
            lambda row: short_account(row.statement.account),
            copy=lambda row: row.statement.account,
            tool_tip=lambda row: row.statement.account,
            width=12,
        ),
        Column("currency", "", lambda row: row.statement.currency, width=4),
        badge_column("provider", _t("From"), "method", lambda row: row.provider, width=5),
        Column("new", _t("New"), _new_text, ColumnKind.AMOUNT, width=8),
        _amount("in", _t("Money in"), lambda row: money_in(row.statement.lines)),
        _amount("out", _t("Money out"), lambda row: money_out(row.statement.lines)),
        _balance("opening", _t("Opening"), lambda row: row.statement.opening_balance_minor),
        _balance("closing", _t("Closing"), lambda row: row.statement.closing_balance_minor),
        Column("period", _t("Period"), lambda row: _short_period(row.statement), width=16),
    )


def _new_text(row: AccountChoice) -> str:
    """Return how many of the account's lines are new: "14 of 132"."""
    new, total = row.standing.new_lines, len(row.statement.lines)
    return filled(_t("%1 of %2"), number(new), number(total))


def _short_period(statement: Statement) -> str:
    """Return the days covered, the year only once."""
    return short_period(*days_of(statement))


def _chosen_badge(row: AccountChoice) -> Badge:
    if row.statement.provisional:
        return Badge(_t("Not booked"), "clock", YELLOW)
    if row.is_chosen:
        return Badge(tr(str(_CHOSEN)), "check", BLUE)
    return Badge(tr(str(_LEFT)), "ban", GRAY)


def _amount(
    key: str, header: str, amount_minor: Callable[[AccountChoice], int]
) -> Column[AccountChoice]:
    return amount_column(
        key, header, amount_minor, currency=lambda row: row.statement.currency, width=9
    )


def _balance(
    key: str, header: str, balance_minor: Callable[[AccountChoice], int | None]
) -> Column[AccountChoice]:
    def text(row: AccountChoice) -> str:
        found = balance_minor(row)
        return "–" if found is None else grouped(found, row.statement.currency)

    return Column(key, header, text, ColumnKind.AMOUNT, width=10)

"""The statements to drop: the last days as networks and bank tell them, with the usual mess."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from core.demo.calendar import Calendar
from core.demo.endings import Endings
from core.demo.movements import Accounts, Movement, MovementKind, with_reference
from core.demo.people import Customer
from core.demo.statement_files import Period, as_csv, as_xlsx, file_stem
from core.model.reconciliations import StatementProvider

_SLIPPED_SHARE = 0.12
_LEAST_FOR_MESS = 4
_FORMATS = {
    StatementProvider.MTN: (as_csv, ".csv"),
    StatementProvider.AIRTEL: (as_xlsx, ".xlsx"),
    StatementProvider.BANK: (as_csv, ".csv"),
}


@dataclass(frozen=True, slots=True)
class StatementToDrop:
    """A statement file that waits to be dropped on the reconcile page."""

    path: Path
    provider: StatementProvider
    movements: int
    missing_payment_id: str


class FreshStatements:
    """Writes one file per provider about the days that are not in the shop's books yet."""

    def __init__(
        self, rng: random.Random, calendar: Calendar, accounts: Accounts, endings: Endings
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self._accounts = accounts
        self._endings = endings

    def write(
        self,
        folder: Path,
        balances_minor: dict[StatementProvider, int],
        strangers: tuple[Customer, ...],
    ) -> tuple[StatementToDrop, ...]:
        """Write the files into a folder and return what they are."""
        folder.mkdir(parents=True, exist_ok=True)
        mess: dict[StatementProvider, Callable[[list[Movement], Customer], list[Movement]]] = {
            StatementProvider.MTN: self._mtn_mess,
            StatementProvider.AIRTEL: self._airtel_mess,
            StatementProvider.BANK: self._bank_mess,
        }
        written = []
        for provider, stranger in zip(mess, strangers, strict=True):
            first = self._calendar.last_stored_day + timedelta(days=1)
            last = self._calendar.today - timedelta(days=1)
            period = Period(first, last, balances_minor[provider])
            true_movements = self._accounts.take(provider, first, last)
            missing, kept = self._lose_one(true_movements)
            movements = sorted(mess[provider](kept, stranger), key=lambda each: each.at)
            written_as, suffix = _FORMATS[provider]
            path = folder / f"{file_stem(provider, period)}{suffix}"
            path.write_bytes(written_as(provider, period, movements))
            counted = sum(each.kind is not MovementKind.FAILED for each in movements)
            written.append(StatementToDrop(path, provider, counted, missing))
        return tuple(written)

    def _lose_one(self, movements: list[Movement]) -> tuple[str, list[Movement]]:
        """Leave one payment out: the shop's books say it came, the statement does not."""
        losable = [
            each
            for each in movements
            if each.kind is MovementKind.PAYMENT and each.sales[0].paid_at is not None
        ]
        if len(losable) < _LEAST_FOR_MESS:
            return "", movements
        lost = losable[len(losable) // 3]
        return lost.sales[0].payment_id, [each for each in movements if each is not lost]

    def _mtn_mess(self, movements: list[Movement], stranger: Customer) -> list[Movement]:
        slipped = [self._slip(each) for each in movements]
        payments = [each for each in slipped if each.kind is MovementKind.PAYMENT]
        if not payments:
            return slipped
        middle = payments[len(payments) // 2]
        return [
            *slipped,
            self._reversal(payments[-1]),
            self._unknown(middle, stranger, 7_500),
            *(self._failed_try(each) for each in payments[:: max(3, len(payments) // 6)]),
        ]

    def _airtel_mess(self, movements: list[Movement], stranger: Customer) -> list[Movement]:
        slipped = [self._slip(each) for each in movements]
        if not slipped:
            return slipped
        return [*slipped, self._unknown(slipped[len(slipped) // 2], stranger, 4_200)]

    def _bank_mess(self, movements: list[Movement], stranger: Customer) -> list[Movement]:
        messy = []
        for number, movement in enumerate(movements):
            if movement.kind is not MovementKind.PAYMENT:
                messy.append(movement)
            elif number % 3 == 0:
                messy.append(_name_reversed(movement))
            else:
                messy.append(self._slip(movement))
        transfers = [each for each in messy if each.kind is MovementKind.PAYMENT]
        if not transfers:
            return messy
        # A second deposit of the same amount, from somebody who never ordered anything.
        twin = self._unknown(transfers[-1], stranger, transfers[-1].amount_minor)
        text = f"Incoming Trsf frm local banks | {stranger.name.upper()} ISOKO"
        reference = f"{transfers[-1].transaction_id[:7]}TW1N5"
        return [*messy, replace(twin, text=text, transaction_id=reference, phone="")]

    def _slip(self, movement: Movement) -> Movement:
        """Write a payment's reference as payers do: cut, spaced, or in small letters."""
        if movement.kind is not MovementKind.PAYMENT or self._rng.random() > _SLIPPED_SHARE:
            return movement
        written = movement.reference
        slips = (written[:-4], written.replace("-", " "), written.lower())
        return with_reference(movement, self._rng.choice(slips))

    def _reversal(self, original: Movement) -> Movement:
        at = min(original.at + timedelta(minutes=9), original.at.replace(hour=21, minute=50))
        return replace(
            original,
            at=at,
            amount_minor=-original.amount_minor,
            fee_minor=0,
            kind=MovementKind.REVERSAL,
            transaction_id=self._endings.network_id(mtn=True, at=at),
        )

    def _unknown(self, beside: Movement, stranger: Customer, amount_minor: int) -> Movement:
        at = beside.at + timedelta(seconds=70)
        mtn = beside.transaction_id.isdigit()
        return Movement(
            at=at,
            amount_minor=amount_minor,
            kind=MovementKind.UNKNOWN,
            transaction_id=self._endings.network_id(mtn=mtn, at=at),
            name=stranger.name,
            phone=stranger.phone,
        )

    def _failed_try(self, before: Movement) -> Movement:
        """Return the customer's first try, which the network refused."""
        at = before.at - timedelta(seconds=50)
        return replace(
            before,
            at=at,
            kind=MovementKind.FAILED,
            fee_minor=0,
            transaction_id=self._endings.network_id(mtn=True, at=at),
        )


def _name_reversed(movement: Movement) -> Movement:
    """Write the payer's name surname first, as banks like to."""
    words = movement.name.split()
    turned = " ".join((words[-1], *words[:-1])).upper()
    return replace(movement, text=movement.text.replace(movement.name.upper(), turned))

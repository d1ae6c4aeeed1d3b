"""How this desk prints: where its receipts go, on what paper, and what comes by itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import get_type_hints

from PySide6.QtCore import QSettings

from core.services.papers.network_printer import DEFAULT_PORT, NetworkPrinter

_GROUP = "printing/"


class Way(StrEnum):
    """How receipts reach paper."""

    SYSTEM = "system"
    NETWORK = "network"


class AfterPayment(StrEnum):
    """What happens to the receipt once a payment is complete."""

    OFFER = "offer"
    PRINT = "print"


class ReceiptPaper(StrEnum):
    """What a receipt is printed on."""

    ROLL_80 = "80"
    ROLL_58 = "58"
    A4 = "a4"

    @property
    def roll_mm(self) -> int | None:
        """The roll's width, or None for sheets."""
        return None if self is ReceiptPaper.A4 else int(self.value)


@dataclass(frozen=True, slots=True)
class PrintChoices:
    """What one desk has chosen. A printer's name is the system's own; empty: ask for one.

    ``kicks_drawer`` opens the drawer under a network printer when cash was taken. It counts
    nothing: the drawer's money is what a person counts.
    """

    way: Way = Way.SYSTEM
    host: str = ""
    port: int = DEFAULT_PORT
    code_page: str = "CP858"
    draws_qr: bool = True
    paper: ReceiptPaper = ReceiptPaper.ROLL_80
    after_payment: AfterPayment = AfterPayment.OFFER
    kicks_drawer: bool = False
    receipt_printer: str = ""
    document_printer: str = ""

    def network_printer(self, paper: ReceiptPaper | None = None) -> NetworkPrinter | None:
        """Return the printer on the network that a receipt goes to, or None for the system's.

        Raises:
            InvalidInputError: the desk's settings are no address of a printer.

        """
        width_mm = (paper or self.paper).roll_mm
        if self.way is not Way.NETWORK or width_mm is None:
            return None
        return NetworkPrinter(self.host, self.port, width_mm, self.code_page, self.draws_qr)


def load_choices(store: QSettings | None) -> PrintChoices:
    """Return what the desk remembers; what it cannot make sense of has its default."""
    if store is None:
        return PrintChoices()
    hints = get_type_hints(PrintChoices)
    kept: dict[str, object] = {}
    for field in fields(PrintChoices):
        value = store.value(_GROUP + field.name)
        if value is None:
            continue
        kind, text = hints[field.name], str(value)
        try:
            kept[field.name] = text == "True" if kind is bool else kind(text)
        except ValueError:
            continue
    return PrintChoices(**kept)  # type: ignore[arg-type]  # each was made by its field's own type


def save_choices(store: QSettings, choices: PrintChoices) -> None:
    """Remember the choices on this desk."""
    for field in fields(PrintChoices):
        store.setValue(_GROUP + field.name, str(getattr(choices, field.name)))

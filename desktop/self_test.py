"""``sanduku --self-test``: does this installation hold everything it needs? For frozen builds."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from core.app import App, Configuration, open_shop
from core.configuration import PasswordCost
from core.model.payments import PaymentMethod, PaymentStatus
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.statements.apart import read_apart
from desktop.cli import SUBJECTS
from desktop.cli.output import say
from resources import resource_bytes

STATEMENT = """Date,Description,Debit,Credit,Balance
2026-01-16,Opening balance,,,100000
2026-01-16,Transfer ORD-1,,15000,115000
2026-01-17,Bank charge,500,,114500
"""
_CHEAPEST = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)

logger = logging.getLogger(__name__)


def run_self_test() -> int:
    """Print one line per check; return 0 when all hold, else 1."""
    held = [_check("program files", _resources), _check("commands", _commands)]
    with tempfile.TemporaryDirectory(prefix="sanduku-self-test-") as folder:
        held.append(_check("shop, payment, invoice", lambda: _shop(Path(folder))))
        held.append(_check("statement", lambda: _statement(Path(folder))))
    held.append(_check("receipt printer", _receipt_printer))
    held.append(_check("window", _window))
    return 0 if all(held) else 1


def _check(name: str, act: Callable[[], str]) -> bool:
    try:
        outcome = act()
    except Exception as error:
        # Whatever is missing from a frozen build must not keep the other checks from running.
        logger.exception("self-test of %s failed", name)
        say(f"FAILED {name}: {type(error).__name__}: {error}")
        return False
    say(f"ok     {name}: {outcome}")
    return True


def _require(condition: object, what: str) -> None:
    if not condition:
        raise RuntimeError(what)


def _resources() -> str:
    sizes = [
        len(resource_bytes("fonts", "DejaVuSans.ttf")),
        len(resource_bytes("icons", "sanduku.svg")),
    ]
    _require(all(sizes), "a file is empty")
    return "fonts and icons found"


def _commands() -> str:
    for subject in SUBJECTS:
        import_module(f"desktop.cli.{subject}")
    return f"{len(SUBJECTS)} subjects"


def _shop(folder: Path) -> str:
    from ui.printing.pdf_pages import read_pdf  # noqa: PLC0415 - Qt, where it is needed

    with open_shop(Configuration(data_dir=folder / "shop", password_cost=_CHEAPEST)) as app:
        cashier = _cashier(app)
        payment = app.payments.record(
            cashier,
            RecordPayment(
                key="self-test",
                method=PaymentMethod.CASH,
                amount_minor=15_000,
                transaction_reference="Self-test",
                tendered_minor=20_000,
                complete_now=True,
            ),
        )
        _require(payment.status is PaymentStatus.COMPLETED, "the payment is not completed")
        content = app.invoices.pdf(cashier, payment.payment_id).read_bytes()
        _require(content.startswith(b"%PDF-"), "the invoice is no PDF")
        _require(app.audit.verify().is_intact, "the audit trail does not hold")
        page = read_pdf("Invoice", content).picture(0, 40)
        _require(not page.isNull(), "the invoice cannot be shown")
        return f"{payment.invoice_number}, a PDF of {len(content)} bytes"


def _cashier(app: App) -> Actor:
    app.users.add(None, "admin", Role.ADMIN, "self-test")
    admin = app.users.sign_in("admin", "self-test", "self-test")
    app.users.add(admin, "cashier", Role.CASHIER, "self-test")
    return app.users.sign_in("cashier", "self-test", "self-test")


def _statement(folder: Path) -> str:
    file = folder / "statement.csv"
    file.write_text(STATEMENT, encoding="utf-8")
    amounts = [line.amount_minor for line in read_apart(file).lines]
    _require(amounts[-2:] == [15_000, -500], f"read {amounts}")
    return f"{len(amounts)} lines read"


def _receipt_printer() -> str:
    from core.documents.escpos import TicketForm, receipt_bytes  # noqa: PLC0415 - an extra
    from core.documents.receipt import ReceiptText  # noqa: PLC0415

    if find_spec("escpos") is None:
        return "left out: python-escpos is not installed"
    content = receipt_bytes((ReceiptText("Murakoze"),), TicketForm())
    _require(b"Murakoze" in content, "a printer would be sent nothing")
    return f"{len(content)} bytes for one line"


def _window() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import qVersion  # noqa: PLC0415 - the last check, the heaviest
    from PySide6.QtGui import QIcon  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    import_module("desktop.window")
    application = QApplication.instance() or QApplication(["sanduku"])
    plot = import_module("pyqtgraph").PlotWidget()  # which loads what reports draw charts with
    _require(plot.getPlotItem() is not None, "no chart can be drawn")
    from resources import resource_path  # noqa: PLC0415

    icon = QIcon(str(resource_path("icons", "sanduku.svg")))
    _require(not icon.pixmap(32, 32).isNull(), "the program's icon cannot be drawn")
    platform = getattr(application, "platformName", lambda: "")()
    return f"Qt {qVersion()} on {platform}"

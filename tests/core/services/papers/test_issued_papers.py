"""A paper stays as it was issued, and says how it stands: awaited, paid, void, original or copy."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.customers import Customer, TaxClass
from core.model.invoices import Invoice, InvoiceLine
from core.model.papers import HandoutChannel, Letterhead, PaperKind
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.papers import drawing as papers
from core.services.papers.templates import SaveTemplate
from core.services.payments.rules import RecordPayment
from core.services.settings import ShopSettings
from tests.core.services.conftest import SettableClock
from tests.core.services.paper_shop import (
    add_order,
    await_transfer,
    complete,
    give_back,
    pay,
    sell,
    text_of,
)

FRENCH = SaveTemplate(
    key="t1", name="Vente en gros", shop_name="Isoko Grossiste", tin="109876543",
    footer="Merci de votre confiance.", accent_colour="#7A3B12", language="fr", due_days=30,
)  # fmt: skip


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path), database)


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    made = BytesIO()
    Image.new("RGB", (1_600, 400), colour).save(made, kind)
    return made.getvalue()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- letterheads


def test_an_old_paper_is_drawn_the_same_after_everything_about_it_changed(
    shop: App, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    settings = ShopSettings(shop_name="Isoko Ryiza", tin="102938475", invoice_footer="Murakoze!")
    shop.settings.save(admin, settings)
    template = shop.paper_templates.save(admin, replace(FRENCH, logo=picture()))
    sale = sell(shop, cashier)
    refund = give_back(shop, cashier, manager, sale.payment_id, 5_000, "1")
    invoice = shop.invoices.pdf(cashier, sale.payment_id)
    note = shop.invoices.credit_note_pdf(cashier, refund.credit_note_number)
    before = sha256(invoice), sha256(note)

    shop.settings.save(admin, replace(settings, shop_name="Other", tin="", invoice_footer=""))
    shop.paper_templates.save(
        admin,
        replace(FRENCH, key="t2", template_id=template.template_id, footer="!", logo=b""),
    )
    shop.paper_templates.retire(admin, template.template_id)
    with shop.database.write(None) as unit:
        unit.session.execute(update(Customer).values(name="Somebody Else", tin="100000000"))
        unit.commit()
    shop.invoices.pdf(cashier, sell(shop, cashier, "later").payment_id)
    invoice.unlink()
    note.unlink()

    assert sha256(shop.invoices.pdf(cashier, sale.payment_id)) == before[0]
    assert sha256(shop.invoices.credit_note_pdf(cashier, refund.credit_note_number)) == before[1]
    assert "Isoko Grossiste" in text_of(invoice)
    assert "Claudine Umutoni" in text_of(invoice)
    assert "Murakoze!" not in text_of(invoice)


def test_what_a_template_leaves_empty_is_the_shops(shop: App, cashier: Actor, admin: Actor) -> None:
    shop.settings.save(admin, ShopSettings(shop_name="Isoko Ryiza", phone="0788300100"))
    shop.paper_templates.save(admin, replace(FRENCH, shop_name=""))
    text = text_of(shop.invoices.pdf(cashier, sell(shop, cashier).payment_id))
    assert "Isoko Ryiza" in text
    assert "0788300100" in text
    assert "TIN 109876543" in text


def test_equal_letterheads_are_kept_once(shop: App, cashier: Actor, admin: Actor) -> None:
    shop.settings.save(admin, ShopSettings(shop_name="Isoko Ryiza"))
    for number in range(3):
        sell(shop, cashier, f"s{number}")
    shop.settings.save(admin, ShopSettings(shop_name="Isoko Nziza"))
    sell(shop, cashier, "later")
    with shop.database.read() as session:
        names = session.scalars(select(Letterhead.shop_name)).all()
    assert sorted(names) == ["Isoko Nziza", "Isoko Ryiza"]


def test_the_customers_language_goes_before_the_templates(
    shop: App, cashier: Actor, admin: Actor
) -> None:
    shop.paper_templates.save(admin, FRENCH)
    with shop.database.write(None) as unit:
        unit.session.add(
            Customer(
                name="Uwase Marie", phone_number="+250788123456", language="rw",
                created_at=unit.now,
            )
        )  # fmt: skip
        unit.commit()
    known = sell(shop, cashier, "known", customer_name="Uwase Marie")
    unknown = sell(shop, cashier, "unknown", customer_name="", phone_number="")

    assert "INYEMEZABUGUZI" in text_of(shop.invoices.pdf(cashier, known.payment_id))
    assert "FACTURE" in text_of(shop.invoices.pdf(cashier, unknown.payment_id))


def test_an_invoice_may_be_written_by_another_template_and_its_credit_note_follows(
    shop: App, cashier: Actor, manager: Actor, admin: Actor
) -> None:
    shop.paper_templates.save(admin, replace(FRENCH, key="a", name="Standard", shop_name="Isoko"))
    other = shop.paper_templates.save(admin, replace(FRENCH, key="b"))
    waiting = await_transfer(shop, cashier)
    shop.invoices.generate(cashier, waiting.payment_id, template_id=other.template_id)
    complete(shop, cashier, waiting.payment_id)
    refund = give_back(shop, cashier, manager, waiting.payment_id, 5_000, "1")

    assert "Isoko Grossiste" in text_of(shop.invoices.pdf(cashier, waiting.payment_id))
    note = shop.invoices.credit_note_pdf(cashier, refund.credit_note_number)
    assert "Isoko Grossiste" in text_of(note)


def test_templates_are_saved_listed_made_default_and_retired(shop: App, admin: Actor) -> None:
    templates = shop.paper_templates
    first = templates.save(admin, replace(FRENCH, key="a", name="Standard"))
    second = templates.save(admin, replace(FRENCH, key="b", logo=picture(kind="JPEG")))
    assert first.is_default
    assert not second.is_default
    assert second.accent_colour == "#7a3b12"
    with Image.open(BytesIO(second.logo)) as logo:
        assert logo.size == (640, 160)
    assert templates.save(admin, replace(FRENCH, key="b", logo=picture())) == second

    with pytest.raises(ConflictError, match="is the default"):
        templates.retire(admin, first.template_id)
    templates.set_default(admin, second.template_id)
    templates.retire(admin, first.template_id)
    (left,) = templates.list(admin)
    assert (left.name, left.is_default) == ("Vente en gros", True)
    with pytest.raises(NotFoundError):
        templates.set_default(admin, first.template_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"tin": "12"}, "tin"),
        ({"email": "nobody"}, "email"),
        ({"accent_colour": "red"}, "accent_colour"),
        ({"language": "sw"}, "language"),
        ({"due_days": -1}, "due_days"),
        ({"due_days": 366}, "due_days"),
        ({"footer": "x" * 2_001}, "footer"),
        ({"logo": b"not a picture"}, "logo"),
    ],
)
def test_a_template_that_cannot_be_is_refused(
    shop: App, admin: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputError, match=r"Nothing was changed\.") as refused:
        shop.paper_templates.save(admin, replace(FRENCH, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_two_templates_of_one_name_and_a_form_overtaken_are_refused(
    shop: App, admin: Actor
) -> None:
    saved = shop.paper_templates.save(admin, FRENCH)
    with pytest.raises(InvalidInputError, match="already"):
        shop.paper_templates.save(admin, replace(FRENCH, key="again"))
    change = replace(FRENCH, template_id=saved.template_id, version=saved.version)
    shop.paper_templates.save(admin, replace(change, key="x", footer="new"))
    with pytest.raises(ConflictError, match="since you opened it"):
        shop.paper_templates.save(admin, replace(change, key="y", footer="newer"))


def test_a_cashier_changes_no_template(shop: App, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        shop.paper_templates.save(cashier, FRENCH)


def test_a_shop_logo_that_cannot_be_read_stops_no_sale(
    shop: App, cashier: Actor, admin: Actor, expect_log: Callable[[str], None]
) -> None:
    shop.settings.save(admin, ShopSettings(shop_name="Isoko", logo_file="no-such.png"))
    expect_log("The logo cannot be read")
    sale = sell(shop, cashier)
    assert "Isoko" in text_of(shop.invoices.pdf(cashier, sale.payment_id))


# --- awaited, paid, void


def test_an_awaited_payment_gets_an_invoice_that_later_says_it_is_paid(
    shop: App, cashier: Actor, admin: Actor, clock: SettableClock
) -> None:
    shop.paper_templates.save(admin, replace(FRENCH, language="en"))
    waiting = await_transfer(shop, cashier)
    row = shop.invoices.generate(cashier, waiting.payment_id)
    assert (row.is_paid, str(row.due_date)) == (False, "2026-07-31")
    text = text_of(shop.invoices.pdf(cashier, waiting.payment_id))
    assert "To be paid by 31 July 2026" in text
    assert "Reference ORD-77" in text
    assert "PAID" not in text
    with pytest.raises(ConflictError, match="is not paid"):
        shop.invoices.receipt_pdf(cashier, waiting.payment_id)

    clock.advance(days=3)
    paid = complete(shop, cashier, waiting.payment_id)

    assert paid.invoice_number == row.invoice_number
    text = text_of(shop.invoices.pdf(cashier, waiting.payment_id))
    assert "Issued 1 July 2026" in text
    assert "PAID 4 July 2026" in text
    assert "Reference FT26182ABC" in text
    assert check(shop.database.engine) == ()


def test_an_invoice_whose_payment_was_called_off_is_void(shop: App, cashier: Actor) -> None:
    waiting = await_transfer(shop, cashier)
    shop.invoices.generate(cashier, waiting.payment_id)
    shop.payments.cancel(cashier, waiting.payment_id)
    text = text_of(shop.invoices.pdf(cashier, waiting.payment_id))
    assert "VOID 1 July 2026" in text
    assert "nothing is owed" in text
    (row,) = shop.invoices.page(cashier).rows
    assert row.void_date is not None
    assert check(shop.database.engine) == ()


def test_money_that_came_after_all_makes_a_void_invoice_paid(
    shop: App, cashier: Actor, clerk: Actor
) -> None:
    waiting = await_transfer(shop, cashier)
    shop.invoices.generate(cashier, waiting.payment_id)
    shop.payments.fail(cashier, waiting.payment_id, note="no transfer seen")
    complete(shop, cashier, waiting.payment_id)
    text = text_of(shop.invoices.pdf(cashier, waiting.payment_id))
    assert "PAID" in text
    assert "VOID" not in text
    assert check(shop.database.engine) == ()


def test_a_void_part_leaves_its_share_to_the_parts_that_follow(shop: App, cashier: Actor) -> None:
    add_order(shop, "O", [(TaxClass.STANDARD, 1, 6), (TaxClass.EXEMPT, 1, 4)])
    given_up = shop.payments.record(
        cashier,
        RecordPayment(
            key="w", method=PaymentMethod.BANK_TRANSFER, amount_minor=9, order_number="O"
        ),
    )
    shop.invoices.generate(cashier, given_up.payment_id)
    shop.payments.cancel(cashier, given_up.payment_id)
    for number in range(10):
        pay(shop, cashier, "O", 1, f"p{number}")
    with shop.database.read() as session:
        rows = session.execute(
            select(InvoiceLine.tax_class, func.sum(InvoiceLine.total_minor))
            .join(Invoice)
            .where(Invoice.void_date.is_(None))
            .group_by(InvoiceLine.tax_class)
        ).all()
    assert {row[0]: row[1] for row in rows} == {TaxClass.STANDARD: 6, TaxClass.EXEMPT: 4}


# --- handing out


def test_the_first_handing_out_is_the_original_and_each_later_one_a_copy(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor
) -> None:
    sale = sell(shop, cashier)
    refund = give_back(shop, cashier, manager, sale.payment_id, 5_000, "1")
    number = sale.invoice_number
    hand_out = shop.handouts.hand_out
    for kind, paper, word in (
        (PaperKind.INVOICE, number, "INVOICE"),
        (PaperKind.RECEIPT, number, "RECEIPT"),
        (PaperKind.CREDIT_NOTE, refund.credit_note_number, "CREDIT NOTE"),
    ):
        shop.invoices.pdf(cashier, sale.payment_id)
        original = hand_out(cashier, kind, paper, HandoutChannel.PRINT)
        copy = hand_out(clerk, kind, paper, HandoutChannel.MAIL)
        assert (original.is_copy, copy.is_copy) == (False, True)
        assert f"{word} · COPY" not in text_of(original.content)
        assert f"{word} · COPY" in text_of(copy.content)
        assert copy.file_name.endswith(f"{paper}-copy.pdf")
        told = [
            (row.channel, row.is_copy, row.handed_by)
            for row in shop.handouts.history(clerk, kind, paper)
        ]
        assert told == [
            (HandoutChannel.PRINT, False, "aline"),
            (HandoutChannel.MAIL, True, "claude"),
        ]
    kept = shop.invoices.pdf(cashier, sale.payment_id)
    assert "COPY" not in text_of(kept)


def test_a_roll_printer_gets_the_document_with_its_mark(shop: App, cashier: Actor) -> None:
    number = sell(shop, cashier).invoice_number
    first = shop.handouts.hand_out(cashier, PaperKind.RECEIPT, number, HandoutChannel.ESCPOS)
    again = shop.handouts.hand_out(cashier, PaperKind.RECEIPT, number, HandoutChannel.ESCPOS)
    assert (first.content, first.document.copy, again.document.copy) == (b"", False, True)


def test_a_drawing_that_fails_leaves_no_original_behind(
    shop: App, cashier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sell(shop, cashier).invoice_number
    with monkeypatch.context() as broken:
        broken.setattr("core.documents.sheet.Sheet.finish", _out_of_memory)
        with pytest.raises(MemoryError):
            shop.handouts.hand_out(cashier, PaperKind.INVOICE, number, HandoutChannel.PRINT)
    handed = shop.handouts.hand_out(cashier, PaperKind.INVOICE, number, HandoutChannel.PRINT)
    assert not handed.is_copy


def _out_of_memory(*_args: object, **_words: object) -> bytes:
    raise MemoryError


def test_what_was_handed_out_is_never_changed(shop: App, cashier: Actor) -> None:
    number = sell(shop, cashier).invoice_number
    shop.handouts.hand_out(cashier, PaperKind.INVOICE, number, HandoutChannel.PRINT)
    connection = shop.database.engine.raw_connection()
    try:
        for statement in (
            "UPDATE handout SET is_copy = true",
            "DELETE FROM handout",
            (
                "INSERT INTO handout (kind, number, channel, is_copy, handed_by, handed_at)"
                " SELECT kind, number, channel, false, 'me', handed_at FROM handout"
            ),
        ):
            with pytest.raises(Exception, match=r"sanduku:|UNIQUE|unique"):
                connection.cursor().execute(statement)
            connection.rollback()
    finally:
        connection.close()


def test_only_papers_that_exist_are_handed_out_and_only_by_those_who_may(
    shop: App, cashier: Actor, admin: Actor
) -> None:
    with pytest.raises(NotFoundError):
        shop.handouts.hand_out(cashier, PaperKind.INVOICE, "INV-1", HandoutChannel.PDF)
    number = sell(shop, cashier).invoice_number
    with pytest.raises(NotAllowedError):
        shop.handouts.hand_out(admin, PaperKind.INVOICE, number, HandoutChannel.PDF)


# --- the fiscal machine's number


def test_the_fiscal_number_stands_on_the_paper_beside_the_words_that_it_is_none(
    shop: App, cashier: Actor, manager: Actor
) -> None:
    sale = sell(shop, cashier)
    refund = give_back(shop, cashier, manager, sale.payment_id, 5_000, "1")
    record = shop.fiscal.record_fiscal
    record(cashier, PaperKind.INVOICE, sale.invoice_number, " 12 / 45 ns ", "te68sla234j5eav3")
    record(cashier, PaperKind.CREDIT_NOTE, refund.credit_note_number, "13/46 NR")

    text = text_of(shop.invoices.pdf(cashier, sale.payment_id))
    assert "Fiscal (EBM) receipt no. 12/45 NS EBM signature TE68-SLA2-34J5-EAV3" in text
    assert "This is not a fiscal receipt." in text
    note = shop.invoices.credit_note_pdf(cashier, refund.credit_note_number)
    assert "13/46 NR" in text_of(note)
    assert "12/45 NS" in text_of(shop.invoices.receipt_pdf(cashier, sale.payment_id))

    record(cashier, PaperKind.INVOICE, sale.invoice_number, "12/46 NS", "TE68-SLA2-34J5-EAV3")
    assert "12/46 NS" in text_of(shop.invoices.pdf(cashier, sale.payment_id))


def test_a_scanned_code_is_read_and_another_shops_is_refused(
    shop: App, cashier: Actor, admin: Actor
) -> None:
    shop.settings.save(admin, ShopSettings(tin="102938475"))
    number = sell(shop, cashier).invoice_number
    address = "https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data="
    record = shop.fiscal.record_fiscal
    with pytest.raises(InvalidInputError, match="taxpayer 999999999"):
        record(cashier, PaperKind.INVOICE, number, "1", f"{address}99999999900TE68SLA234J5EAV3")
    mark = record(cashier, PaperKind.INVOICE, number, "1", f"{address}10293847500TE68SLA234J5EAV3")
    assert mark.signature == "TE68-SLA2-34J5-EAV3"


def test_one_signature_stands_on_one_paper_only(shop: App, cashier: Actor) -> None:
    first, second = (sell(shop, cashier, key).invoice_number for key in "ab")
    record = shop.fiscal.record_fiscal
    record(cashier, PaperKind.INVOICE, first, "1", "TE68-SLA2-34J5-EAV3")
    with pytest.raises(ConflictError, match=first):
        record(cashier, PaperKind.INVOICE, second, "2", "TE68 SLA2 34J5 EAV3")
    for number in ("", "9" * 41):
        with pytest.raises(InvalidInputError):
            record(cashier, PaperKind.INVOICE, second, number)


# --- a kill between commit and paper


_DRAW_AND_DIE = """
import os, sys
from pathlib import Path
from core.app import App, Configuration
from core.database.unit_of_work import Database
steps = int(sys.argv[2])

def die(event, arguments):
    global steps
    told = event in {"open", "os.rename"} and "documents" in str(arguments[0])
    if told or event == "os.mkdir" and "documents" in str(arguments[0]):
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), 9)

folder = Path(sys.argv[1])
shop = App(Configuration(folder), Database(sys.argv[3]))
sys.addaudithook(die)
shop.outbox.run_waiting()
shop.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="kills a process the POSIX way")
@pytest.mark.parametrize("step", range(8))
def test_a_paper_whose_program_is_killed_while_drawing_is_whole_and_the_same_after(
    shop: App, cashier: Actor, tmp_path: Path, step: int
) -> None:
    sale = sell(shop, cashier)
    killed = subprocess.run(
        [sys.executable, "-c", _DRAW_AND_DIE, str(tmp_path), str(step), shop.database.url],
        cwd=Path(__file__).parents[4],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    for path in tmp_path.glob("documents/invoices/*/*/INV-*.pdf"):
        assert sale.invoice_number in text_of(path)

    next_program = App(Configuration(tmp_path), Database(shop.database.url))
    assert next_program.outbox.run_waiting() == 1
    assert next_program.outbox.run_waiting() == 0
    (path,) = tmp_path.glob("documents/invoices/2026/07/INV-*.pdf")
    first = path.read_bytes()
    assert sale.invoice_number in text_of(path)
    path.unlink()
    assert next_program.invoices.pdf(cashier, sale.payment_id).read_bytes() == first
    next_program.close()


def test_a_paper_that_moved_on_while_it_was_drawn_is_drawn_again(
    shop: App, cashier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await_transfer(shop, cashier)
    shop.invoices.generate(cashier, waiting.payment_id)
    draw, turns = papers.draw_invoice, []

    def paid_meanwhile(session: object, invoice: Invoice) -> object:
        drawn = draw(session, invoice)  # type: ignore[arg-type]
        if not turns:
            turns.append(invoice.invoice_number)
            complete(shop, cashier, waiting.payment_id)
        return drawn

    monkeypatch.setattr(papers, "draw_invoice", paid_meanwhile)
    assert "PAID" in text_of(shop.invoices.pdf(cashier, waiting.payment_id))

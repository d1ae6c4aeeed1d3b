"""What may be mailed, when, to whom and in which language; and which mails go by themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.mail.automatic import AutomaticMail
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind, MailStatus
from core.services.mail.settings import MailForm, MailSettings
from tests.core.services.conftest import SettableClock
from tests.core.services.mail_shop import ADMIN, CASHIER, MANAGER, MailShop
from tests.mail_host import MailHost

REMINDER, INVOICE, RECEIPT = MailKind.PAYMENT_REMINDER, MailKind.INVOICE, MailKind.RECEIPT
OFF = MailSettings()


def test_what_is_seen_before_is_what_leaves(mail_shop: MailShop, mail_host: MailHost) -> None:
    sale = mail_shop.sale(email="claire@example.rw", language="fr")
    draft = mail_shop.app.mail_queue.draft(CASHIER, INVOICE, sale.payment_id)
    assert (draft.address, draft.language, draft.refusal) == ("claire@example.rw", "fr", "")
    assert draft.attachment_name == f"{sale.invoice_number}.pdf"
    assert draft.subject == f"Facture {sale.invoice_number} de Inzozi Shop"
    mail_shop.queue(sale)
    mail_shop.change(mail_from_name="Another name")
    mail_shop.send()
    (received,) = mail_host.received
    assert received.message["Subject"] == draft.subject
    assert received.text == draft.body


@pytest.mark.parametrize(
    ("language", "hello"), [("en", "Hello"), ("fr", "Bonjour"), ("rw", "Muraho")]
)
def test_a_mail_speaks_the_customers_language(
    mail_shop: MailShop, language: str, hello: str
) -> None:
    mail = mail_shop.queue(mail_shop.sale(language=language))
    assert mail.language == language
    assert mail_shop.mail(mail).body.startswith(f"{hello} Claire Uwase,")


def test_another_language_may_be_chosen_for_one_mail(mail_shop: MailShop) -> None:
    mail = mail_shop.queue(mail_shop.sale(language="fr"), language="rw")
    assert mail.language == "rw"
    with pytest.raises(InvalidInputError, match="en, fr, rw"):
        mail_shop.queue(mail_shop.sale(), language="de")


def test_the_address_typed_is_kept_with_the_customer(mail_shop: MailShop) -> None:
    mail_shop.queue(mail_shop.sale(), address=" Claire@Example.RW ")
    assert mail_shop.address_of("Claire Uwase") == "Claire@example.rw"
    again = mail_shop.sale(email="Claire@example.rw")
    draft = mail_shop.app.mail_queue.draft(CASHIER, INVOICE, again.payment_id)
    assert draft.address == "Claire@example.rw"


def test_a_payment_without_a_customer_remembers_its_last_address(mail_shop: MailShop) -> None:
    sale = mail_shop.sale("")
    mail_shop.queue(sale, address="somebody@example.rw")
    draft = mail_shop.app.mail_queue.draft(CASHIER, RECEIPT, sale.payment_id)
    assert draft.address == "somebody@example.rw"


def test_the_same_form_queues_one_mail_and_the_same_paper_waits_once(mail_shop: MailShop) -> None:
    sale = mail_shop.sale()
    first = mail_shop.queue(sale, key="form-1")
    assert mail_shop.queue(sale, key="form-1") == first
    with pytest.raises(ConflictError, match="already waits to be sent to claire"):
        mail_shop.queue(sale)
    mail_shop.queue(sale, address="office@example.rw")
    assert len(mail_shop.mails()) == 2
    mail_shop.send()
    mail_shop.queue(sale)
    draft = mail_shop.app.mail_queue.draft(CASHIER, INVOICE, sale.payment_id)
    assert [row.recipient_address for row in draft.sent_before] == [
        "office@example.rw",
        "claire@example.rw",
    ]


def test_an_address_that_cannot_be_used_queues_nothing(mail_shop: MailShop) -> None:
    sale = mail_shop.sale()
    with pytest.raises(InvalidInputError, match=r"Nothing was sent\. “claire”") as caught:
        mail_shop.queue(sale, address="claire")
    assert caught.value.field == "address"
    assert mail_shop.mails() == ()
    assert mail_shop.address_of("Claire Uwase") == ""


def test_papers_follow_the_money(mail_shop: MailShop) -> None:
    waiting, sale = mail_shop.waiting(), mail_shop.sale()
    for kind in (INVOICE, RECEIPT):
        with pytest.raises(ConflictError, match=rf"its {kind} follows completion"):
            mail_shop.queue(waiting, kind)
    with pytest.raises(ConflictError, match="only a waiting one needs a reminder"):
        mail_shop.queue(sale, REMINDER)
    with pytest.raises(NotFoundError, match="no such refund"):
        mail_shop.queue(sale, MailKind.REFUND_NOTICE)


def test_without_a_mail_account_nothing_is_queued(mail_shop: MailShop) -> None:
    mail_shop.app.mail_settings.save(ADMIN, MailForm(OFF))
    sale = mail_shop.sale()
    with pytest.raises(ConflictError, match=r"Nothing was sent\. .* not set up"):
        mail_shop.queue(sale)
    assert "not set up" in mail_shop.app.mail_queue.draft(CASHIER, INVOICE, sale.payment_id).refusal


def test_only_those_who_may_send_mail_do(mail_shop: MailShop) -> None:
    sale = mail_shop.sale()
    admin = Actor(4, "ange", Role.ADMIN)
    with pytest.raises(NotAllowedError):
        mail_shop.app.mail_queue.queue(admin, QueueMail("k", INVOICE, sale.payment_id, "a@x.rw"))
    mail = mail_shop.queue(sale)
    for act in (mail_shop.app.mail_queue.retry, mail_shop.app.mail_queue.cancel):
        with pytest.raises(NotAllowedError):
            act(admin, mail.mail_id)


def test_reminders_of_one_payment_are_apart_and_few(
    mail_shop: MailShop, clock: SettableClock
) -> None:
    waiting = mail_shop.waiting(email="eric@example.rw")
    other = mail_shop.waiting("Divine", email="divine@example.rw")
    mail_shop.queue(waiting, REMINDER)
    with pytest.raises(ConflictError, match="already waits"):
        mail_shop.queue(waiting, REMINDER)
    mail_shop.send()
    with pytest.raises(ConflictError, match=r"went on 2026-07-01 10:00; .* on 2026-07-04 10:00"):
        mail_shop.queue(waiting, REMINDER)
    mail_shop.queue(other, REMINDER)
    draft = mail_shop.app.mail_queue.draft(CASHIER, REMINDER, waiting.payment_id)
    assert draft.next_allowed_at == clock.now + timedelta(days=3)
    for _ in range(2):
        clock.advance(days=3)
        mail_shop.queue(waiting, REMINDER)
        mail_shop.send()
    clock.advance(days=30)
    with pytest.raises(ConflictError, match="has had its 3 reminders"):
        mail_shop.queue(waiting, REMINDER)


def test_a_reminder_that_reached_nobody_does_not_count(mail_shop: MailShop) -> None:
    waiting = mail_shop.waiting()
    mail_shop.queue(waiting, REMINDER, address="nobody@example.rw")
    mail_shop.send()
    called_off = mail_shop.queue(waiting, REMINDER, address="eric@example.rw")
    mail_shop.app.mail_queue.cancel(CASHIER, called_off.mail_id)
    assert mail_shop.queue(waiting, REMINDER, address="eric@example.rw").status is (
        MailStatus.WAITING
    )


def test_a_refused_reminder_is_not_retried_around_the_rules(mail_shop: MailShop) -> None:
    waiting = mail_shop.waiting()
    refused = mail_shop.queue(waiting, REMINDER, address="nobody@example.rw")
    mail_shop.send()
    mail_shop.queue(waiting, REMINDER, address="eric@example.rw")
    with pytest.raises(ConflictError, match="already waits"):
        mail_shop.app.mail_queue.retry(CASHIER, refused.mail_id)
    mail_shop.complete(waiting)
    with pytest.raises(ConflictError, match="only a waiting one needs a reminder"):
        mail_shop.app.mail_queue.retry(CASHIER, refused.mail_id)


def test_many_reminders_have_one_result_each(mail_shop: MailShop) -> None:
    fine = mail_shop.waiting("A", email="a@example.rw")
    paid = mail_shop.sale("B", email="b@example.rw")
    nowhere = mail_shop.waiting("C")
    ids = [fine.payment_id, paid.payment_id, nowhere.payment_id, "unknown", fine.payment_id]
    outcomes = mail_shop.app.mail_queue.remind(CASHIER, ids, key="sheet-1")
    assert [outcome.done for outcome in outcomes] == [True, False, False, False]
    assert "only a waiting one" in outcomes[1].refusal
    assert "no e-mail address" in outcomes[2].refusal
    again = mail_shop.app.mail_queue.remind(CASHIER, ids[:1], key="sheet-1")
    assert again[0].done
    assert len(mail_shop.mails()) == 1


def test_a_transfers_reminder_says_where_to_pay(mail_shop: MailShop) -> None:
    settings = mail_shop.app.settings.load()
    mail_shop.app.settings.save(ADMIN, type(settings)(shop_name="Inzozi", bank_details="BK 000-1"))
    waiting = mail_shop.waiting(method=PaymentMethod.BANK_TRANSFER)
    mail = mail_shop.queue(waiting, REMINDER)
    assert "You can pay to this account:\nBK 000-1" in mail_shop.mail(mail).body


def test_a_mail_is_called_off_until_it_is_sent(mail_shop: MailShop) -> None:
    first, second = mail_shop.queue(mail_shop.sale("A")), mail_shop.queue(mail_shop.sale("B"))
    assert mail_shop.app.mail_queue.cancel(CASHIER, first.mail_id).status is MailStatus.CANCELLED
    assert mail_shop.send() == 1
    with pytest.raises(ConflictError, match="is sent, so it cannot become cancelled"):
        mail_shop.app.mail_queue.cancel(CASHIER, second.mail_id)
    for mail in (first, second):
        with pytest.raises(ConflictError):
            mail_shop.app.mail_queue.retry(CASHIER, mail.mail_id)
    with pytest.raises(NotFoundError):
        mail_shop.app.mail_queue.cancel(CASHIER, "unknown")


def test_mails_are_found_by_state_words_and_payment(mail_shop: MailShop) -> None:
    sale = mail_shop.sale("Aline Umutoni")
    mail_shop.queue(sale, address="aline@example.rw")
    mail_shop.queue(mail_shop.sale("Bosco"), address="nobody@example.rw")
    mail_shop.send()
    queue = mail_shop.app.mail_queue
    assert queue.counts(CASHIER)[MailStatus.SENT] == 1
    refused = queue.page(CASHIER, statuses=frozenset({MailStatus.REFUSED}))
    assert [row.recipient_name for row in refused.rows] == ["Bosco"]
    for words in ("umutoni", "aline@", sale.invoice_number):
        assert queue.page(CASHIER, search=words).total == 1
    assert queue.page(CASHIER, payment_id=sale.payment_id).total == 1


def test_the_payments_history_tells_of_its_mails(mail_shop: MailShop) -> None:
    sale = mail_shop.sale()
    mail_shop.queue(sale)
    mail_shop.send()
    detail = mail_shop.app.payment_lists.detail(MANAGER, sale.payment_id)
    assert [e.action for e in detail.history if e.action.startswith("mail:")] == [
        "mail:queued",
        "mail:sent",
    ]


# Mails that go by themselves


def test_nothing_goes_by_itself_until_it_is_switched_on(mail_shop: MailShop) -> None:
    mail_shop.refund(mail_shop.sale(email="claire@example.rw"), 1_000)
    assert mail_shop.mails() == ()


def test_completion_and_refund_owe_their_mails(mail_shop: MailShop, mail_host: MailHost) -> None:
    mail_shop.change(
        mail_invoice_on_completion=True, mail_receipt_on_completion=True, mail_refund_notice=True
    )
    sale = mail_shop.complete(mail_shop.waiting(email="eric@example.rw", language="rw"))
    mail_shop.refund(sale, 5_000)
    mail_shop.app.outbox.run_waiting()
    mails = mail_shop.mails()
    assert [mail.kind for mail in mails] == [INVOICE, RECEIPT, MailKind.REFUND_NOTICE]
    assert {mail.automatic for mail in mails} == {True}
    assert {mail.language for mail in mails} == {"rw"}
    assert mail_shop.send() == 3
    assert {r.message["Auto-Submitted"] for r in mail_host.received} == {"auto-generated"}
    mail_shop.complete(sale)
    mail_shop.app.outbox.run_waiting()
    assert len(mail_shop.mails()) == 3


def test_a_job_that_a_kill_repeats_writes_no_second_mail(mail_shop: MailShop) -> None:
    mail_shop.change(mail_receipt_on_completion=True)
    sale = mail_shop.complete(mail_shop.waiting(email="eric@example.rw"))
    for _ in range(2):
        AutomaticMail(mail_shop.app.database).write_of_payment(sale.payment_id)
    assert [mail.kind for mail in mail_shop.mails()] == [RECEIPT]


def test_money_is_recorded_though_its_mail_cannot_be_written(
    mail_shop: MailShop, expect_log: Callable[[str], None]
) -> None:
    mail_shop.change(mail_receipt_on_completion=True)
    with mail_shop.app.database.write(None) as unit:
        broken = "BEGIN SELECT RAISE(ABORT, 'a bug'); END"
        if mail_shop.app.database.is_shared:
            body = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a bug'; END $$"
            unit.session.execute(text(f"CREATE FUNCTION broken() RETURNS trigger {body}"))
            broken = "FOR EACH ROW EXECUTE FUNCTION broken()"
        unit.session.execute(text(f"CREATE TRIGGER broken BEFORE INSERT ON mail_message {broken}"))
        unit.commit()
    sale = mail_shop.complete(mail_shop.waiting(email="eric@example.rw"))
    expect_log("the job mail_payment")
    mail_shop.app.outbox.run_waiting()
    assert sale.invoice_number
    assert mail_shop.mails() == ()
    if mail_shop.app.database.is_shared:
        # The check after the test finds what somebody put in.
        with mail_shop.app.database.write(None) as unit:
            unit.session.execute(text("DROP FUNCTION broken() CASCADE"))
            unit.commit()


@pytest.mark.parametrize("email", ["", "not an address"])
def test_money_comes_in_however_odd_the_address(mail_shop: MailShop, email: str) -> None:
    mail_shop.change(mail_receipt_on_completion=True)
    assert mail_shop.sale(email=email).invoice_number
    mail_shop.app.outbox.run_waiting()
    assert mail_shop.mails() == ()


# What the database itself refuses


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mail_message SET message_id = '<other@x>'",
        "UPDATE mail_message SET subject = 'other'",
        "UPDATE mail_message SET body = 'other'",
        "UPDATE mail_message SET recipient_address = 'other@x.rw'",
        "UPDATE mail_message SET status = 'sent', next_attempt_at = NULL, sent_at = created_at",
        "UPDATE mail_message SET status = 'sending'",
        "UPDATE mail_message SET sent_at = created_at",
        "DELETE FROM mail_message",
    ],
)
def test_the_database_keeps_a_mail_true(
    mail_shop: MailShop, tmp_path: Path, statement: str
) -> None:
    mail_shop.queue(mail_shop.sale())
    raw = sqlite3.connect(tmp_path / "sanduku.db", isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    raw.close()

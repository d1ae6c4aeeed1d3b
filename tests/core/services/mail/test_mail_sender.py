"""Mails against a real server: each arrives, none as two mails, and one holds up no other."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.money import display
from core.services.mail.attachments import MailAttachments
from core.services.mail.rows import MailKind, MailStatus, MailTrouble
from core.services.mail.sender import LOCK_FILE, MailSender
from core.services.mail.settings import MailForm
from tests.core.services.conftest import SettableClock
from tests.core.services.mail_shop import ADMIN, CASHIER, QUICK, MailShop
from tests.mail_host import USER, MailHost

DAY = timedelta(days=1)


def words(text: str) -> str:
    """Return a text with plain spaces: papers, mails and screens each have their own."""
    return " ".join(text.split())


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        return words(" ".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()


def test_an_invoice_arrives_with_its_pdf_and_the_books_say_so(
    mail_shop: MailShop, mail_host: MailHost, clock: SettableClock
) -> None:
    sale = mail_shop.sale()
    mail = mail_shop.queue(sale)
    clock.advance(minutes=2)
    assert mail_shop.send() == 1
    (received,) = mail_host.received
    message = received.message
    assert message["From"].addresses[0].addr_spec == USER
    assert message["From"].addresses[0].display_name == "Inzozi Shop"
    assert message["To"].addresses[0].display_name == "Claire Uwase"
    assert received.message_id == mail.message_id
    assert message["Subject"] == f"Invoice {sale.invoice_number} from Inzozi Shop"
    assert "Auto-Submitted" not in message
    assert message["Date"].datetime == clock.now - timedelta(minutes=2)
    [(name, content)] = received.papers
    assert name == f"{sale.invoice_number}.pdf"
    text = pdf_text(content)
    assert words(display(15_000)) in text
    assert sale.invoice_number in text
    detail = mail_shop.mail(mail)
    assert (detail.row.status, detail.row.sent_at) == (MailStatus.SENT, clock.now)
    assert (detail.row.last_code, detail.row.attempts) == (250, 1)
    assert len(detail.attachment_sha256) == 64
    (invoice,) = mail_shop.app.invoices.page(CASHIER).rows
    assert (invoice.sent_to_customer, invoice.sent_at) == (True, clock.now)
    assert mail_shop.send() == 0


def test_until_the_server_has_taken_it_an_invoice_counts_as_not_sent(
    mail_shop: MailShop, mail_host: MailHost
) -> None:
    mail_shop.queue(mail_shop.sale(), address="nobody@example.rw")
    mail_shop.queue(mail_shop.sale("Eric"), address="full@example.rw")
    mail_shop.queue(mail_shop.sale("Divine"), MailKind.RECEIPT)
    assert mail_shop.send() == 1
    invoices = mail_shop.app.invoices.page(CASHIER).rows
    assert [(row.sent_to_customer, row.sent_at) for row in invoices] == [(False, None)] * 3
    assert len(mail_host.received) == 1


def test_a_receipt_and_a_refund_notice_carry_their_papers(
    mail_shop: MailShop, mail_host: MailHost
) -> None:
    sale = mail_shop.sale()
    refund = mail_shop.refund(sale, 4_000)
    mail_shop.queue(sale, MailKind.RECEIPT)
    mail_shop.queue(sale, MailKind.REFUND_NOTICE, refund_id=refund.refund_id)
    assert mail_shop.send() == 2
    receipt, notice = mail_host.received
    assert receipt.papers[0][0] == f"receipt-{sale.invoice_number}.pdf"
    assert "RECEIPT" in pdf_text(receipt.papers[0][1])
    assert notice.papers[0][0] == f"{refund.credit_note_number}.pdf"
    assert words(display(4_000)) in pdf_text(notice.papers[0][1])
    assert f"refunded {display(4_000)} of your payment of {display(15_000)}" in notice.text


def test_greylisting_only_delays_a_mail(
    mail_shop: MailShop, mail_host: MailHost, clock: SettableClock
) -> None:
    mail = mail_shop.queue(mail_shop.sale(), address="grey@example.rw")
    assert mail_shop.send() == 0
    row = mail_shop.mail(mail).row
    assert (row.status, row.last_code) == (MailStatus.WAITING, 451)
    assert row.last_answer == "4.7.1 Greylisted, try again later"
    assert row.next_attempt_at == clock.now + timedelta(minutes=1)
    assert mail_shop.send() == 0
    clock.advance(minutes=1)
    assert mail_shop.send() == 1
    assert mail_host.ids_of("grey@example.rw") == [mail.message_id]


def test_a_full_mailbox_is_tried_on_the_ladder_and_given_up_after_three_days(
    mail_shop: MailShop, clock: SettableClock
) -> None:
    mail = mail_shop.queue(mail_shop.sale(), address="full@example.rw")
    began, waits = clock.now, []
    while mail_shop.status(mail) is MailStatus.WAITING:
        mail_shop.send()
        due = mail_shop.mail(mail).row.next_attempt_at
        if due is not None:
            waits.append((due - clock.now).total_seconds() / 60)
            clock.now = due
    assert waits[:6] == [1, 5, 15, 60, 240, 240]
    assert clock.now == began + 3 * DAY
    row = mail_shop.mail(mail).row
    assert row.status is MailStatus.REFUSED
    assert "could not be sent for 3 days" in row.reason
    assert "Mailbox full" in row.reason


def test_a_refused_address_is_told_and_may_be_tried_again_as_the_same_mail(
    mail_shop: MailShop, mail_host: MailHost
) -> None:
    mail = mail_shop.queue(mail_shop.sale(), address="nobody@example.rw")
    mail_shop.send()
    row = mail_shop.mail(mail).row
    assert (row.status, row.last_code, row.attempts) == (MailStatus.REFUSED, 550, 1)
    assert "No such user here" in row.reason
    again = mail_shop.app.mail_queue.retry(CASHIER, mail.mail_id)
    assert (again.status, again.message_id) == (MailStatus.WAITING, mail.message_id)
    mail_shop.send()
    assert mail_host.asked["nobody@example.rw"] == 2


def test_bad_addresses_and_cut_connections_hold_up_nobody(
    mail_shop: MailShop, mail_host: MailHost, clock: SettableClock
) -> None:
    names = ("nobody", "full", "spam", "cut", "closing", "grey", "claire", "silent", "slow", "eric")
    mail_host.slow_s = 6
    mails = {
        name: mail_shop.queue(mail_shop.sale(name), address=f"{name}@example.rw") for name in names
    }
    assert mail_shop.send() == 2
    assert {name for name in names if mail_shop.status(mails[name]) is MailStatus.SENT} == {
        "claire",
        "eric",
    }
    mail_host.slow_s = 0
    clock.advance(minutes=1)
    mail_shop.send()
    standing = {name: mail_shop.status(mail).value for name, mail in mails.items()}
    assert standing == dict.fromkeys(names, "sent") | {
        "nobody": "refused",
        "spam": "refused",
        "full": "waiting",
        "closing": "waiting",
    }
    # The server took it and its answer was lost: it came twice, as one and the same mail.
    assert mail_host.ids_of("silent@example.rw") == [mails["silent"].message_id] * 2
    first, second = (r for r in mail_host.received if r.recipient == "silent@example.rw")
    assert first.content == second.content


def test_a_wrong_password_holds_the_queue_and_uses_up_no_attempt(
    mail_shop: MailShop, mail_host: MailHost, clock: SettableClock
) -> None:
    settings = mail_shop.app.mail_settings.load()
    mail_shop.app.mail_settings.save(ADMIN, MailForm(settings, "wrong"))
    mails = [mail_shop.queue(mail_shop.sale(name), address=f"{name}@x.rw") for name in "abc"]
    assert mail_shop.send() == 0
    assert mail_host.sign_ins == 1
    channel = mail_shop.app.mail_queue.channel(CASHIER)
    assert (channel.trouble, channel.waiting) == (MailTrouble.SIGN_IN, 3)
    assert "refuses the user or the password" in channel.told
    assert (channel.since, channel.next_try_at) == (clock.now, clock.now + timedelta(seconds=30))
    assert [mail_shop.mail(mail).row.attempts for mail in mails] == [0, 0, 0]
    clock.advance(seconds=31)
    mail_shop.send()
    assert mail_host.sign_ins == 2
    mail_shop.connect(mail_host)
    assert mail_shop.send() == 3
    assert mail_shop.app.mail_queue.channel(CASHIER).trouble is None
    assert [mail_shop.mail(mail).row.attempts for mail in mails] == [1, 1, 1]


def test_an_untrusted_server_gets_nothing(
    mail_shop: MailShop, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    mail_shop.queue(mail_shop.sale())
    assert mail_shop.send() == 0
    assert mail_shop.app.mail_queue.channel(CASHIER).trouble is MailTrouble.ENCRYPTION
    assert (mail_host.sign_ins, mail_host.received) == (0, [])


def test_mails_go_at_once_when_an_unreachable_server_is_back(
    mail_shop: MailShop, mail_host: MailHost, clock: SettableClock
) -> None:
    mail_shop.change(mail_port=1)
    mails = [mail_shop.queue(mail_shop.sale(name), address=f"{name}@x.rw") for name in "ab"]
    for _ in range(6):
        assert mail_shop.send() == 0
        clock.advance(minutes=15)
    assert mail_shop.app.mail_queue.channel(CASHIER).trouble is MailTrouble.UNREACHABLE
    mail_shop.change(mail_port=mail_host.port)
    clock.advance(minutes=1)
    mail_shop.queue(mail_shop.sale("c"), address="c@x.rw")
    assert mail_shop.send() == 3
    assert {mail_shop.status(mail) for mail in mails} == {MailStatus.SENT}


@pytest.mark.sqlite
def test_a_mail_found_half_sent_is_sent_again_as_the_same_mail(
    mail_shop: MailShop, mail_host: MailHost, tmp_path: Path
) -> None:
    mail = mail_shop.queue(mail_shop.sale())
    with sqlite3.connect(tmp_path / "sanduku.db") as raw:
        raw.execute(
            "UPDATE mail_message SET status = 'sending', next_attempt_at = NULL, attempts = 1"
        )
    raw.close()
    assert mail_shop.send() == 1
    assert mail_host.ids_of("claire@example.rw") == [mail.message_id]
    assert mail_shop.mail(mail).row.attempts == 2


def test_nobody_is_reminded_of_what_was_paid_meanwhile(
    mail_shop: MailShop, mail_host: MailHost
) -> None:
    waiting = mail_shop.waiting()
    mail = mail_shop.queue(waiting, MailKind.PAYMENT_REMINDER)
    mail_shop.complete(waiting)
    assert mail_shop.send() == 0
    row = mail_shop.mail(mail).row
    assert (row.status, row.reason) == (
        MailStatus.CANCELLED,
        "The payment is completed meanwhile, so nobody is reminded.",
    )
    assert mail_host.received == []


def test_a_paper_that_cannot_be_written_puts_only_its_own_mail_off(
    mail_shop: MailShop, mail_host: MailHost, tmp_path: Path
) -> None:
    (tmp_path / "documents").write_text("in the way of the folder", encoding="utf-8")
    blocked = mail_shop.queue(mail_shop.sale())
    reminder = mail_shop.queue(mail_shop.waiting(), MailKind.PAYMENT_REMINDER)
    assert mail_shop.send() == 1
    assert mail_shop.status(reminder) is MailStatus.SENT
    row = mail_shop.mail(blocked).row
    assert row.status is MailStatus.WAITING
    assert "was not saved" in row.reason
    assert len(mail_host.received) == 1


def test_mails_of_one_pass_share_a_connection(mail_shop: MailShop, mail_host: MailHost) -> None:
    for number in range(8):
        mail_shop.queue(mail_shop.sale(f"c{number}"), address=f"c{number}@x.rw")
    assert mail_shop.send() == 8
    assert (mail_host.connections, mail_host.sign_ins) == (1, 1)


def test_two_senders_of_one_shop_send_no_mail_twice(
    mail_shop: MailShop, mail_host: MailHost, database: Database, tmp_path: Path
) -> None:
    for number in range(12):
        mail_shop.queue(mail_shop.sale(f"c{number}"), address=f"c{number}@x.rw")
    senders = [
        MailSender(
            database,
            mail_shop.app.mail_settings,
            MailAttachments(database, tmp_path),
            tmp_path / LOCK_FILE,
            QUICK,
        )
        for _ in range(2)
    ]
    taken: list[int] = []
    threads = [
        threading.Thread(target=lambda each=each: taken.append(each.send_due(wait_s=120)))
        for each in senders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 12
    assert sorted(r.recipient for r in mail_host.received) == sorted(
        f"c{number}@x.rw" for number in range(12)
    )


def test_a_second_sender_waits_its_turn_and_says_so(
    mail_shop: MailShop, mail_host: MailHost, database: Database, tmp_path: Path
) -> None:
    seen = threading.Event()
    mail_host.on_taken = seen.set
    mail_shop.queue(mail_shop.sale())
    mail_shop.app.mail_sender.start()
    assert seen.wait(10)
    other = MailSender(
        database,
        mail_shop.app.mail_settings,
        MailAttachments(database, tmp_path),
        tmp_path / LOCK_FILE,
        QUICK,
    )
    with pytest.raises(ConflictError, match="Another Sanduku"):
        other.send_due(wait_s=0.1)
    mail_shop.app.mail_sender.stop()
    assert other.send_due() == 0
    assert len(mail_host.received) == 1


def test_stopping_breaks_a_slow_mail_off_and_it_goes_later(
    mail_shop: MailShop, mail_host: MailHost, database: Database, tmp_path: Path
) -> None:
    asked = threading.Event()
    mail_host.on_data = asked.set
    mail_host.slow_s = 60
    mail = mail_shop.queue(mail_shop.sale(), address="slow@example.rw")
    patient = MailSender(
        database,
        mail_shop.app.mail_settings,
        MailAttachments(database, tmp_path),
        tmp_path / LOCK_FILE,
        replace(QUICK, final_timeout_s=120),
    )
    patient.start()
    assert asked.wait(10)
    patient.stop(wait_s=0.2)
    assert mail_shop.status(mail) is MailStatus.WAITING


def test_the_password_is_nowhere_to_be_read(
    mail_shop: MailShop, mail_host: MailHost, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    secret = "very-secret-word"
    settings = mail_shop.app.mail_settings.load()
    mail_shop.app.mail_settings.save(ADMIN, MailForm(settings, secret))
    mail_shop.queue(mail_shop.sale())
    mail_shop.send()
    assert mail_host.sign_ins == 1
    assert secret not in caplog.text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file
    assert secret not in repr(mail_shop.app.mail_settings.account())


@pytest.mark.usefixtures("bent_books")
@pytest.mark.sqlite
def test_a_bug_in_one_mail_is_logged_and_the_others_go(
    mail_shop: MailShop,
    mail_host: MailHost,
    tmp_path: Path,
    expect_log: Callable[[str], None],
) -> None:
    broken = mail_shop.queue(mail_shop.sale())
    mail_shop.queue(mail_shop.sale("Eric"), address="eric@example.rw")
    # What no program of ours writes: an invoice under a letterhead that is not there.
    with sqlite3.connect(tmp_path / "sanduku.db") as raw:
        raw.execute("DROP TRIGGER guard_invoice_facts")
        raw.execute(
            "UPDATE invoice SET letterhead_sha256 = 'none' WHERE id ="
            " (SELECT invoice_id FROM mail_message WHERE mail_id = ?)",
            (broken.mail_id,),
        )
    raw.close()
    expect_log("failed by a bug")
    assert mail_shop.send() == 1
    row = mail_shop.mail(broken).row
    assert row.status is MailStatus.WAITING
    assert "The program failed with it" in row.reason
    assert len(mail_host.received) == 1

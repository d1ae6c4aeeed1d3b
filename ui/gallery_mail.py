"""Mails for the throw-away shop: an account, addresses, and mails brought to a state by hand.

No server is asked: what it would have answered is written straight into the shop's books.
"""

from __future__ import annotations

from datetime import timedelta

from core.model.customers import Customer
from core.model.mail import MailChannel, MailMessage, MailTrouble
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind, MailStatus
from core.services.mail.settings import CHANNEL_ID, MailForm, MailSettings
from core.services.payments.lists import PaymentFilter
from ui.gallery_shop import ADMIN, CASHIER, MANAGER, SampleShop

_ADDRESSES = {
    "Jean Bosco Habimana": ("jean.bosco@example.rw", "rw"),
    "Claire Uwase": ("claire.uwase@example.rw", "fr"),
    "Eric Niyonzima": ("eric@example.rw", "en"),
    "Divine Mukamana": ("", "en"),
    "Café Inzozi & Frères": ("compta@cafe-inzozi.example", "fr"),
}


def set_up_mail(shop: SampleShop) -> None:
    """Give the shop a mail account, and most of its customers an address and a language."""
    settings = MailSettings(
        mail_host="smtp.inzozi.example",
        mail_user="shop@inzozi.example",
        mail_from_address="shop@inzozi.example",
        mail_from_name="Inzozi Shop",
        mail_receipt_on_completion=True,
    )
    shop.app.mail_settings.save(ADMIN, MailForm(settings, "no-secret"))
    with shop.app.database.write(None) as unit:
        for customer in unit.session.query(Customer):
            customer.email, customer.language = _ADDRESSES.get(customer.name, ("", "en"))
        unit.commit()


def fill_mail(shop: SampleShop) -> None:
    """Queue mails about the newest payments and bring them to every state."""
    set_up_mail(shop)
    ends = (
        (MailStatus.WAITING, None, "", ""),
        (MailStatus.SENT, 250, "2.0.0 Ok: queued as 4BxR7z", ""),
        (MailStatus.REFUSED, 550, "5.1.1 Recipient address rejected: user unknown", ""),
        (MailStatus.SENT, 250, "2.0.0 Ok: queued as 4BxR81", ""),
        (MailStatus.WAITING, 451, "4.7.1 Greylisted, try again in 5 minutes", ""),
        (MailStatus.CANCELLED, None, "", ""),
        (MailStatus.SENDING, None, "", ""),
    )
    rows = shop.app.payment_lists.page(MANAGER, PaymentFilter(), limit=60).rows
    told = [row for row in rows if row.next_statuses or row.invoice_number]
    for number, row in enumerate(told[:16]):
        shop.clock.now += timedelta(minutes=1)
        kind = MailKind.INVOICE if row.invoice_number else MailKind.PAYMENT_REMINDER
        if not row.invoice_number and row.status not in {"pending", "processing"}:
            continue
        draft = shop.app.mail_queue.draft(CASHIER, kind, row.payment_id)
        command = QueueMail(
            key=f"mail-{number}",
            kind=kind,
            payment_id=row.payment_id,
            address=draft.address or "divine@example.rw",
        )
        mail = shop.app.mail_queue.queue(CASHIER, command)
        _end(shop, mail.mail_id, *ends[number % len(ends)])
    shop.clock.now += timedelta(minutes=1)


def _end(
    shop: SampleShop, mail_id: str, status: MailStatus, code: int | None, answer: str, reason: str
) -> None:
    if status is MailStatus.CANCELLED:
        shop.app.mail_queue.cancel(CASHIER, mail_id)
        return
    if status is MailStatus.WAITING and code is None:
        return
    with shop.app.database.write(None) as unit:
        mail = unit.session.query(MailMessage).filter(MailMessage.mail_id == mail_id).one()
        mail.next_attempt_at = None
        mail.move_to(MailStatus.SENDING)
        mail.attempts = 1
        mail.sending_since = unit.now
        unit.session.flush()
        if status is not MailStatus.SENDING:
            mail.move_to(status)
            mail.last_code, mail.last_answer = code, answer
            mail.reason = reason or (answer if status is not MailStatus.SENT else "")
        if status is MailStatus.SENT:
            mail.sent_at = unit.now
        if status is MailStatus.WAITING:
            mail.attempts = 2
            mail.next_attempt_at = unit.now + timedelta(hours=1)
        unit.commit()


def hold_mail(shop: SampleShop) -> None:
    """Let the mail server refuse the shop's password."""
    with shop.app.database.write(None) as unit:
        unit.session.add(
            MailChannel(
                id=CHANNEL_ID,
                trouble=MailTrouble.SIGN_IN,
                told="smtp.inzozi.example refuses the user or the password of the shop's mail"
                " account: enter them again under Settings, Mail.",
                answer="535 5.7.8 Error: authentication failed",
                since=unit.now - timedelta(minutes=19),
                next_try_at=unit.now + timedelta(minutes=5),
                failures=3,
            )
        )
        unit.commit()

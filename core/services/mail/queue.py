"""Mails to customers: seen before they go, queued once, listed, tried again, called off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, update

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, KnownError
from core.model.journal import Topic
from core.model.mail import MailChannel, MailKind, MailMessage, MailStatus
from core.permissions import Actor, Permission
from core.services.customers.identity import account_of_payment
from core.services.mail.addresses import is_usable, usable_address
from core.services.mail.finding import LOADED, find_mail, same_paper, subject_of
from core.services.mail.rows import MailChannelRow, MailDetail, MailDraft, MailRow, mail_row
from core.services.mail.settings import CHANNEL_ID
from core.services.mail.writing import (
    KIND_WORDS,
    UNDER_WAY,
    Subject,
    address_of,
    attachment_name,
    hindrance,
    journal_mail,
    language_of,
    text_of,
    write_mail,
)
from core.services.payments.service import find_payment
from core.services.rows import Outcome, Page
from core.services.session import KeyedCommand, once
from core.services.settings import LANGUAGES


@dataclass(frozen=True, slots=True)
class QueueMail(KeyedCommand):
    """A mail a person wants sent. Without ``language`` it is the customer's.

    ``refund_id`` names the refund of a notice; without it, the payment's last completed one.
    The address is kept with the customer, where the payment has one.
    """

    kind: MailKind
    payment_id: str
    address: str
    refund_id: str = ""
    language: str = ""


class MailQueue:
    """The verbs of a mail; sending itself is the sender's work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draft(
        self,
        actor: Actor,
        kind: MailKind,
        payment_id: str,
        *,
        refund_id: str = "",
        language: str = "",
    ) -> MailDraft:
        """Return a mail as it would be, in the customer's language or another one.

        Raises:
            NotFoundError: there is no such payment or refund.

        """
        self._database.require(actor, Permission.SEND_MAIL)
        with self._database.read() as session:
            subject = subject_of(session, kind, payment_id, refund_id)
            chosen = language or language_of(session, subject.payment)
            text = text_of(session, subject, chosen)
            why_not = hindrance(session, subject, self._database.clock())
            before = [mail for mail in same_paper(session, subject) if _has_gone(mail)]
            return MailDraft(
                kind=kind,
                payment_id=payment_id,
                refund_id=subject.refund.refund_id if subject.refund else "",
                address=address_of(session, subject.payment),
                name=subject.payment.customer_name,
                language=chosen,
                subject=text.subject,
                body=text.body,
                attachment_name=attachment_name(subject),
                refusal=why_not.sentence if why_not else "",
                next_allowed_at=why_not.until if why_not else None,
                sent_before=tuple(mail_row(mail) for mail in before),
            )

    def queue(self, actor: Actor, command: QueueMail) -> MailRow:
        """Owe a customer a mail; the same key again returns the same mail.

        Raises:
            NotAllowedError: the person may not send mail.
            InvalidInputError: the address or language cannot be used.
            ConflictError: the payment's state does not allow it, a reminder went too lately, or
                the same paper already waits to be sent to the same address.

        """
        self._database.require(actor, Permission.SEND_MAIL)
        try:
            address = usable_address(command.address)
        except InvalidInputError as error:
            raise InvalidInputError(f"Nothing was sent. {error.message}", field="address") from None
        if command.language and command.language not in LANGUAGES:
            raise InvalidInputError(
                f"Nothing was sent. There are mails in {', '.join(LANGUAGES)} only.",
                field="language",
            )
        with self._database.write(actor) as unit:

            def act() -> str:
                subject = subject_of(
                    unit.session, command.kind, command.payment_id, command.refund_id
                )
                _refuse(unit, subject, address)
                _keep_address(unit, subject, address)
                mail = write_mail(
                    unit,
                    subject,
                    address=address,
                    language=command.language or language_of(unit.session, subject.payment),
                    act_key=f"form:{command.key}",
                )
                return mail.mail_id

            mail_id, _ = once(unit, "mail:queue", command, act)
            row = mail_row(find_mail(unit.session, mail_id))
            unit.commit()
            return row

    def remind(self, actor: Actor, payment_ids: Sequence[str], *, key: str) -> tuple[Outcome, ...]:
        """Send a reminder of each payment to its customer; a refusal stops no other.

        Raises:
            NotAllowedError: the person may not send mail.

        """
        self._database.require(actor, Permission.SEND_MAIL)
        outcomes = []
        for payment_id in dict.fromkeys(payment_ids):
            try:
                self.queue(actor, self._reminder(payment_id, key))
            except KnownError as error:
                outcomes.append(Outcome(payment_id, done=False, refusal=error.message))
            else:
                outcomes.append(Outcome(payment_id, done=True))
        return tuple(outcomes)

    def _reminder(self, payment_id: str, key: str) -> QueueMail:
        with self._database.read() as session:
            payment = find_payment(session, payment_id)
            address = address_of(session, payment)
        if not address:
            raise InvalidInputError(
                "Nothing was sent. This customer has no e-mail address.", field="address"
            )
        return QueueMail(
            key=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{key}/{payment_id}")),
            kind=MailKind.PAYMENT_REMINDER,
            payment_id=payment_id,
            address=address,
        )

    def page(
        self,
        actor: Actor,
        *,
        statuses: frozenset[MailStatus] = frozenset(),
        payment_id: str = "",
        search: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> Page[MailRow]:
        """Return a stretch of the mails, newest first; ``search`` in address, name and subject."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions: list[ColumnElement[bool]] = [
            or_(
                MailMessage.recipient_address.icontains(word, autoescape=True),
                MailMessage.recipient_name.icontains(word, autoescape=True),
                MailMessage.subject.icontains(word, autoescape=True),
            )
            for word in search.split()
        ]
        if statuses:
            conditions.append(MailMessage.status.in_(statuses))
        with self._database.read() as session:
            if payment_id:
                conditions.append(MailMessage.payment_id == find_payment(session, payment_id).id)
            count = select(func.count()).select_from(MailMessage).where(*conditions)
            total = session.scalar(count) or 0
            mails = session.scalars(
                select(MailMessage)
                .options(*LOADED)
                .where(*conditions)
                .order_by(MailMessage.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(tuple(mail_row(mail) for mail in mails), offset, total)

    def needing_a_look(self, actor: Actor) -> int:
        """Count the refused mails: nothing happens with them until a person does something."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        refused = MailMessage.status == MailStatus.REFUSED
        with self._database.read() as session:
            return session.scalar(select(func.count()).where(refused)) or 0

    def counts(self, actor: Actor) -> dict[MailStatus, int]:
        """Return how many mails are in each state."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            rows = session.execute(
                select(MailMessage.status, func.count()).group_by(MailMessage.status)
            )
            found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in MailStatus}

    def one(self, actor: Actor, mail_id: str) -> MailDetail:
        """Return one mail in full.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            mail = find_mail(session, mail_id)
            return MailDetail(mail_row(mail), mail.body, mail.attachment_sha256)

    def channel(self, actor: Actor) -> MailChannelRow:
        """Return whether the mail server takes mails, and how many wait."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            found = session.get(MailChannel, CHANNEL_ID) or MailChannel(told="", answer="")
            waiting = session.scalar(
                select(func.count())
                .select_from(MailMessage)
                .where(MailMessage.status.in_(UNDER_WAY))
            )
            return MailChannelRow(
                trouble=found.trouble,
                told=found.told,
                answer=found.answer,
                since=found.since,
                next_try_at=found.next_try_at,
                waiting=waiting or 0,
            )

    def retry(self, actor: Actor, mail_id: str) -> MailRow:
        """Have a waiting or refused mail tried now, as the same mail.

        Raises:
            NotFoundError: there is no such mail.
            ConflictError: it was sent, is being sent, or was called off; or it was refused, and
                what it is about no longer allows it.

        """
        self._database.require(actor, Permission.SEND_MAIL)
        with self._database.write(actor) as unit:
            mail = find_mail(unit.session, mail_id)
            if mail.status is MailStatus.REFUSED:
                subject = Subject(mail.kind, mail.payment, mail.refund)
                why_not = hindrance(unit.session, subject, unit.now)
                if why_not is not None:
                    raise ConflictError(f"Nothing was sent. {why_not.sentence}")
            if mail.status is not MailStatus.WAITING:
                mail.move_to(MailStatus.WAITING)
                mail.trying_since = None
                mail.reason = ""
            mail.next_attempt_at = unit.now
            _try_server_now(unit)
            journal_mail(unit, mail, "mail:retried")
            unit.session.flush()
            row = mail_row(mail)
            unit.commit()
            return row

    def cancel(self, actor: Actor, mail_id: str) -> MailRow:
        """Call off a mail that was not sent yet.

        Raises:
            NotFoundError: there is no such mail.
            ConflictError: it was sent, or is being sent at this moment.

        """
        self._database.require(actor, Permission.SEND_MAIL)
        with self._database.write(actor) as unit:
            mail = find_mail(unit.session, mail_id)
            mail.move_to(MailStatus.CANCELLED)
            mail.next_attempt_at = None
            journal_mail(unit, mail, "mail:cancelled")
            unit.session.flush()
            row = mail_row(mail)
            unit.commit()
            return row

    def hasten(self, actor: Actor) -> int:
        """Have every waiting mail tried now; return how many."""
        self._database.require(actor, Permission.SEND_MAIL)
        with self._database.write(actor) as unit:
            waiting = list(
                unit.session.scalars(
                    select(MailMessage.mail_id).where(MailMessage.status == MailStatus.WAITING)
                )
            )
            unit.session.execute(
                update(MailMessage)
                .where(MailMessage.status == MailStatus.WAITING)
                .values(next_attempt_at=unit.now)
            )
            _try_server_now(unit)
            unit.audit("mail:hastened", "mail", "waiting", count=len(waiting))
            unit.changed(Topic.MAIL)
            unit.commit()
            return len(waiting)


def _has_gone(mail: MailMessage) -> bool:
    return mail.status is MailStatus.SENT


def _refuse(unit: UnitOfWork, subject: Subject, address: str) -> None:
    """Refuse a mail that may not go, or that waits already.

    Raises:
        ConflictError: as it says.

    """
    why_not = hindrance(unit.session, subject, unit.now)
    if why_not is not None:
        raise ConflictError(f"Nothing was sent. {why_not.sentence}")
    for mail in same_paper(unit.session, subject):
        if mail.status in UNDER_WAY and mail.recipient_address == address:
            raise ConflictError(
                f"Nothing more was sent. This {KIND_WORDS[subject.kind]} already waits to be sent"
                f" to {address}."
            )


def _keep_address(unit: UnitOfWork, subject: Subject, address: str) -> None:
    customer = account_of_payment(unit.session, subject.payment)
    if customer is None or customer.email == address:
        return
    if is_usable(customer.email) and usable_address(customer.email) == address:
        return
    unit.audit(
        "customer:address",
        "customer",
        str(customer.id),
        email={"before": customer.email, "after": address},
    )
    customer.email = address
    unit.changed(Topic.CUSTOMERS)


def _try_server_now(unit: UnitOfWork) -> None:
    channel = unit.session.get(MailChannel, CHANNEL_ID)
    if channel is not None:
        channel.next_try_at = unit.now

"""Trying the shop's mail account: reached, trusted, signed in, and a test mail on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.database.unit_of_work import Database
from core.gateways.contract import ConnectionCheck
from core.gateways.mail_server import Fate, Security, ServerTroubleError
from core.model.base import new_uuid
from core.model.mail import MailTrouble
from core.permissions import Actor, Permission
from core.services.mail.addresses import usable_address
from core.services.mail.settings import MailAccount, MailSettingsService

if TYPE_CHECKING:
    from core.gateways.smtp import SmtpSession

_TEST_SUBJECT = "Test mail from Sanduku"
_TEST_TEXT = (
    "This is a test: the shop's mail account works.\n\n"
    "Nobody needs to do anything. Mails to customers are sent the same way.\n"
)


class MailTrial:
    """Tries the account as it is saved; no customer gets anything."""

    def __init__(self, database: Database, settings: MailSettingsService) -> None:
        self._database = database
        self._settings = settings

    def run(self, actor: Actor, address: str = "") -> tuple[ConnectionCheck, ...]:
        """Try the account step by step, each told in words; with an address, send a test mail.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: the address cannot be used.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        recipient = usable_address(address) if address.strip() else ""
        try:
            account = self._settings.account()
        except ServerTroubleError as error:
            return (ConnectionCheck("Read the mail account", False, error.told),)
        return tuple(self._steps(account, recipient))

    def _steps(self, account: MailAccount, recipient: str) -> Iterator[ConnectionCheck]:
        from core.gateways.smtp import SmtpSession  # noqa: PLC0415 - not owed at start

        server = account.server
        reach, trust = f"Reach {server.host}, port {server.port}", "Encrypt the way to it"
        answers = ConnectionCheck(reach, True, f"{server.host} answers.")
        with SmtpSession(server) as session:
            try:
                session.connect()
            except ServerTroubleError as error:
                if error.trouble is MailTrouble.ENCRYPTION:
                    yield answers
                    yield _failed(trust, error)
                else:
                    yield _failed(reach, error)
                return
            yield answers
            if server.security is not Security.NONE:
                yield ConnectionCheck(trust, True, "Its certificate is verified.")
            try:
                if server.user:
                    session.sign_in()
                    yield ConnectionCheck(f"Sign in as {server.user}", True, "It was let in.")
            except ServerTroubleError as error:
                yield _failed(f"Sign in as {server.user}", error)
                return
            if recipient:
                yield self._hand_in(session, account, recipient)

    def _hand_in(
        self, session: SmtpSession, account: MailAccount, recipient: str
    ) -> ConnectionCheck:
        from core.documents.mail_message import Letter, mail_bytes  # noqa: PLC0415 - see above

        what = f"Send a test mail to {recipient}"
        letter = Letter(
            message_id=f"<{new_uuid()}@{account.from_address.rpartition('@')[2]}>",
            written_at=self._database.clock(),
            sender_name=account.from_name,
            sender_address=account.from_address,
            reply_to=account.reply_to,
            recipient_name="",
            recipient_address=recipient,
            subject=_TEST_SUBJECT,
            text=_TEST_TEXT,
            language="en",
            automatic=True,
        )
        try:
            verdict = session.deliver(account.from_address, recipient, mail_bytes(letter))
        except ServerTroubleError as error:
            return _failed(what, error)
        said = f"{verdict.code or ''} {verdict.answer}".strip()
        if verdict.fate is Fate.TAKEN:
            return ConnectionCheck(what, True, f"The server took it: {said}")
        if verdict.fate is Fate.REFUSED:
            return ConnectionCheck(what, False, f"The server refuses it: {said}")
        return ConnectionCheck(what, False, f"The server does not take it now: {said}")


def _failed(what: str, error: ServerTroubleError) -> ConnectionCheck:
    said = f" The server said: {error.answer}" if error.answer[:3].isdigit() else ""
    return ConnectionCheck(what, False, f"{error.told}{said}")

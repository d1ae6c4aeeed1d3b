"""The sender: hands the mails that are due to the shop's mail server, one after another.

One sender serves a shop: the one that holds the lock beside the shop's file, which the system
frees even after a kill. A mail is marked as being sent, and that committed, before the server is
asked; what the server said is committed after. A mail found marked belongs to a sender that died,
and is sent again as the same mail: a kill between the server's answer and our commit is the one
instant in which a customer may get it twice.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.configuration import DEFAULT_MAIL_TIMING, MailTiming
from core.database.unit_of_work import Database
from core.errors import ConflictError, KnownError
from core.gateways.mail_server import Fate, MailServer, ServerTroubleError, Verdict
from core.model.mail import MailChannel, MailMessage, MailStatus
from core.services.mail import records
from core.services.mail.attachments import MailAttachments
from core.services.mail.records import Claimed
from core.services.mail.settings import CHANNEL_ID, MailAccount, MailSettingsService

if TYPE_CHECKING:
    from core.gateways.smtp import SmtpSession

logger = logging.getLogger(__name__)

LOCK_FILE = "mail.lock"

_TRY_LOCK_S = 1.0
_MOST_PER_CONNECTION = 50
_CUT_WAIT_S = 10.0

Outcome = Verdict | ServerTroubleError


class MailSender:
    """Runs on a thread of its own between :meth:`start` and :meth:`stop`, or once."""

    def __init__(
        self,
        database: Database,
        settings: MailSettingsService,
        attachments: MailAttachments,
        lock_file: Path,
        timing: MailTiming = DEFAULT_MAIL_TIMING,
    ) -> None:
        self._database = database
        self._settings = settings
        self._attachments = attachments
        self._lock_file = lock_file
        self._timing = timing
        self._stopping = threading.Event()
        self._abandoned = threading.Event()
        self._session: SmtpSession | None = None
        self._server: MailServer | None = None
        self._handed_over = 0
        self._set_aside: set[int] = set()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send as soon as no other sender of this shop does."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._abandoned.clear()
        self._thread = threading.Thread(target=self._work, name="mail", daemon=True)
        self._thread.start()

    def stop(self, *, wait_s: float = 5.0) -> None:
        """Begin no other mail and wait for the one in hand; after ``wait_s`` it is broken off.

        A mail broken off is sent again later, as the same mail.
        """
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(timeout=wait_s)
        session = self._session
        if thread.is_alive() and session is not None:
            session.cut()
        thread.join(timeout=_CUT_WAIT_S)
        self._abandoned.set()

    def send_due(self, *, wait_s: float = 10.0) -> int:
        """Send everything that is due now, and return how many mails the server took.

        Raises:
            ConflictError: another program is sending this shop's mails.

        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 - not owed at start

        self._stopping.clear()
        self._abandoned.clear()
        try:
            with FileLock(self._lock_file, thread_local=False).acquire(timeout=wait_s):
                return self._serve(until_idle=True)
        except Timeout as error:
            raise ConflictError(
                "Nothing was sent by this command. Another Sanduku of this shop is sending: it"
                " sends what is due by itself."
            ) from error

    def _work(self) -> None:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - not owed at start

        lock = FileLock(self._lock_file, thread_local=False)
        while not self._stopping.is_set():
            try:
                with lock.acquire(timeout=0):
                    self._serve(until_idle=False)
            except Timeout:
                self._stopping.wait(_TRY_LOCK_S)
            except KnownError as error:
                logger.info("mails wait: %s", error.message)
                self._stopping.wait(_TRY_LOCK_S)
            except Exception:
                if self._abandoned.is_set():
                    return
                logger.exception("the mail sender stumbled; it goes on")
                self._stopping.wait(_TRY_LOCK_S)

    def _serve(self, *, until_idle: bool) -> int:
        """Send what is due, until told to stop or, if so wanted, until nothing is."""
        taken = 0
        try:
            self._resume()
            while not self._stopping.is_set():
                row_id = self._next_due()
                if row_id is not None:
                    taken += self._send(row_id)
                    continue
                self._hang_up()
                if until_idle:
                    break
                self._stopping.wait(self._timing.idle_s)
        finally:
            self._hang_up()
        return taken

    def _resume(self) -> None:
        with self._database.write(None) as unit:
            if records.resume(unit):
                unit.commit()

    def _next_due(self) -> int | None:
        now = self._database.clock()
        with self._database.read() as session:
            channel = session.get(MailChannel, CHANNEL_ID)
            if channel is not None and channel.trouble is not None:
                held_until = channel.next_try_at
                if held_until is not None and held_until > now:
                    return None
            return session.scalar(
                select(MailMessage.id)
                .where(
                    MailMessage.next_attempt_at <= now,
                    MailMessage.status == MailStatus.WAITING,
                    MailMessage.id.not_in(self._set_aside),
                )
                .order_by(MailMessage.next_attempt_at, MailMessage.id)
                .limit(1)
            )

    def _send(self, row_id: int) -> bool:
        with self._database.write(None) as unit:
            claimed = records.claim(unit, row_id)
            unit.commit()
        if claimed is None:
            return False
        outcome, paper_sha256 = self._attempt(claimed)
        self._settle(claimed, outcome, paper_sha256)
        return isinstance(outcome, Verdict) and outcome.fate is Fate.TAKEN

    def _attempt(self, claimed: Claimed) -> tuple[Outcome, str]:
        """Hand a mail over; whatever happens is an outcome, so that no mail stays marked."""
        try:
            account = self._settings.account()
            content, paper_sha256 = self._compose(claimed, account)
            session = self._connected(account.server)
            self._handed_over += 1
            verdict = session.deliver(account.from_address, claimed.recipient_address, content)
        except ServerTroubleError as trouble:
            return trouble, ""
        except KnownError as error:
            return Verdict(Fate.PUT_OFF, None, error.message), ""
        except Exception:
            logger.exception("the mail %s failed by a bug; it is tried again", claimed.id)
            told = "The program failed with it; it is tried again, and the log says more."
            return Verdict(Fate.PUT_OFF, None, told), ""
        return verdict, paper_sha256

    def _compose(self, claimed: Claimed, account: MailAccount) -> tuple[bytes, str]:
        from core.documents.mail_message import Letter, mail_bytes  # noqa: PLC0415 - see above

        paper = self._attachments.paper(claimed.kind, claimed.paper_number, claimed.attachment_name)
        content = mail_bytes(
            Letter(
                message_id=claimed.message_id,
                written_at=claimed.created_at,
                sender_name=account.from_name,
                sender_address=account.from_address,
                reply_to=account.reply_to,
                recipient_name=claimed.recipient_name,
                recipient_address=claimed.recipient_address,
                subject=claimed.subject,
                text=claimed.body,
                language=claimed.language,
                automatic=claimed.automatic,
                attachment=paper,
            )
        )
        return content, hashlib.sha256(paper.content).hexdigest() if paper else ""

    def _connected(self, server: MailServer) -> SmtpSession:
        """Return the open connection, or a new one: signed in and ready for a mail."""
        session = self._session
        if (
            session is not None
            and server == self._server
            and self._handed_over < _MOST_PER_CONNECTION
            and session.is_ready()
        ):
            return session
        self._hang_up()
        from core.gateways.smtp import SmtpSession  # noqa: PLC0415 - not owed before there is mail

        session = SmtpSession(server, self._timing)
        self._session, self._server, self._handed_over = session, server, 0
        session.connect()
        session.sign_in()
        return session

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _settle(self, claimed: Claimed, outcome: Outcome, paper_sha256: str) -> None:
        """Write the outcome down, however long the disk refuses: else the mail would go twice."""
        while not self._abandoned.is_set():
            try:
                with self._database.write(None) as unit:
                    if isinstance(outcome, ServerTroubleError):
                        records.hold(unit, claimed.id, outcome, self._timing)
                    else:
                        records.settle(
                            unit, claimed.id, outcome, self._timing, paper_sha256=paper_sha256
                        )
                    unit.commit()
            except KnownError as error:
                logger.info("the outcome of mail %s waits: %s", claimed.id, error.message)
                if self._stopping.wait(_TRY_LOCK_S):
                    return
            except Exception:
                self._set_aside.add(claimed.id)
                raise
            else:
                return

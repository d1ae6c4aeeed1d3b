"""The papers that go with mails: the original, or a copy where the paper was handed out before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.database.unit_of_work import Database
from core.model.mail import MailKind
from core.model.papers import PaperKind
from core.services.papers.drawing import Papers
from core.services.papers.handouts import document_of, draw, was_handed_out

if TYPE_CHECKING:
    from core.documents.mail_message import Attachment

PAPER_KINDS = {
    MailKind.INVOICE: PaperKind.INVOICE,
    MailKind.RECEIPT: PaperKind.RECEIPT,
    MailKind.REFUND_NOTICE: PaperKind.CREDIT_NOTE,
}
"""The paper of each kind of mail; a reminder has none."""


class MailAttachments:
    """Gives each kind of mail its paper; the one place that mail asks for papers."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._papers = Papers(database, folder)

    def paper(self, kind: MailKind, number: str, file_name: str) -> Attachment | None:
        """Return the paper of a number for a kind of mail; None for one that has none.

        Raises:
            StorageError: the paper cannot be drawn or written.

        """
        from core.documents.mail_message import Attachment  # noqa: PLC0415 - not owed at start
        from core.documents.receipt import ReceiptWidth  # noqa: PLC0415 - not owed at start

        paper = PAPER_KINDS.get(kind)
        if paper is None:
            return None
        with self._database.read() as session:
            is_copy = was_handed_out(session, paper, number)
            if is_copy or paper is PaperKind.RECEIPT:
                document = document_of(session, paper, number, is_copy=is_copy)
                return Attachment(file_name, draw(paper, document, ReceiptWidth.A4))
        kept = self._papers.invoice if paper is PaperKind.INVOICE else self._papers.credit_note
        return Attachment(file_name, kept(number).read_bytes())

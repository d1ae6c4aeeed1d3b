"""A mail as the bytes that travel (RFC 5322): the same letter gives the same bytes.

A mail that is sent again after a kill is then really the same one, and a server or a mail program
that knows its Message-ID may drop it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime

from core.clock import shop_time
from core.documents.text import plain

_MAX_NAME_CHARACTERS = 80
_LINE_CHARACTERS = 76
# Long names are folded here; a Message-ID never is, as some servers lose one that is.
_AS_IT_TRAVELS = compat32.clone(linesep="\r\n", max_line_length=None)
_QUOTED_UTF8 = charset.Charset("utf-8")
_QUOTED_UTF8.body_encoding = charset.QP


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper that goes with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a mail is made of; addresses are ASCII, ``message_id`` has its brackets.

    ``automatic`` says that no person wanted just this mail: out-of-office programs then leave it
    unanswered (RFC 3834).
    """

    message_id: str
    written_at: datetime
    sender_name: str
    sender_address: str
    reply_to: str
    recipient_name: str
    recipient_address: str
    subject: str
    text: str
    language: str
    automatic: bool
    attachment: Attachment | None = None


def mail_bytes(letter: Letter) -> bytes:
    """Return a mail with CRLF line ends, in ASCII: not every server takes 8-bit mails."""
    text = MIMENonMultipart("text", "plain")
    text.set_payload(letter.text, _QUOTED_UTF8)
    message: MIMEBase = text
    if letter.attachment is not None:
        boundary = f"=_{letter.message_id.strip('<>').partition('@')[0].replace('-', '')}"
        message = MIMEMultipart("mixed", boundary)
        message.attach(text)
        paper = MIMEApplication(letter.attachment.content, "pdf")
        paper.add_header("Content-Disposition", "attachment", filename=letter.attachment.name)
        message.attach(paper)
    message["From"] = _mailbox("From", letter.sender_name, letter.sender_address)
    message["To"] = _mailbox("To", letter.recipient_name, letter.recipient_address)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = _encoded("Subject", plain(letter.subject))
    message["Date"] = format_datetime(shop_time(letter.written_at))
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    if letter.automatic:
        message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes(policy=_AS_IT_TRAVELS)


def _mailbox(field: str, name: str, address: str) -> str:
    shown = plain(name)
    if not shown:
        return address
    if len(shown) > _MAX_NAME_CHARACTERS:
        shown = f"{shown[: _MAX_NAME_CHARACTERS - 1]}…"
    encoded = _quoted(shown) if _is_plain(shown) else _encoded(field, shown)
    return f"{encoded}\n <{address}>"


def _encoded(field: str, text: str) -> str:
    """Return a header's text in lines, in encoded words (RFC 2047) where plain ones will not do."""
    words = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, words, header_name=field, maxlinelen=_LINE_CHARACTERS).encode()


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

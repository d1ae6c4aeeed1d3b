"""Mails as they travel: readable by any mail program, and nothing from outside acts in them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from core.documents.mail_message import Attachment, Letter, mail_bytes
from core.documents.mail_texts import LANGUAGES, MailFacts, mail_text
from core.documents.phrases import phrases_in
from core.model.mail import MailKind

LETTER = Letter(
    message_id="<0b5c1b2e-1111-4222-8333-444455556666@inzozi.rw>",
    written_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC),
    sender_name="Inzozi & Frères, Ltd",
    sender_address="shop@inzozi.rw",
    reply_to="desk@inzozi.rw",
    recipient_name="Claire Uwase",
    recipient_address="claire@example.rw",
    subject="Facture INV-20260701-00001",
    text="Bonjour Claire,\n\n.\nété\n",
    language="fr",
    automatic=True,
    attachment=Attachment("INV-20260701-00001.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 20),
)
FACTS = MailFacts(
    customer_name="Claire Uwase",
    amount="15 000 RWF",
    paid_amount="20 000 RWF",
    number="INV-20260701-00001",
    reference="ORD-7",
    day=date(2026, 7, 1),
    shop_name="Inzozi Shop",
    shop_phone="0788 123 456",
    bank_details="Bank of Kigali\n000-123",
)


def name_and_address(header: str) -> tuple[str, str]:
    name, address = parseaddr(header)
    return str(make_header(decode_header(name))), address


def test_a_mail_has_the_heads_a_mail_program_expects() -> None:
    message = email.message_from_bytes(mail_bytes(LETTER), policy=email.policy.default)
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"] == "Wed, 01 Jul 2026 10:00:00 +0200"
    assert message["From"].addresses[0].display_name == "Inzozi & Frères, Ltd"
    assert message["Reply-To"] == "desk@inzozi.rw"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message.get_body(("plain",)).get_content() == LETTER.text.replace("\n", "\r\n")
    (paper,) = message.iter_attachments()
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_filename() == LETTER.attachment.name
    assert paper.get_content() == LETTER.attachment.content


def test_the_same_letter_is_the_same_bytes_in_ascii_lines() -> None:
    content = mail_bytes(LETTER)
    assert content == mail_bytes(LETTER)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_a_mail_without_paper_or_person_is_plain_text() -> None:
    bare = replace(LETTER, attachment=None, recipient_name="", reply_to="", automatic=False)
    message = email.message_from_bytes(mail_bytes(bare), policy=email.policy.default)
    assert message.get_content_type() == "text/plain"
    assert message["To"] == "claire@example.rw"
    assert "Reply-To" not in message
    assert "Auto-Submitted" not in message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Uwase, Claire "Coco"', 'Uwase, Claire "Coco"'),
        ("Back\\slash", "Back\\slash"),
        ("Eve\r\nBcc: all@example.com", "Eve Bcc: all@example.com"),
        ("Eve\u2028Bcc: all@example.com", "Eve Bcc: all@example.com"),
        ("\u202egnitide\u202c", "gnitide"),
        ("Claire <eve@example.com>", "Claire <eve@example.com>"),
        ("=?utf-8?q?Somebody_else?=", "=?utf-8?q?Somebody_else?="),
        ("Société Anonyme à Responsabilité Limitée de " * 6, None),
        ("ユワセ" * 60, None),
        ("a" * 300, None),
    ],
)
def test_no_name_brings_a_header_or_another_address(name: str, shown: str | None) -> None:
    letter = replace(LETTER, recipient_name=name, sender_name=name, subject=f"For {name}"[:150])
    content = mail_bytes(letter)
    message = email.message_from_bytes(content)
    assert message["Bcc"] is None
    assert len(message.items()) == len(email.message_from_bytes(mail_bytes(LETTER)).items())
    for header, address in (("To", "claire@example.rw"), ("From", "shop@inzozi.rw")):
        found, at = name_and_address(message[header])
        assert at == address
        assert found == (shown or f"{name[:79]}…")
    head = content.split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    for line in head.split(b"\r\n"):
        assert line.count(b"=?utf-8") == 0 or len(line) <= 78


def test_a_long_domain_does_not_fold_the_message_id() -> None:
    letter = replace(LETTER, message_id=f"<x@{'a' * 63}.{'b' * 63}.example.rw>")
    assert f"Message-ID: {letter.message_id}\r\n".encode() in mail_bytes(letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_says_the_facts_in_every_language(kind: MailKind, language: str) -> None:
    text = mail_text(kind, FACTS, language)
    assert "{" not in f"{text.subject}{text.body}"
    assert "Claire Uwase" in text.body
    assert "15 000 RWF" in text.body or kind is MailKind.INVOICE
    assert "Inzozi Shop" in text.body
    assert "\n" not in text.subject
    if kind is MailKind.PAYMENT_REMINDER:
        assert "ORD-7" in text.body
        assert "Bank of Kigali\n000-123" in text.body
    else:
        assert FACTS.number in text.body
        assert "Bank of Kigali" not in text.body


def test_days_are_written_as_each_language_does() -> None:
    kind = MailKind.RECEIPT
    assert "on 1 July 2026" in mail_text(kind, FACTS, "en").body
    assert "le 1er juillet 2026" in mail_text(kind, FACTS, "fr").body
    assert "ku wa 1 Nyakanga 2026" in mail_text(kind, FACTS, "rw").body


def test_what_a_person_typed_stays_text() -> None:
    odd = replace(FACTS, customer_name="{amount}\r\nX: y", reference="{0}", shop_name="{}" * 200)
    text = mail_text(MailKind.PAYMENT_REMINDER, odd, "en")
    assert text.body.startswith("Hello {amount} X: y,\n")
    assert "for {0} from" in text.body
    assert len(text.subject) <= 150


def test_a_customer_without_a_name_is_greeted_all_the_same() -> None:
    bare = replace(FACTS, customer_name="", reference="", shop_phone="", bank_details="")
    text = mail_text(MailKind.PAYMENT_REMINDER, bare, "en")
    assert text.body.startswith("Hello,\n\nYour payment of 15 000 RWF from 1 July 2026 is still")
    assert "call" not in text.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_calls_its_paper_what_the_paper_calls_itself(language: str) -> None:
    words = phrases_in(language)
    for kind, name in (
        (MailKind.INVOICE, words.invoice),
        (MailKind.RECEIPT, words.receipt),
        (MailKind.REFUND_NOTICE, words.credit_note),
    ):
        assert name.lower() in mail_text(kind, FACTS, language).body.lower()

"""What the shop's mails say, in English, French and Kinyarwanda: whole texts, nothing translated.

Every value is one plain line before it goes in, so that no name can bring a header or a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.documents.text import plain, plain_lines
from core.model.mail import MailKind

LANGUAGES = ("en", "fr", "rw")
MAX_SUBJECT_CHARACTERS = 150
_MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a mail is about; amounts as people read them, ``number`` of the paper that goes along.

    ``day`` is the shop's day of the payment. ``reference`` names what was bought; empty: nothing
    does. ``bank_details`` are the shop's own lines, for those who still have to pay.
    """

    customer_name: str
    amount: str
    paid_amount: str
    number: str
    reference: str
    day: date
    shop_name: str
    shop_phone: str
    bank_details: str = ""


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's subject, on one line, and its text."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _Words:
    """One language. ``about`` is put in where something names what was bought."""

    months: tuple[str, ...]
    hello: str
    hello_nobody: str
    subjects: dict[MailKind, str]
    bodies: dict[MailKind, tuple[str, ...]]
    about: str
    bank: str
    question: str
    question_phone: str


_ENGLISH = _Words(
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    hello="Hello {name},",
    hello_nobody="Hello,",
    subjects={
        MailKind.INVOICE: "Invoice {number} from {shop}",
        MailKind.RECEIPT: "Receipt for your payment of {amount} at {shop}",
        MailKind.REFUND_NOTICE: "Refund of {amount} from {shop}",
        MailKind.PAYMENT_REMINDER: "Reminder: your payment of {amount} to {shop} is still open",
    },
    bodies={
        MailKind.INVOICE: (
            "We received your payment of {amount} on {day}. Thank you!",
            "Your invoice {number} is attached as a PDF.",
        ),
        MailKind.RECEIPT: (
            "We received your payment of {amount} on {day}. Thank you!",
            "Your receipt {number} is attached as a PDF.",
        ),
        MailKind.REFUND_NOTICE: (
            "We have refunded {amount} of your payment of {paid} from {day}.",
            "The credit note {number} is attached as a PDF.",
            "If you have not received the money, please tell us.",
        ),
        MailKind.PAYMENT_REMINDER: (
            "Your payment of {amount}{about} from {day} is still open.",
            "If you have paid already, please tell us and disregard this mail. Thank you!",
        ),
    },
    about=" for {reference}",
    bank="You can pay to this account:",
    question="If you have a question, simply answer this mail.",
    question_phone="If you have a question, simply answer this mail or call {phone}.",
)  # fmt: skip

_FRENCH = _Words(
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    hello="Bonjour {name},",
    hello_nobody="Bonjour,",
    subjects={
        MailKind.INVOICE: "Facture {number} de {shop}",
        MailKind.RECEIPT: "Reçu de votre paiement de {amount} chez {shop}",
        MailKind.REFUND_NOTICE: "Remboursement de {amount} par {shop}",
        MailKind.PAYMENT_REMINDER: "Rappel : votre paiement de {amount} à {shop} est en attente",
    },
    bodies={
        MailKind.INVOICE: (
            "Nous avons bien reçu votre paiement de {amount} le {day}. Merci !",
            "Votre facture {number} est jointe à ce message en PDF.",
        ),
        MailKind.RECEIPT: (
            "Nous avons bien reçu votre paiement de {amount} le {day}. Merci !",
            "Votre reçu {number} est joint à ce message en PDF.",
        ),
        MailKind.REFUND_NOTICE: (
            "Nous vous avons remboursé {amount} sur votre paiement de {paid} du {day}.",
            "L’avoir {number} est joint à ce message en PDF.",
            "Si vous n’avez pas reçu cette somme, merci de nous le signaler.",
        ),
        MailKind.PAYMENT_REMINDER: (
            "Votre paiement de {amount}{about} du {day} est toujours en attente.",
            "Si vous avez déjà payé, merci de nous le signaler et d’ignorer ce message.",
        ),
    },
    about=" pour {reference}",
    bank="Vous pouvez payer sur ce compte :",
    question="Pour toute question, il suffit de répondre à ce message.",
    question_phone="Pour toute question, répondez à ce message ou appelez le {phone}.",
)  # fmt: skip

_KINYARWANDA = _Words(
    months=(
        "Mutarama", "Gashyantare", "Werurwe", "Mata", "Gicurasi", "Kamena", "Nyakanga", "Kanama",
        "Nzeri", "Ukwakira", "Ugushyingo", "Ukuboza",
    ),
    hello="Muraho {name},",
    hello_nobody="Muraho,",
    subjects={
        MailKind.INVOICE: "Inyemezabuguzi {number} ya {shop}",
        MailKind.RECEIPT: "Inyemezabwishyu y’amafaranga {amount} mwishyuye {shop}",
        MailKind.REFUND_NOTICE: "{shop} yabasubije amafaranga {amount}",
        MailKind.PAYMENT_REMINDER: "Kwibutsa: amafaranga {amount} ya {shop} ntarishyurwa",
    },
    bodies={
        MailKind.INVOICE: (
            "Twakiriye amafaranga {amount} mwishyuye ku wa {day}. Murakoze!",
            "Inyemezabuguzi yanyu {number} iri ku mugereka w’iyi imeyili (PDF).",
        ),
        MailKind.RECEIPT: (
            "Twakiriye amafaranga {amount} mwishyuye ku wa {day}. Murakoze!",
            "Inyemezabwishyu yanyu {number} iri ku mugereka w’iyi imeyili (PDF).",
        ),
        MailKind.REFUND_NOTICE: (
            "Twabasubije amafaranga {amount} kuri {paid} mwari mwishyuye ku wa {day}.",
            "Icyemezo cyo gusubizwa {number} kiri ku mugereka w’iyi imeyili (PDF).",
            "Niba ayo mafaranga atarabageraho, mwatubwira.",
        ),
        MailKind.PAYMENT_REMINDER: (
            "Turabibutsa ko amafaranga {amount}{about} yo ku wa {day} atarishyurwa.",
            "Niba mwarayishyuye, mwatubwira kandi mukirengagiza ubu butumwa. Murakoze!",
        ),
    },
    about=" ya {reference}",
    bank="Mushobora kwishyura kuri iyi konti:",
    question="Niba mufite ikibazo, mwasubiza iyi imeyili.",
    question_phone="Niba mufite ikibazo, mwasubiza iyi imeyili cyangwa mugahamagara {phone}.",
)  # fmt: skip

_LANGUAGES = {"en": _ENGLISH, "fr": _FRENCH, "rw": _KINYARWANDA}


def mail_text(kind: MailKind, facts: MailFacts, language: str) -> MailText:
    """Return subject and text of a mail; a language without texts gives English ones."""
    words = _LANGUAGES.get(language, _ENGLISH)
    values = {
        "name": _cut(plain(facts.customer_name)),
        "amount": facts.amount,
        "paid": facts.paid_amount,
        "number": plain(facts.number),
        "day": _day_text(words, language, facts.day),
        "shop": _cut(plain(facts.shop_name)),
        "phone": _cut(plain(facts.shop_phone)),
        "about": "",
    }
    reference = _cut(plain(facts.reference))
    if reference:
        values["about"] = words.about.format(reference=reference)
    hello = words.hello if values["name"] else words.hello_nobody
    question = words.question_phone if values["phone"] else words.question
    account = plain_lines(facts.bank_details) if kind is MailKind.PAYMENT_REMINDER else []
    paragraphs = [
        hello.format(**values),
        "\n".join(sentence.format(**values) for sentence in words.bodies[kind]),
        "\n".join([words.bank, *account]) if account else "",
        question.format(**values),
        "\n".join(filter(None, [values["shop"], values["phone"]])),
    ]
    subject = words.subjects[kind].format(**values)
    return MailText(
        subject=subject[:MAX_SUBJECT_CHARACTERS].strip(),
        body="\n\n".join(filter(None, paragraphs)) + "\n",
    )


def _day_text(words: _Words, language: str, day: date) -> str:
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {words.months[day.month - 1]} {day.year}"


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_NAME_CHARACTERS else f"{text[: _MAX_NAME_CHARACTERS - 1]}…"

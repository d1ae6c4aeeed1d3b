"""A reminder short enough for a text message, in the customer's language as mails are."""

from __future__ import annotations

from dataclasses import dataclass

from core.money import display
from core.services.rows import PaymentRow


@dataclass(frozen=True, slots=True)
class _Words:
    """One language. ``about`` is put in where something names what was bought."""

    hello: str
    hello_nobody: str
    still_open: str
    about: str
    closing: str


_ENGLISH = _Words(
    hello="Hello {name},",
    hello_nobody="Hello,",
    still_open="your payment of {amount}{about} is still open.",
    about=" for {reference}",
    closing="If you have paid already, please tell us. Thank you!",
)
_LANGUAGES = {
    "en": _ENGLISH,
    "fr": _Words(
        hello="Bonjour {name},",
        hello_nobody="Bonjour,",
        still_open="votre paiement de {amount}{about} est toujours en attente.",
        about=" pour {reference}",
        closing="Si vous avez déjà payé, merci de nous le signaler.",
    ),
    "rw": _Words(
        hello="Muraho {name},",
        hello_nobody="Muraho,",
        still_open="turabibutsa ko amafaranga {amount}{about} atarishyurwa.",
        about=" ya {reference}",
        closing="Niba mwarayishyuye, mwatubwira. Murakoze!",
    ),
}


def reminder_text(payment: PaymentRow, shop_name: str, language: str = "en") -> str:
    """Return a friendly reminder of one waiting payment; a language without words gives English."""
    words = _LANGUAGES.get(language, _ENGLISH)
    name, reference = payment.customer_name, payment.transaction_reference or payment.order_number
    hello = words.hello.format(name=name) if name else words.hello_nobody
    about = words.about.format(reference=reference) if reference else ""
    amount = display(payment.amount_minor, payment.currency)
    body = words.still_open.format(amount=amount, about=about)
    return " ".join(filter(None, [hello, body, words.closing, shop_name]))

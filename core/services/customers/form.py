"""A customer's facts as people type them, and in the form the books hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from core.errors import InvalidInputError
from core.model.customers import Customer, search_text
from core.phones import normalize_phone
from core.services.settings import LANGUAGES

_LONGEST = {"name": 200, "email": 200, "address": 1000, "notes": 2000}


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """A customer's facts as they are typed; ``tin`` is the revenue authority's number."""

    name: str
    phone_number: str = ""
    email: str = ""
    tin: str = ""
    language: str = "en"
    address: str = ""
    notes: str = ""


def checked_form(form: CustomerForm) -> CustomerForm:
    """Return what was typed in stored form.

    Raises:
        InvalidInputError: a field cannot be used; its name is on the error.

    """
    texts = {field.name: getattr(form, field.name).strip() for field in fields(form)}
    if not texts["name"]:
        raise InvalidInputError("Nothing was saved. Type the customer's name.", field="name")
    for name, most in _LONGEST.items():
        if len(texts[name]) > most:
            raise InvalidInputError(
                f"Nothing was saved. This text is longer than {most} characters.", field=name
            )
    if texts["phone_number"]:
        texts["phone_number"] = normalize_phone(texts["phone_number"])
    if texts["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", texts["email"]):
        raise InvalidInputError(
            f"Nothing was saved. “{texts['email']}” is not an e-mail address.", field="email"
        )
    # Rwanda Revenue Authority: a taxpayer identification number has nine digits.
    texts["tin"] = texts["tin"].replace(" ", "")
    if texts["tin"] and not re.fullmatch(r"[0-9]{9}", texts["tin"]):
        raise InvalidInputError("Nothing was saved. A TIN has nine digits.", field="tin")
    if texts["language"] not in LANGUAGES:
        raise InvalidInputError(
            f"Nothing was saved. The language is one of {', '.join(LANGUAGES)}.", field="language"
        )
    return CustomerForm(**texts)


def fill(customer: Customer, form: CustomerForm) -> None:
    """Write a checked form into a customer, and what they are found by."""
    for field in fields(form):
        setattr(customer, field.name, getattr(form, field.name))
    customer.search_text = search_text(form.name, form.phone_number, form.email, form.tin)


def form_of(customer: Customer) -> CustomerForm:
    """Return a customer's facts as they are typed."""
    return CustomerForm(
        **{field.name: getattr(customer, field.name) for field in fields(CustomerForm)}
    )

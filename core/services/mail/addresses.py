"""E-mail addresses as the shop uses them: in ASCII, and nothing a header could stumble on."""

from __future__ import annotations

import re

from core.errors import InvalidInputError

MAX_ADDRESS_CHARACTERS = 254
"""RFC 5321, 4.5.3.1.3: a path has 256 characters, two of them brackets."""

_MAX_LOCAL_CHARACTERS = 64
# RFC 5322 atext in a dot-atom; quoted local parts are legal, but no provider gives them out.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def usable_address(typed: str, *, field: str = "address") -> str:
    """Return an address in the form it is sent to: the domain in lower case and in ASCII (IDNA).

    Raises:
        InvalidInputError: no mail could be sent to it; ``field`` names the input.

    """
    text = typed.strip()
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise _refusal(text, "it has the form name@example.com", field)
    if not local.isascii():
        raise _refusal(text, "before the @ most mail servers take only plain letters", field)
    if len(local) > _MAX_LOCAL_CHARACTERS or not _LOCAL.fullmatch(local):
        raise _refusal(text, "before the @ stand letters, digits and single dots", field)
    try:
        ascii_domain = domain.lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _refusal(text, "what stands after the @ is no name of the internet", field) from error
    labels = ascii_domain.split(".")
    if (
        len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise _refusal(text, "what stands after the @ is no name of the internet", field)
    address = f"{local}@{ascii_domain}"
    if len(address) > MAX_ADDRESS_CHARACTERS:
        raise _refusal(text, f"it is longer than {MAX_ADDRESS_CHARACTERS} characters", field)
    return address


def is_usable(typed: str) -> bool:
    """Tell whether a mail could be sent to an address."""
    try:
        usable_address(typed)
    except InvalidInputError:
        return False
    return True


def _refusal(text: str, why: str, field: str) -> InvalidInputError:
    if not text:
        return InvalidInputError("Type the e-mail address.", field=field)
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return InvalidInputError(f"“{shown}” is not an e-mail address: {why}.", field=field)

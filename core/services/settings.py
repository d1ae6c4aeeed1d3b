"""The shop's own settings: what stands on its papers, and how the program looks to everyone."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.money import DEFAULT_CURRENCY, require_currency
from core.permissions import Actor, Permission
from core.services.setting_values import load_values, save_values, texts_of

LANGUAGES = ("en", "fr", "rw")
THEMES = ("system", "light", "dark")
MIN_TEXT_SIZE_PERCENT = 75
MAX_TEXT_SIZE_PERCENT = 200
LONGEST_LOCK_MINUTES = 240
_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """The settings of the shop. ``logo_file`` is a path of a picture, or empty.

    ``proxy_url`` is what the mobile networks are reached through; empty: directly. A desk that
    nobody touched for ``lock_after_minutes`` locks itself; 0: never.
    """

    shop_name: str = ""
    tin: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank_details: str = ""
    invoice_footer: str = ""
    language: str = "en"
    text_size_percent: int = 100
    theme: str = "system"
    default_currency: str = DEFAULT_CURRENCY
    logo_file: str = ""
    proxy_url: str = ""
    lock_after_minutes: int = 10


_NUMBERS = {"text_size_percent", "lock_after_minutes"}
_TEXT_FIELDS = [f.name for f in fields(ShopSettings) if f.name not in _NUMBERS]


class SettingsService:
    """Reads and changes the shop's settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> ShopSettings:
        """Return the settings; what was never set has its default."""
        with self._database.read() as session:
            return load_settings(session)

    def save(self, actor: Actor, settings: ShopSettings) -> ShopSettings:
        """Keep the settings and return them as kept; unchanged ones leave no trace.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a value cannot be used; its field is on the error.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        checked = _checked(settings)
        with self._database.write(actor) as unit:
            if save_values(unit, checked, subject="shop"):
                unit.commit()
        return checked


def load_settings(session: Session) -> ShopSettings:
    """Return the settings inside a unit of work."""
    return load_values(session, ShopSettings)


def _checked(settings: ShopSettings) -> ShopSettings:
    texts = {name: text.strip() for name, text in texts_of(settings).items()}
    for name, text in texts.items():
        if len(text) > _MAX_LENGTH:
            raise InvalidInputError(
                f"Nothing was changed. This text is longer than {_MAX_LENGTH} characters.",
                field=name,
            )
    # Rwanda Revenue Authority: a taxpayer identification number has nine digits.
    if texts["tin"] and not re.fullmatch(r"\d{9}", texts["tin"]):
        raise InvalidInputError("Nothing was changed. A TIN has nine digits.", field="tin")
    if texts["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", texts["email"]):
        raise InvalidInputError(
            f"Nothing was changed. “{texts['email']}” is not an e-mail address.", field="email"
        )
    _require_one_of("language", texts["language"], LANGUAGES)
    _require_one_of("theme", texts["theme"], THEMES)
    if not MIN_TEXT_SIZE_PERCENT <= settings.text_size_percent <= MAX_TEXT_SIZE_PERCENT:
        raise InvalidInputError(
            f"Nothing was changed. The text size is {MIN_TEXT_SIZE_PERCENT} to"
            f" {MAX_TEXT_SIZE_PERCENT} percent.",
            field="text_size_percent",
        )
    if not 0 <= settings.lock_after_minutes <= LONGEST_LOCK_MINUTES:
        raise InvalidInputError(
            f"Nothing was changed. A desk locks itself after 1 to {LONGEST_LOCK_MINUTES} minutes,"
            " or never.",
            field="lock_after_minutes",
        )
    require_currency(texts["default_currency"])
    if texts["proxy_url"]:
        _check_proxy(texts["proxy_url"])
    trimmed = {name: getattr(settings, name).strip() for name in _TEXT_FIELDS}
    return replace(settings, **trimmed)


def _check_proxy(url: str) -> None:
    """Refuse what is no address of a proxy; one with a password would stand readable in the books.

    Neither the sentence nor the audit trail repeats what was typed, as it may hold that password.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if "@" in url:
        raise InvalidInputError(
            "Nothing was changed. Write the proxy without a name and password, as"
            " http://proxy:3128: settings are no place for a secret. A proxy that asks for one must"
            " let this computer through by its address.",
            field="proxy_url",
        )
    is_plain = not (parts.path.strip("/") or parts.query or parts.fragment or " " in url)
    if not host or parts.scheme not in {"http", "https"} or not is_plain:
        raise InvalidInputError(
            "Nothing was changed. The proxy is not an address such as http://proxy:3128.",
            field="proxy_url",
        )


def _require_one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidInputError(
            f"Nothing was changed. “{value}” is not a {field}: choose {', '.join(allowed)}.",
            field=field,
        )

"""How the columns of a statement map to their meaning: one profile per bank layout."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache

from core.errors import InvalidInputError

DATE_ORDERS = ("dmy", "mdy", "ymd")


class Role(StrEnum):
    """What a column means."""

    DATE = "date"
    """When the bank booked it; where a file also has the day of the deed, that is TRADE_DATE."""
    TRADE_DATE = "trade_date"
    VALUE_DATE = "value_date"
    TIME = "time"
    AMOUNT = "amount"
    CREDIT = "credit"
    DEBIT = "debit"
    INDICATOR = "indicator"
    FEE = "fee"
    BALANCE = "balance"
    REFERENCE = "reference"
    TRANSACTION_ID = "transaction_id"
    DESCRIPTION = "description"
    COUNTERPARTY = "counterparty"
    COUNTERPARTY_ACCOUNT = "counterparty_account"
    STATUS = "status"
    CURRENCY = "currency"
    ACCOUNT = "account"
    FROM_ACCOUNT = "from_account"
    FROM_NAME = "from_name"
    TO_ACCOUNT = "to_account"
    TO_NAME = "to_name"


class SignRule(StrEnum):
    """How a file says money in from money out."""

    AUTO = "auto"
    SIGNED = "signed"
    """+ is money in."""
    INVERTED = "inverted"
    """+ is a charge, as on card statements."""
    INDICATOR = "indicator"
    """A column of words such as CR and DR; the amount's own sign does not count."""
    COLUMNS = "columns"
    """One column for money in, one for money out."""
    FROM_TO = "from_to"
    """The own account is the payer or the payee."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A named layout: header names per role, and what cannot be seen from one file alone.

    Header names are compared without case, accents and punctuation; ``#3`` means the third
    column. Of several names for one role the first that exists counts, except for descriptions,
    which are joined. Empty ``date_order``, ``decimal_mark``, ``delimiter`` and ``encoding`` mean
    "see from the file". ``signature`` are the headers by which a built-in layout is known.
    """

    name: str
    columns: tuple[tuple[Role, tuple[str, ...]], ...] = ()
    signature: tuple[str, ...] = ()
    sign_rule: SignRule = SignRule.AUTO
    date_order: str = ""
    decimal_mark: str = ""
    delimiter: str = ""
    encoding: str = ""
    skip_rows: int = 0
    has_header: bool = True
    currency: str = ""

    def headers(self, role: Role) -> tuple[str, ...]:
        """Return the header names of a role, most wanted first."""
        return next((names for known, names in self.columns if known == role), ())

    def to_json(self) -> str:
        """Return the profile as text, to be saved under its name."""
        document = asdict(self)
        document["columns"] = {role.value: list(names) for role, names in self.columns}
        return json.dumps(document, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> ColumnProfile:
        """Return the profile that ``to_json`` wrote.

        Raises:
            InvalidInputError: the text is not a profile.

        """
        try:
            document = json.loads(text)
            columns = tuple(
                (Role(role), tuple(str(name) for name in names))
                for role, names in document["columns"].items()
            )
            profile = ColumnProfile(
                name=str(document["name"]),
                columns=columns,
                signature=tuple(str(name) for name in document.get("signature", ())),
                sign_rule=SignRule(document.get("sign_rule", SignRule.AUTO)),
                date_order=str(document.get("date_order", "")),
                decimal_mark=str(document.get("decimal_mark", "")),
                delimiter=str(document.get("delimiter", "")),
                encoding=str(document.get("encoding", "")),
                skip_rows=int(document.get("skip_rows", 0)),
                has_header=bool(document.get("has_header", True)),
                currency=str(document.get("currency", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInputError(
                "This is not a column profile.", field="profile", details=str(error)
            ) from error
        if profile.date_order not in ("", *DATE_ORDERS) or profile.decimal_mark not in (
            "",
            ".",
            ",",
        ):
            raise InvalidInputError(
                "The column profile has an unknown date order or decimal mark.", field="profile"
            )
        return profile


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a header for comparison: lower case, no accents, words separated by one space."""
    decomposed = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    bare = "".join(c for c in decomposed.casefold() if not unicodedata.combining(c))
    return re.sub(
        r"[\W_]+", " ", bare.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    ).strip()

"""The year of dates that are printed without one, from the dates around the table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from core.statements.dates import written_date

_YEARLESS = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ /.-]?(?P<month>[^\W\d_]{3,9})\.?"
    r"|(?P<month2>[^\W\d_]{3,9})\.? (?P<day2>\d{1,2})"
)
_FULL = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
_AFTER = timedelta(days=7)
"""A row is booked at the latest a few days after the statement's own last date."""


class Years:
    """Knows the last full date that is printed around a table."""

    def __init__(self) -> None:
        self.last: date | None = None
        self.used = False

    def learn(self, texts: Iterable[str]) -> None:
        """Take the dates in lines above and below a table into account."""
        for text in texts:
            for found in _FULL.findall(text):
                dated = written_date(found, "dmy")
                if dated and (self.last is None or dated.day > self.last):
                    self.last = dated.day

    def completed(self, text: str) -> str:
        """Return a date with its year, where it has none and the file tells which."""
        match = _YEARLESS.fullmatch(text.strip())
        if match is None or self.last is None:
            return text
        day, month = match["day"] or match["day2"], match["month"] or match["month2"]
        for year in (self.last.year, self.last.year - 1):
            full = f"{day} {month} {year}"
            dated = written_date(full, "dmy")
            if dated and dated.day <= self.last + _AFTER:
                self.used = True
                return full
        return text

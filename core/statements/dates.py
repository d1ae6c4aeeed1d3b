"""Dates and times as files write them, and the order of day and month decided per file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from core.clock import SHOP_ZONE
from core.statements.amounts import MachineNumber
from core.statements.profile import plain

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""Statements are from this span; anything else in a date column is not a date (1111/11/11)."""

_NUMERIC = re.compile(
    r"(\d{1,4})\s?([./-]|\s)\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?(?!\d)(.*)", re.DOTALL
)
_WORDED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s./-]*([^\W\d_]{3,})\.?[\s.,/'-]*(\d{4}|\d{2})(?!\d)(.*)",
    re.DOTALL,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d_]+,\s+)?([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)(.*)",
    re.DOTALL,
)
_YEAR_WORD = re.compile(r"(\d{4})[\s./-]+([^\W\d_]{3,})\.?[\s./-]+(\d{1,2})(?!\d)(.*)", re.DOTALL)
_COMPACT = re.compile(r"(\d{8})(?:[T ]?(\d{6}|\d{4}))?")
_TIME = re.compile(
    r"[\sT,;@-]*(?:at\s+)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,:]\d{1,9})?)?\s*([ap]\.?\s?m\.?)?"
    r"\s*(Z|UTC|GMT|EAT|CAT)?\s*(?:\(?(?:UTC|GMT)?([+-]\d{2}):?(\d{2})\)?)?",
    re.IGNORECASE,
)
_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        (
            "jan januar january janvier janv gennaio gen enero ene janeiro januari janner leden"
            " stycz mutarama tammikuu tammi"
        ),
        (
            "feb februar february fevrier fev fevr febbraio febrero fevereiro februari unor luty"
            " gashyantare helmikuu helmi"
        ),
        (
            "mar mrz marz march mars marzo marco maart maa mart brezen marzec"
            " werurwe machi maaliskuu maalis"
        ),
        "apr april avril avr aprile abril abr duben kwiecien mata aprili huhtikuu huhti",
        "may mai maggio mag mayo maio mei maj kveten gicurasi toukokuu touko",
        "jun juni june juin giugno giu junio junho czerwiec cerven kamena kesakuu kesa",
        (
            "jul juli july juillet juil luglio lug julio julho lipiec cervenec"
            " nyakanga julai heinakuu heina"
        ),
        "aug august aout aou agosto ago augustus augusti sierpien srpen kanama agosti elokuu",
        (
            "sep sept september septembre settembre set septiembre setembro wrzesien zari"
            " nzeri septemba syyskuu syys"
        ),
        (
            "oct okt oktober october octobre ottobre ott octubre outubro out rijen pazdziernik"
            " ukwakira oktoba lokakuu loka"
        ),
        "nov november novembre noviembre novembro listopad ugushyingo novemba marraskuu marras",
        (
            "dec dez dezember december decembre dicembre dic diciembre dezembro des prosinec"
            " grudzien ukuboza desemba joulukuu joulu"
        ),
    ),
    start=1,
):
    _MONTHS.update(dict.fromkeys(_names.split(), _number))


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written, with its time of day and zone where it has them."""

    day: date
    clock: time | None = None
    zone: tzinfo | None = None

    def moment(self, zone: tzinfo = SHOP_ZONE) -> datetime | None:
        """Return the moment in UTC; without a zone of its own the given one is meant."""
        if self.clock is None:
            return None
        return datetime.combine(self.day, self.clock, self.zone or zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """The order of day and month in a file; ``guessed`` when the file does not show it."""

    order: str
    guessed: bool = False


@lru_cache(maxsize=65536)
def written_date(text: str, order: str) -> WrittenDate | None:
    """Return the date in a text, or None; ``order`` is "dmy", "mdy" or "ymd"."""
    text = text.strip().strip("'\"")
    if not text or len(text) > 60:
        return None
    if match := _NUMERIC.fullmatch(text):
        parts = (match[1], match[3], match[4])
        return _dated(_ymd(parts, order), match[5])
    if match := _WORDED.fullmatch(text):
        return _dated((_year(match[3]), _month(match[2]), int(match[1])), match[4])
    if match := _MONTH_FIRST.fullmatch(text):
        return _dated((_year(match[3]), _month(match[1]), int(match[2])), match[4])
    if match := _YEAR_WORD.fullmatch(text):
        return _dated((int(match[1]), _month(match[2]), int(match[3])), match[4])
    if match := _COMPACT.fullmatch(text):
        return _compact(match[1], match[2] or "", order)
    return None


def serial_date(text: str) -> WrittenDate | None:
    """Return the date of a spreadsheet's day number (1900 system), as in an unformatted cell."""
    if not isinstance(text, MachineNumber):
        return None
    whole, _, fraction = text.partition(".")
    if not whole.isdigit() or not 29_000 <= int(whole) <= 73_000:
        return None
    seconds = round(int(fraction[:9].ljust(9, "0")) * 86_400 / 10**9) if fraction else 0
    moment = datetime(1899, 12, 30) + timedelta(days=int(whole), seconds=seconds)  # noqa: DTZ001 - a wall clock
    return WrittenDate(moment.date(), moment.time() if seconds else None)


def written_clock(text: str) -> tuple[time, tzinfo | None] | None:
    """Return a time of day and its zone, or None."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if half := (match[4] or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone: tzinfo | None = None
    if match[6]:
        offset = timedelta(hours=int(match[6]), minutes=int(match[6][0] + match[7]))
        zone = timezone(offset) if abs(offset) < timedelta(hours=24) else None
    elif match[5]:
        hours = {"EAT": 3, "CAT": 2}.get(match[5].upper(), 0)
        zone = timezone(timedelta(hours=hours))
    return time(hour, minute, second), zone


def order_of(columns: Iterable[Sequence[str]]) -> DateOrder:
    """Decide day-month order from the date columns of one file.

    A part over 12 is a day. Failing that, dates with dots are day first (DIN 5008; nobody writes
    the month first with dots); failing that, the order under which the rows run steadily forwards
    or backwards; failing that day first, as in Rwanda, and ``guessed`` is True. Each written day
    counts once, however often it occurs.
    """
    kept = list(columns)
    days = {
        match.groups()[:4]
        for column in kept
        for text in dict.fromkeys(column)
        if (match := _NUMERIC.fullmatch(text.strip().strip("'\""))) and len(match[1]) < 4
    }
    first_over = second_over = year_first = 0
    unclear = dotted = 0
    for part, separator, other, year in days:
        first, second = int(part), int(other)
        if first > 31 and len(year) == 2:
            year_first += 1
        elif max(first, second) > 31:
            continue  # no date either way
        elif first > 12:
            first_over += 1
        elif second > 12:
            second_over += 1
        elif first != second:
            unclear += 1
            dotted += separator == "."
    if year_first > first_over + second_over:
        return DateOrder("ymd")
    if first_over or second_over:
        return DateOrder("dmy" if first_over >= second_over else "mdy")
    if unclear == dotted:
        return DateOrder("dmy")
    steady = [order for order in ("dmy", "mdy") if any(_steady(c, order) for c in kept)]
    if len(steady) == 1:
        return DateOrder(steady[0])
    return DateOrder("dmy", guessed=True)


def _steady(column: Sequence[str], order: str) -> bool:
    days = [found.day for text in column if (found := written_date(text, order))]
    if len(set(days)) < 2:
        return False
    return days == sorted(days) or days == sorted(days, reverse=True)


def _ymd(parts: tuple[str, str, str], order: str) -> tuple[int, int, int]:
    first, second, third = parts
    if len(first) == 4:
        return int(first), int(second), int(third)
    if order == "ymd":
        return _year(first), int(second), int(third)
    if order == "mdy":
        return _year(third), int(first), int(second)
    return _year(third), int(second), int(first)


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 80 else 1900)


def _month(word: str) -> int:
    name = plain(word)
    return _MONTHS.get(name) or _MONTHS.get(name[:3], 0)


def _dated(ymd: tuple[int, int, int], rest: str) -> WrittenDate | None:
    try:
        day = date(*ymd)
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    rest = rest.strip()
    if not rest:
        return WrittenDate(day)
    found = written_clock(rest)
    return WrittenDate(day, *found) if found else None


def _compact(digits: str, clock: str, order: str) -> WrittenDate | None:
    rest = ":".join(clock[i : i + 2] for i in range(0, len(clock), 2))
    if FIRST_YEAR <= int(digits[:4]) <= LAST_YEAR:
        found = _dated((int(digits[:4]), int(digits[4:6]), int(digits[6:])), rest)
        if found:
            return found
    day_first = order != "mdy"
    day, month = (digits[:2], digits[2:4]) if day_first else (digits[2:4], digits[:2])
    return _dated((int(digits[4:]), int(month), int(day)), rest)

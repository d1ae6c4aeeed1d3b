"""By what a line shows who paid: an account, a phone, a name, or how it is worded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.matching.identifiers import fold
from core.matching.names import name_words
from core.matching.phones import national_number, phones_in
from core.matching.records import OpenLine

_MIN_ACCOUNT = 8
_MIN_SINGLE_NAME = 5
_MIN_WORDING = 8
_LONGEST = 300
_MASK = re.compile(r"[*Xx]{3,}")
_WITH_DIGIT = re.compile(r"\S*\d\S*")
_MONTH = re.compile(
    r"JAN(UARY|VIER)?|FEB(RUARY)?|FEV(RIER)?|MAR(CH|S)?|APR(IL)?|AVR(IL)?|MA[IY]|JUNE?|JUIN|JULY?"
    r"|JUIL(LET)?|AUG(UST)?|AOUT|SEPT?|SEPTEMB(ER|RE)|OCT(OB(ER|RE))?|NOV(EMB(ER|RE))?"
    r"|DEC(EMB(ER|RE))?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a payer; ``folded`` is compared, ``words`` is as the statement wrote it."""

    kind: str
    folded: str
    words: str


def marks_of(line: OpenLine) -> tuple[Mark, ...]:
    """Return by what a line shows who paid, strongest first; the wording only for want of else."""
    found: list[Mark] = []
    account = line.phone.strip()
    folded = fold(account)
    if len(folded) >= _MIN_ACCOUNT and not _MASK.search(account) and not national_number(account):
        found.append(Mark("account", folded[:_LONGEST], account[:_LONGEST]))
    phones = set(phones_in(line).full)
    if national_number(account):
        phones.add(national_number(account))
    found += [Mark("phone", phone, f"0{phone}") for phone in sorted(phones)]
    name = person_key(name_words(line.counterparty))
    if name:
        found.append(Mark("name", name, line.counterparty.strip()[:_LONGEST]))
    if not found:
        wording = wording_of(line.text)
        if wording:
            found.append(Mark("wording", wording, line.text.strip()[:_LONGEST]))
    return tuple(found)


def person_key(words: tuple[str, ...]) -> str:
    """Return a name in whatever order of its words; "" for one too short to say anything."""
    if len(words) == 1 and len(words[0]) < _MIN_SINGLE_NAME:
        return ""
    return " ".join(sorted(words))[:_LONGEST]


@lru_cache(maxsize=20_000)
def wording_of(text: str) -> str:
    """Return how a line is worded, its numbers, dates and months folded away; "" for too little."""
    words = name_words(_WITH_DIGIT.sub(" ", text))
    wording = " ".join(word for word in words if not _MONTH.fullmatch(word))[:_LONGEST]
    return wording if len(wording) >= _MIN_WORDING else ""

"""Field ``:86:``, information to the account owner: free text in which each bank has a form.

SWIFT leaves the text to the banks. The forms read here: numbered parts (``?20``, also ``~20``
and ``<20``) of German, Austrian and Polish banks; the SEPA words inside them (``SVWZ+``,
``EREF+``); words between slashes of Dutch banks (``/NAME/…/REMI/…``, ``/CNTP/…``); labels
(``NAAM:``, ``TYT.:``); anything else is text as it stands.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

FULL_LINE = 64
"""A line this long was cut by its length (SWIFT allows 65), a shorter one at a word's end."""

_FULL_PART = 27
"""The length of a numbered part."""

_NUMBERED = re.compile(r"\s*(?:\d{3}\s?)?([?~<>^$&+|@#*!§\x1d])(?=\d\d)")
_NUMBERED_BARE = re.compile(r"\s*[?~<^](?:00|10|20|30|32)")
_SEPA = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|RREF|BREF|RETR|PURP|PREF|IBAN|\bBIC|\bVWZ)"
    r"\+"
)
_SLASHED = re.compile(
    r"/(TRTP|TRCD|TYPE|IBAN|BBAN|BIC|NAME|REMI|EREF|KREF|ORDP|BENM|UDTR|UCRD|ULTD|ULTC|CSID|MARF"
    r"|RTRN|PREF|NRTX|ISDT|CNTP|PURP|CDTRREFTP|CDTRREF|CHGS|EXCH|OCMT|ADDR|INFO|BUSP|SVCL)/"
)
_REMITTANCE_KIND = re.compile(r"(?:USTD|STRD)/+(?:CUR/)?|/+")
_LABELLED = re.compile(
    r"(?:^|(?<=[\s;]))(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\."
    r"|Z RACH\.|NA RACH\.|OD|DLA|TYT\.|TNR|ID IPH)\s?:"
)
_ACCOUNT_LABELS = ("IBAN", "Z RACH.", "NA RACH.")
_NAME_LABELS = ("NAAM", "OD", "DLA")
_REFERENCE_LABELS = ("KENMERK", "BETALINGSKENM.")
_NO_REFERENCE = frozenset(
    ("", "NONREF", "NOREF", "NONE", "NOTPROVIDED", "NOTAVAILABLE", "KREF", "EREF", "KREF+", "EREF+")
)


class Information(NamedTuple):
    """What a ``:86:`` text says of the movement; what it does not say is empty."""

    text: str = ""
    counterparty: str = ""
    account: str = ""
    reference: str = ""


NOTHING = Information()


def information_of(field: str) -> Information:
    """Return what the text of a ``:86:`` field says."""
    text = _joined(field)
    if not text:
        return NOTHING
    numbered = _NUMBERED.match(text)
    if numbered and (text[0].isdecimal() or text[1:2].isdecimal() or _NUMBERED_BARE.match(text)):
        return _numbered(text, numbered.group(1), numbered.start(1))
    if "/" in text:
        words = _SLASHED.split(text)
        if len(words) > 1:
            return _slashed(text, words)
    if "+" in text:
        words = _SEPA.split(text)
        if len(words) > 1:
            return _sepa(words, "")
    if ":" in text:
        words = _LABELLED.split(text)
        if len(words) > 3:
            return _labelled(text, words)
    return Information(" ".join(text.split()))


def reference_in(text: str) -> str:
    """Return a reference, or nothing for the words that banks put where there is none."""
    found = text.strip(" /")
    return "" if found.upper() in _NO_REFERENCE else found


def _joined(field: str) -> str:
    """Put the lines together as the bank cut them: at a word, or by their length."""
    if "\n" not in field:
        return field.strip()
    parts: list[str] = []
    run_on = True
    for line in field.split("\n"):
        if not line or line.isspace():
            run_on = False
            continue
        if not run_on:
            parts.append(" ")
        parts.append(line)
        run_on = len(line) >= FULL_LINE or line.endswith("?")
    return "".join(parts).strip()


@cache
def _parts_of(mark: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(mark)}(\d\d)")


def _numbered(text: str, mark: str, start: int) -> Information:
    pieces = _parts_of(mark).split(text[start:])
    kind = name = account = iban = ""
    purpose: list[str] = []
    for index in range(1, len(pieces), 2):
        code, value = pieces[index], pieces[index + 1]
        first = code[0]
        if first == "2" or (first == "6" and code <= "65"):
            purpose.append(value)
        elif first == "3":
            if code in {"32", "33"}:
                full = not name or len(name) % _FULL_PART == 0
                name += value if full else f" {value}"
            elif code == "31":
                account = value.strip()
            elif code == "38":
                iban = value.strip()
        elif code == "00":
            kind = value.strip()
    joined = _run_together(purpose)
    words = _SEPA.split(joined) if "+" in joined else [joined]
    found = _sepa(words, kind)
    return Information(
        found.text,
        " ".join(name.split()) or found.counterparty,
        (iban or account or found.account).replace(" ", ""),
        found.reference,
    )


def _run_together(parts: list[str]) -> str:
    text = ""
    run_on = True
    for part in parts:
        text += part if run_on else f" {part}"
        run_on = len(part) >= _FULL_PART
    return text


def _sepa(words: list[str], kind: str) -> Information:
    """Read the SEPA words; ``words`` alternates text and word, beginning with text."""
    if len(words) == 1:
        return Information(" ".join(words[0].split()) or kind)
    by_word: dict[str, str] = {}
    for word, value in zip(words[1::2], words[2::2], strict=True):
        by_word.setdefault(word, " ".join(value.split()))
    purpose = by_word.get("SVWZ") or by_word.get("VWZ") or ""
    text = " ".join(f"{words[0]} {purpose}".split())
    references = (reference_in(by_word.get(word, "")) for word in ("EREF", "KREF", "RREF"))
    return Information(
        text or kind,
        by_word.get("ABWA") or by_word.get("ABWE") or "",
        by_word.get("IBAN", "").partition(" ")[0],
        next((reference for reference in references if reference), ""),
    )


def _slashed(text: str, words: list[str]) -> Information:
    by_word: dict[str, str] = {}
    for word, value in zip(words[1::2], words[2::2], strict=True):
        value = " ".join(value.split())
        if value.strip("/ "):
            by_word.setdefault(word, value)
    name, account = by_word.get("NAME", ""), by_word.get("IBAN") or by_word.get("BBAN") or ""
    if "CNTP" in by_word:
        account, _bic, name, *_rest = (*by_word["CNTP"].split("/"), "", "")
    remittance = by_word.get("REMI", "")
    kind = _REMITTANCE_KIND.match(remittance)
    if kind:
        remittance = remittance[kind.end() :]
    remittance = remittance.strip("/ ")
    return Information(
        remittance or " ".join(text.split()),
        name.strip("/ "),
        account.strip("/ "),
        reference_in(by_word.get("EREF") or by_word.get("KREF") or ""),
    )


def _labelled(text: str, words: list[str]) -> Information:
    by_label: dict[str, str] = {}
    for label, value in zip(words[1::2], words[2::2], strict=True):
        by_label.setdefault(label, " ".join(value.split()).strip("; "))

    def first(labels: tuple[str, ...]) -> str:
        return next((by_label[label] for label in labels if by_label.get(label)), "")

    return Information(
        " ".join(text.split()),
        first(_NAME_LABELS),
        first(_ACCOUNT_LABELS),
        reference_in(first(_REFERENCE_LABELS)),
    )

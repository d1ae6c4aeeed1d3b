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

_FULL_LINE = range(64, 66)
"""A line of SWIFT's length was cut by it, a shorter or longer one at a word's end."""

_LINE_MARKS = "?~<>^"
_FULL_PART = 27
"""The length of a numbered part."""

_NUMBERED = re.compile(
    r"\d{3}(?:\s?([?~<>^])(?=\d\d)|([$&+|@#*!§\x1d])(?=00|10|20))|([?~<>^])(?=00|10|20|30|32)"
)
_FIRST_LATER, _NEXT_LATER = re.compile(r"~(?:00|20)"), re.compile(r"~[236]\d")
_SEPA_WORDS = frozenset(
    (
        *("EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE"),
        *("RREF", "BREF", "RETR", "PURP", "PREF", "IBAN"),
    )
)
_SHORT_SEPA_WORDS = frozenset(("BIC", "VWZ"))
_SLASHED = re.compile(
    r"/(TRTP|TRCD|TYPE|IBAN|BBAN|BIC|NAME|REMI|EREF|KREF|ORDP|BENM|UDTR|UCRD|ULTD|ULTC|CSID|MARF"
    r"|RTRN|PREF|NRTX|ISDT|CNTP|PURP|CDTRREFTP|CDTRREF|CHGS|EXCH|OCMT|ADDR|INFO|BUSP|SVCL|ACCW"
    r"|CRNM|CACT|CBIC|DBNM|DACT|DBIC|OPRP|OAMT|DCID)/"
)
_REMITTANCE_KIND = re.compile(r"(?:USTD|STRD)/+(?:CUR/)?|/+")
_LABELLED = re.compile(
    r"(?:^|(?<=[\s;/]))(IBAN|BIC|REK|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\."
    r"|Z RACH\.|NA RACH\.|OD|DLA|TYT\.|TNR|ID IPH)\s?:",
    re.IGNORECASE,
)
_ACCOUNT_LABELS = ("IBAN", "REK", "Z RACH.", "NA RACH.")
_SEPA_REFERENCES = ("EREF", "KREF", "RREF")
_SLASHED_REFERENCES = ("EREF", "KREF", "PREF")
_NAME_LABELS = ("NAAM", "OD", "DLA")
_REFERENCE_LABELS = ("KENMERK", "BETALINGSKENM.")
_NO_REFERENCE = frozenset(
    (
        *("", "NONREF", "NOREF", "NONE", "NOTPROVIDED", "NOTAVAILABLE", "NOT PROVIDED"),
        *("EREF", "EREF+", "KREF", "KREF+", "PREF", "MARF"),
    )
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
    start = _numbered_start(text)
    if start >= 0:
        return _numbered(text[start:])
    if "/" in text:
        words = _SLASHED.split(text)
        if len(words) > 1:
            return _slashed(text, words)
    if "+" in text:
        by_word = _sepa_words(text)
        if len(by_word) > 1:
            return _sepa(by_word, "")
    if ":" in text:
        words = _LABELLED.split(text)
        if len(words) > 3:
            return _labelled(text, words)
    return Information(_squeezed(text))


def _numbered_start(text: str) -> int:
    """Return where numbered parts begin, after a code or at once; -1 where there are none.

    A Polish bank writes amounts of exchange before them, closed off by the first tilde.
    """
    match = _NUMBERED.match(text)
    if match:
        return match.start(match.lastindex or 0)
    first = _FIRST_LATER.search(text) if "~" in text else None
    return first.start() if first and _NEXT_LATER.search(text, first.end()) else -1


def reference_in(text: str) -> str:
    """Return a reference, or nothing for the words that banks put where there is none."""
    found = text.strip(" /").removeprefix("NONREF ").lstrip()
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
        if not run_on and line[0] not in _LINE_MARKS:
            parts.append(" ")
        parts.append(line)
        run_on = len(line) in _FULL_LINE or line[-1] == "?"
    return "".join(parts).strip()


def _squeezed(text: str) -> str:
    return " ".join(text.split()) if "  " in text or "\t" in text else text.strip()


@cache
def _parts_of(mark: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(mark)}(\d\d)")


def _numbered(text: str) -> Information:
    """Read numbered parts; the text begins with the mark before each number."""
    pieces = _parts_of(text[0]).split(text)
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
    found = _sepa(_sepa_words(joined), kind)
    account = iban or account or found.account
    return Information(
        found.text,
        _squeezed(name) or found.counterparty,
        account.replace(" ", "") if " " in account else account,
        found.reference,
    )


def _run_together(parts: list[str]) -> str:
    text = ""
    run_on = True
    for part in parts:
        text += part if run_on else f" {part}"
        run_on = len(part) >= _FULL_PART
    return text


def _sepa_words(text: str) -> dict[str, str]:
    """Return the text after each SEPA word and its plus; the text before the first under ""."""
    word = before = ""
    by_word: dict[str, str] = {}
    *pieces, last = text.split("+")
    for piece in pieces:
        end = piece[-4:]
        if end not in _SEPA_WORDS:
            end = piece[-3:]
            if end not in _SHORT_SEPA_WORDS or piece[-4:-3].isalpha():
                before += f"{piece}+"
                continue
        by_word.setdefault(word, before + piece[: -len(end)])
        word, before = end, ""
    by_word.setdefault(word, before + last)
    return by_word


def _sepa(by_word: dict[str, str], kind: str) -> Information:
    text = by_word.get("", "")
    if len(by_word) == 1 and text:
        return Information(_squeezed(text) or kind)
    purpose = by_word.get("SVWZ") or by_word.get("VWZ") or ""
    return Information(
        _squeezed(f"{text} {purpose}") or kind,
        _squeezed(by_word.get("ABWA") or by_word.get("ABWE") or ""),
        by_word["IBAN"].strip().partition(" ")[0] if "IBAN" in by_word else "",
        _first_reference(by_word, _SEPA_REFERENCES),
    )


def _first_reference(by_word: dict[str, str], words: tuple[str, ...]) -> str:
    for word in words:
        if word in by_word:
            reference = reference_in(_squeezed(by_word[word]))
            if reference:
                return reference
    return ""


def _slashed(text: str, words: list[str]) -> Information:
    by_word: dict[str, str] = {}
    for word, value in zip(words[1::2], words[2::2], strict=True):
        if value.strip("/ "):
            by_word.setdefault(word, _squeezed(value))
    name = _first(by_word, ("NAME", "CRNM", "DBNM"))
    account = _first(by_word, ("IBAN", "BBAN", "ACCW", "CACT", "DACT")).partition(",")[0]
    party = _first(by_word, ("CNTP", "ORDP", "BENM"))
    if "CNTP" in by_word:
        account, _bic, name, *_rest = (*party.split("/"), "", "")
    elif party and not name:
        account, name = _party(party)
    remittance = by_word.get("REMI", "")
    kind = _REMITTANCE_KIND.match(remittance)
    if kind:
        remittance = remittance[kind.end() :]
    remittance = remittance.strip("/ ")
    return Information(
        remittance or _squeezed(text),
        name.strip("/ "),
        account.strip("/ "),
        _first_reference(by_word, _SLASHED_REFERENCES),
    )


def _party(text: str) -> tuple[str, str]:
    """Return account and name from ``account /name /address`` or from a name alone."""
    first, _, rest = text.partition("/")
    if any(character.isdecimal() for character in first) and " " not in first.strip():
        return first.strip(), rest.partition("/")[0].strip()
    return "", first.strip()


def _labelled(text: str, words: list[str]) -> Information:
    by_label: dict[str, str] = {}
    for label, value in zip(words[1::2], words[2::2], strict=True):
        by_label.setdefault(label.upper(), " ".join(value.split()).strip("; /|"))
    return Information(
        _squeezed(text),
        _first(by_label, _NAME_LABELS),
        _first(by_label, _ACCOUNT_LABELS),
        reference_in(_first(by_label, _REFERENCE_LABELS)),
    )


def _first(values: dict[str, str], keys: tuple[str, ...]) -> str:
    """Return the first value that is not empty."""
    return next((values[key] for key in keys if values.get(key)), "")

"""Whole numbers in words, in English and French: a second look at an amount before it leaves."""

from __future__ import annotations

from collections.abc import Callable

from core.money import exponent

_EN_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FR_UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_FR_TENS = ["_", "_", "vingt", "trente", "quarante", "cinquante", "soixante"]
_SCALES = (10**15, 10**12, 10**9, 10**6)
_EN_SCALES = ("quadrillion", "trillion", "billion", "million")
_FR_SCALES = ("billiard", "billion", "milliard", "million")
_CURRENCY_WORDS = {
    ("RWF", "en"): ("franc", "francs"),
    ("RWF", "fr"): ("franc", "francs"),
}


def amount_in_words(amount_minor: int, currency: str = "RWF", language: str = "en") -> str:
    """Return "fifteen thousand francs", or "" where this language or currency has no words here.

    Only currencies without decimals have words: half an amount in words would mislead.
    """
    in_words = _LANGUAGES.get(language)
    if in_words is None or amount_minor < 0 or exponent(currency):
        return ""
    one, many = _CURRENCY_WORDS.get((currency, language), (currency, currency))
    # French says "un million de francs" after a round million, and zero takes the singular.
    linked = language == "fr" and amount_minor >= 10**6 and amount_minor % 10**6 == 0
    singular = amount_minor == 1 or (language == "fr" and amount_minor == 0)
    return f"{in_words(amount_minor)} {'de ' if linked else ''}{one if singular else many}"


def english(number: int) -> str:
    """Return a whole number from 0 in English words."""
    parts = []
    for scale, name in zip(_SCALES, _EN_SCALES, strict=True):
        count, number = divmod(number, scale)
        if count:
            parts.append(f"{english(count)} {name}")
    thousands, number = divmod(number, 1000)
    if thousands:
        parts.append(f"{_english_below_1000(thousands)} thousand")
    if number or not parts:
        joined = "and " if parts and 0 < number < 100 else ""
        parts.append(joined + _english_below_1000(number))
    return " ".join(parts)


def french(number: int) -> str:
    """Return a whole number from 0 in French words (traditional hyphens)."""
    parts = []
    for scale, name in zip(_SCALES, _FR_SCALES, strict=True):
        count, number = divmod(number, scale)
        if count:
            parts.append(f"{french(count)} {name}{'s' if count > 1 else ''}")
    thousands, number = divmod(number, 1000)
    if thousands:
        # "mille" never takes "un" before it nor lets "cents" or "vingts" keep their s.
        before = "" if thousands == 1 else _french_below_1000(thousands, final=False) + " "
        parts.append(f"{before}mille")
    if number or not parts:
        parts.append(_french_below_1000(number, final=True))
    return " ".join(parts)


def _english_below_1000(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    above_twenty = _EN_TENS[tens] + (f"-{_EN_UNITS[unit]}" if unit else "")
    low = _EN_UNITS[rest] if rest < 20 else above_twenty
    if not hundreds:
        return low
    return f"{_EN_UNITS[hundreds]} hundred" + (f" and {low}" if rest else "")


def _french_below_1000(number: int, *, final: bool) -> str:
    hundreds, rest = divmod(number, 100)
    low = _french_below_100(rest, final=final)
    if not hundreds:
        return low
    hundred = "cent" if hundreds == 1 else f"{_FR_UNITS[hundreds]} cent"
    if not rest:
        return hundred + ("s" if hundreds > 1 and final else "")
    return f"{hundred} {low}"


def _french_below_100(number: int, *, final: bool) -> str:
    if number < 20:
        return _FR_UNITS[number]
    if number < 70:
        tens, unit = divmod(number, 10)
        link = " et " if unit == 1 else "-"
        return _FR_TENS[tens] + (link + _FR_UNITS[unit] if unit else "")
    if number < 80:
        return ("soixante et " if number == 71 else "soixante-") + _FR_UNITS[number - 60]
    if number == 80:
        return "quatre-vingts" if final else "quatre-vingt"
    return "quatre-vingt-" + _FR_UNITS[number - 80]


_LANGUAGES: dict[str, Callable[[int], str]] = {"en": english, "fr": french}

import pytest

from ui.number_words import amount_in_words, english, french


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (15, "fifteen"),
        (21, "twenty-one"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (1_001, "one thousand and one"),
        (15_000, "fifteen thousand"),
        (182_500, "one hundred and eighty-two thousand five hundred"),
        (2_000_000, "two million"),
        (10**15, "one quadrillion"),
    ],
)
def test_english(number, words):
    assert english(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zéro"),
        (21, "vingt et un"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (79, "soixante-dix-neuf"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (91, "quatre-vingt-onze"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (1_000, "mille"),
        (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"),
        (15_000, "quinze mille"),
        (2_000_080, "deux millions quatre-vingts"),
        (3 * 10**9, "trois milliards"),
    ],
)
def test_french(number, words):
    assert french(number) == words


def test_amounts_take_the_currencys_word():
    assert amount_in_words(15_000) == "fifteen thousand francs"
    assert amount_in_words(1) == "one franc"
    assert amount_in_words(1_000_000, language="fr") == "un million de francs"
    assert amount_in_words(1_500_000, language="fr") == "un million cinq cent mille francs"


def test_a_language_or_currency_without_words_says_nothing():
    assert amount_in_words(15_000, language="rw") == ""
    assert amount_in_words(1_250, "USD") == ""

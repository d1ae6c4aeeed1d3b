"""Reads the corpus of statement files, where it is present, and holds the readers to it.

``pytest -s tests/core/statements/test_corpus.py`` prints the table and every file that is not
plainly right, with all that was told, for a person to judge.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from core.errors import UnreadableFileError
from core.statements.reading import read_statement
from tests.core.statements.corpus import CORPUS, Judged, Verdict, entries, judged

pytestmark = pytest.mark.skipif(
    not (CORPUS / "expected.json").is_file(), reason="no statement corpus on this machine"
)

WANTED_RIGHT = 0.98
FORMATS = ("bai2", "camt", "csv", "mt940", "ofx", "qif", "xlsx")

_NO_SUCH_DAY = "it expects 30 February as the date, which no calendar has (ISO 15022: a valid date)"
_BANANA = "csv/BananaAccounting__Switzerland/csv_{}.csv"
_PARTS_COUNTED = (
    "it counts the parts of a batch as transactions; every balance follows from the batch itself"
)
_ROW_LEFT_OUT = "it leaves out or halves a row that every balance needs"
_PENDING = "it counts rows that say they are pending"
_NAMED_OUTSIDE = "it expects a currency that the file does not name: it was an option of a program"
DISPUTED: dict[str, str] = {
    "mt940/wolph__mt940/february_30.sta": _NO_SUCH_DAY,
    "mt940/wolph__mt940/transaction_details_wrapped.sta": _NO_SUCH_DAY,
    "mt940/wolph__mt940/wrapped_timestamp.sta": _NO_SUCH_DAY,
    _BANANA.format("akb_example_format1_20150713"): _PARTS_COUNTED,
    _BANANA.format("lkb_example_format1_20080718"): _PARTS_COUNTED,
    _BANANA.format("lkb_example_format1_2010092"): _PARTS_COUNTED,
    _BANANA.format("zkb_example_format1_20090308"): _PARTS_COUNTED,
    _BANANA.format("zkb_example_format2_20091105"): _PARTS_COUNTED,
    _BANANA.format("zkb_example_format2_20121204"): _PARTS_COUNTED,
    _BANANA.format("ubs_example_format1_20160908"): _ROW_LEFT_OUT,
    _BANANA.format("ubs_example_format1_20173006"): _ROW_LEFT_OUT,
    _BANANA.format("ubs_example_format1_20230905_03"): _ROW_LEFT_OUT,
    _BANANA.format("ubs_example_format1_20180831"): _ROW_LEFT_OUT,
    _BANANA.format("swisscard_example_format2_en_20241015"): _PENDING,
    _BANANA.format("swisscard_example_format2_it_20240916"): _PENDING,
    _BANANA.format("migrosbank_example_formatCC1_en_20250625"): "it books what a card paid to"
    " merchants as money in",
    "csv/reubano__csv2ofx/default.csv": _NAMED_OUTSIDE,
    "csv/reubano__csv2ofx/ingesp.csv": _NAMED_OUTSIDE,
    "csv/reubano__csv2ofx/pcmastercard.csv": _NAMED_OUTSIDE,
    "csv/reubano__csv2ofx/amazon.csv": "it leaves out the order of one card, and knows the"
    " currency and the sign, by options of a program",
    "mt940/railslove__cmxl/mt940-headers.txt": "it expects the date 2036-22-68, and a balance of 11"
    " where the field holds two numbers",
}
"""Files where the expectation contradicts the format's rules or the file itself: name → reason.

Shown in a column of their own, never counted as right.
"""


@cache
def _all() -> tuple[Judged, ...]:
    return tuple(judged(name, entry, read_statement, DISPUTED) for name, entry in entries().items())


def _counted(format_name: str) -> list[Judged]:
    """The plain statements of a format that have an expectation nobody disputes."""
    aside = (Verdict.DISPUTED, Verdict.NO_ORACLE)
    return [
        each
        for each in _all()
        if each.format == format_name and each.kind == "statement" and each.verdict not in aside
    ]


def test_a_table_shows_what_became_of_every_file() -> None:
    groups = Counter(
        (each.format, "must be refused" if each.must_reject else each.kind, each.verdict)
        for each in _all()
    )
    columns = list(Verdict)
    print(f"\n{'':42}" + "".join(f"{verdict:>16}" for verdict in columns))
    for format_name, kind in sorted({(group[0], group[1]) for group in groups}):
        counts = "".join(f"{groups[format_name, kind, verdict]:16}" for verdict in columns)
        print(f"{format_name:8}{kind:34}{counts}")
    for each in _all():
        is_plain = each.verdict is Verdict.RIGHT or (
            each.must_reject and each.verdict is Verdict.REFUSED
        )
        if not is_plain:
            print(f"{each.verdict:16}{each.kind:14}{each.file}\n{'':30}{each.note[:600]}")
    assert {each.format for each in _all()} == set(FORMATS)


@pytest.mark.parametrize("format_name", FORMATS)
def test_statements_are_read_right(format_name: str) -> None:
    files = _counted(format_name)
    wrong = [each for each in files if each.verdict is not Verdict.RIGHT]
    assert len(wrong) <= (1 - WANTED_RIGHT) * len(files), [each.file for each in wrong]


@pytest.mark.parametrize("verdict", [Verdict.SILENT, Verdict.CRASHED])
def test_nothing_of_any_kind_is_silently_wrong_or_crashes(verdict: Verdict) -> None:
    assert [each.file for each in _all() if each.verdict is verdict] == []


def test_what_must_be_rejected_is_refused_and_named() -> None:
    names = [each.file for each in _all() if each.must_reject]
    assert names
    for name in names:
        with pytest.raises(UnreadableFileError) as caught:
            read_statement(CORPUS / name)
        assert Path(name).name in caught.value.message


def test_every_disputed_file_is_there_and_really_differs() -> None:
    disputed = {each.file for each in _all() if each.verdict is Verdict.DISPUTED}
    assert disputed == set(DISPUTED)

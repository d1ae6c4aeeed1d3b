"""The small parts of the reports page: ranges of days, figures in words, the file of choices."""

from datetime import UTC, date, datetime

import pytest

from core.model.payments import RequestType
from core.services.reports.contract import ColumnKind, Grouping, ReportName
from ui.pages.reports.kept_choices import ChoiceFile
from ui.pages.reports.spans import RangeChoice, Span, span_days
from ui.pages.reports.words import (
    figure_text,
    nothing_to_show,
    report_question,
    report_title,
    span_word,
    spoken_figure,
)

TODAY = date(2026, 3, 12)  # a Thursday


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.TODAY, TODAY, TODAY),
        (Span.YESTERDAY, date(2026, 3, 11), date(2026, 3, 11)),
        (Span.THIS_WEEK, date(2026, 3, 9), TODAY),
        (Span.THIS_MONTH, date(2026, 3, 1), TODAY),
        (Span.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_span_covers_the_days_its_name_says(span, first, last):
    assert span_days(span, TODAY) == (first, last)


def test_last_month_in_january_is_december_of_the_year_before():
    first, last = span_days(Span.LAST_MONTH, date(2026, 1, 31))
    assert (first, last) == (date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("span", "steps", "first", "last"),
    [
        (Span.TODAY, -1, date(2026, 3, 11), date(2026, 3, 11)),
        (Span.THIS_WEEK, -1, date(2026, 3, 2), date(2026, 3, 8)),
        (Span.THIS_MONTH, -1, date(2026, 2, 1), date(2026, 2, 28)),
        (Span.THIS_MONTH, -3, date(2025, 12, 1), date(2025, 12, 31)),
        (Span.LAST_MONTH, 1, date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_a_range_moves_by_its_own_length(span, steps, first, last):
    moved = RangeChoice(span, TODAY, TODAY, Grouping.WEEK).moved(steps, TODAY)
    assert moved.days(TODAY) == (first, last)
    assert moved.grouping is Grouping.WEEK


def test_days_chosen_the_wrong_way_round_are_put_in_order():
    choice = RangeChoice(Span.CUSTOM, date(2026, 3, 5), date(2026, 3, 1))
    assert choice.days(TODAY) == (date(2026, 3, 1), date(2026, 3, 5))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (ColumnKind.AMOUNT, 1_234_567, "1\u202f234\u202f567"),
        (ColumnKind.AMOUNT, -500, "\u2212500"),
        (ColumnKind.COUNT, 12_000, "12\u202f000"),
        (ColumnKind.COUNT, -3, "\u22123"),
        (ColumnKind.SHARE, 9_753, "97.53\u202f%"),
        (ColumnKind.SHARE, -5, "\u22120.05\u202f%"),
        (ColumnKind.DURATION_MS, 850, "850\u202fms"),
        (ColumnKind.DURATION_MS, 12_340, "12.3\u202fs"),
        (ColumnKind.DURATION_MS, 34 * 60_000, "34\u202fmin"),
        (ColumnKind.DURATION_MS, 200 * 60_000, "3\u202fh 20\u202fmin"),
        (ColumnKind.DURATION_MS, 50 * 3_600_000, "2\u202fd 2\u202fh"),
        (ColumnKind.DAY, date(2026, 3, 1), "2026-03-01"),
        (ColumnKind.MOMENT, datetime(2026, 3, 1, 22, 30, tzinfo=UTC), "2026-03-02 00:30"),
        (ColumnKind.METHOD, "mtn_mobile_money", "MTN"),
        (ColumnKind.PAYMENT_STATUS, "pending", "Waiting"),
        (ColumnKind.TEXT, "Café & <b>", "Café & <b>"),
        (ColumnKind.TEXT, None, ""),
    ],
)
def test_a_cell_reads_as_people_write_it(kind, value, text):
    assert figure_text(kind, value, "RWF") == text


def test_an_amount_in_a_sentence_has_its_currency():
    assert spoken_figure(ColumnKind.AMOUNT, 1250, "USD") == "12.50\u00a0USD"


def test_every_report_has_a_name_a_question_and_advice():
    for name in ReportName:
        assert report_title(name)
        assert report_question(name)
        assert nothing_to_show(name)


def test_choices_come_back_as_they_were_kept(tmp_path):
    kept = {
        ReportName.REVENUE: RangeChoice(
            Span.CUSTOM, date(2026, 3, 1), date(2026, 3, 9), Grouping.MONTH
        ),
        ReportName.DAY_CLOSE: RangeChoice(Span.YESTERDAY, TODAY, TODAY),
    }
    ChoiceFile(tmp_path, "Marie/../x").save(kept)
    assert ChoiceFile(tmp_path, "marie/../X").load() == kept
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["choices"]
    assert ChoiceFile(tmp_path, "aline").load() == {}


@pytest.mark.parametrize("text", ["", "[]", "{", "[[[[", '{"revenue": null}', "x" * 200_000])
def test_a_file_nobody_can_read_holds_no_choices(tmp_path, text):
    file = ChoiceFile(tmp_path, "marie")
    file.path.parent.mkdir()
    file.path.write_text(text)
    assert file.load() == {}


def test_a_request_to_a_network_is_told_in_words(qapp):
    told = [figure_text(ColumnKind.TEXT, request) for request in RequestType]
    assert not any(text.isupper() for text in told)
    assert figure_text(ColumnKind.TEXT, RequestType.QUERY) == "Asked how it stands"


def test_a_report_of_one_day_offers_another_day_instead_of_a_range(qapp):
    assert span_word(Span.CUSTOM, one_day=True) == "Another day"
    assert span_word(Span.TODAY, one_day=True) == span_word(Span.TODAY)

"""The statement of account as a customer sees it: whole, in their language, its sums right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.documents.account_statement import (
    AccountStatement,
    StatementEntry,
    StatementParts,
    render_account_statement,
)
from core.documents.account_statement_words import words_in
from core.documents.blocks import ShopBlock
from core.documents.phrases import phrases_in
from core.services.customers.accounts import EntryKind
from tests.core.documents.reading import metadata, outside, overlapping, pages, squeezed

LANGUAGES = ("en", "fr", "rw")


def statement(language: str = "en", count: int = 2) -> AccountStatement:
    entries = []
    for number in range(count):
        day = date(2026, 7, 1) + timedelta(days=number // 4)
        order = StatementEntry(day, "order", f"ORD-2026-{number:05d}", 1_222_000, 0)
        paid = StatementEntry(day, "payment", f"INV-20260701-{number:05d}", 0, 1_200_000, "cash")
        entries.append(order if number % 2 == 0 else paid)
    closing = 5_000 + sum(entry.debit_minor - entry.credit_minor for entry in entries)
    return AccountStatement(
        language=language,
        shop=ShopBlock("Inzozi Market", "101234567", "KG 11 Ave", "0788 000 111", footer="Thanks"),
        customer_name="Café Inzozi & Frères <b>, Société du Marché Central de Nyarugenge",
        customer_phone="0788 123 456",
        customer_tin="101999888",
        customer_address="KN 3 Rd\nNyarugenge",
        currency="RWF",
        first_day=date(2026, 7, 1),
        last_day=date(2026, 7, 31),
        issued_on=date(2026, 8, 1),
        opening_minor=5_000,
        entries=tuple(entries),
        closing_minor=closing,
        parts=StatementParts(not_due_minor=closing),
        promised_minor=700,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_stands_in_the_customers_language(language: str) -> None:
    words = words_in(language)
    shown = squeezed(render_account_statement(statement(language)))
    names = ("title", "opening", "to_pay", "order")
    figures = ("ORD-2026-00000", "1222000", "1200000", "27000", "700", "01/07/2026")
    for text in (*(words[name] for name in names), *figures):
        assert "".join(text.split()) in shown, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_word(language: str) -> None:
    words = words_in(language)
    assert words.keys() == words_in("en").keys()
    assert {kind.value for kind in EntryKind} <= words.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 90])
def test_nothing_is_cut_or_drawn_over_something_else(language: str, count: int) -> None:
    pdf = render_account_statement(statement(language, count))
    assert outside(pdf, 20) == []
    assert overlapping(pdf) == []
    for page in pages(pdf)[:-1]:
        assert words_in(language)["details"] in page


def test_the_same_statement_is_the_same_file_and_shows_markup_as_text() -> None:
    pdf = render_account_statement(statement())
    assert pdf == render_account_statement(statement())
    assert "Frères<b>,Société" in squeezed(pdf)


def test_money_of_the_customers_is_told_as_theirs() -> None:
    credit = replace(
        statement(count=0),
        opening_minor=-9_000,
        closing_minor=-9_000,
        parts=StatementParts(credit_minor=9_000),
    )
    (page,) = pages(render_account_statement(credit))
    assert "In your favour" in page
    assert "To be paid" not in page


def test_a_statement_whose_sums_disagree_is_never_drawn() -> None:
    with pytest.raises(ValueError, match="opening 5000"):
        replace(statement(), closing_minor=1)
    with pytest.raises(ValueError, match="open parts"):
        replace(statement(), parts=StatementParts(older_minor=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_speaks_as_the_other_papers_do(language: str) -> None:
    words, papers = words_in(language), phrases_in(language)
    assert words["credit_note"] == papers.credit_note
    assert words["sale"] == papers.sale
    made = statement(language)
    coloured = replace(made, shop=replace(made.shop, accent_colour="#c8102e"))
    assert papers.page.format(page=1, pages=1) in pages(render_account_statement(coloured))[0]
    assert metadata(render_account_statement(coloured)) == metadata(render_account_statement(made))
    assert render_account_statement(coloured) != render_account_statement(made)

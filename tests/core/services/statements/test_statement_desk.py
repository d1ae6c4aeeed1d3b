from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StorageError,
    UnreadableFileError,
)
from core.model.reconciliations import StatementProvider
from core.permissions import Actor
from core.services.statements.archive import suffix_for
from core.services.statements.desk import Asked, ChosenAccount, ImportStatement
from core.services.statements.verdicts import verdict_of
from core.statements.apart import ReadingCancelledError
from core.statements.profile import ColumnProfile, Role
from core.statements.statement import Statement, StatementLine

BANK = StatementProvider.BANK


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def wallet(path: Path, month: int, *, rows: int = 3) -> Path:
    """Write a month of a wallet whose columns nobody knows."""
    lines = [f"Raporo y'ukwezi kwa {month};;;;", "Kuwa;Wuzuye;Amafaranga;Asigaye;Nimero"]
    balance = 50_000
    for number in range(rows):
        balance += 1000
        day = f"{number + 13:02d}.{month:02d}.2026"
        lines.append(f"{day};Umukiriya {number};1000;{balance};K{month}-{number}")
    return written(path, *lines)


MAPPING = ColumnProfile(
    name="Isanduku",
    columns=(
        (Role.DATE, ("Kuwa",)),
        (Role.DESCRIPTION, ("Wuzuye",)),
        (Role.AMOUNT, ("Amafaranga",)),
        (Role.BALANCE, ("Asigaye",)),
        (Role.TRANSACTION_ID, ("Nimero",)),
    ),
    delimiter=";",
)


def unclear(path: Path, month: int = 3) -> Path:
    """Write a file in which 03/04/2026 may be in April or in March."""
    rows = [f"{month:02d}/04/2026,Alice,500", f"{month:02d}/02/2026,Eric,700",
            f"{month:02d}/05/2026,Jean,900"]  # fmt: skip
    return written(path, "Date,Description,Amount", *rows)


FIVE = (
    "Account,Book Date,Description,Amount,Balance,Currency",
    "4001,2026-07-01,Sale one,1000,11000,RWF",
    "4001,2026-07-02,Sale two,2000,13000,RWF",
    "4002,2026-07-01,Sale three,500,5500,RWF",
    "4002,2026-07-02,Sale four,600,6100,RWF",
    "4003,2026-07-01,Sale five,10,110,RWF",
    "4003,2026-07-02,Sale six,10,120,RWF",
    "4004,2026-07-01,Sale seven,5,25,RWF",
    "4005,2026-07-01,Sale eight,7,77,RWF",
)


def test_a_mapping_is_remembered_for_the_account_and_next_month_needs_no_question(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    march = wallet(tmp_path / "march.csv", 3)
    look = shop.statements.look(march)
    assert look.file is None
    assert "map its columns" in look.refusal

    shop.statements.save_profile(clerk, MAPPING)
    look = shop.statements.look(march, Asked("Isanduku"))
    shop.statements.import_file(
        clerk, ImportStatement(march, StatementProvider.AIRTEL, "Isanduku", looked=look)
    )

    # A second mapping that fits as well would make choosing a guess, were it not remembered.
    shop.statements.save_profile(clerk, ColumnProfile("Other", MAPPING.columns[:3], delimiter=";"))
    april = shop.statements.look(wallet(tmp_path / "april.csv", 4))
    assert april.profile_name == "Isanduku"
    assert april.accounts[0].provider is StatementProvider.AIRTEL
    assert april.accounts[0].standing.new_lines == 3
    assert april.answers[0].answered_by == clerk.name


def test_what_was_remembered_is_seen_and_forgotten_and_both_are_audited(
    shop: App, clerk: Actor, manager: Actor, cashier: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.csv", *FIVE[:3])
    shop.statements.import_file(clerk, ImportStatement(path, StatementProvider.MTN))
    (answer,) = shop.statements.remembered(clerk)
    assert (answer.account, answer.provider) == ("4001", StatementProvider.MTN)
    assert "Book Date" in answer.layout_words

    with pytest.raises(NotAllowedError):
        shop.statements.forget(cashier, answer.answer_id)
    shop.statements.forget(clerk, answer.answer_id)
    assert shop.statements.remembered(clerk) == ()
    with pytest.raises(NotFoundError, match="forgotten already"):
        shop.statements.forget(clerk, answer.answer_id)
    actions = [entry.action for entry in shop.audit.page(manager).rows]
    assert {"statement_answer:remembered", "statement_answer:forgotten"} <= set(actions)

    again = written(tmp_path / "b.csv", FIVE[0], FIVE[2].replace("07-02", "08-02"))
    assert shop.statements.look(again).accounts[0].provider is BANK


def test_the_day_is_asked_once_and_never_guessed(shop: App, clerk: Actor, tmp_path: Path) -> None:
    path = unclear(tmp_path / "first.csv")
    look = shop.statements.look(path)
    question = look.date_question
    assert question is not None
    assert question.written == "03/04/2026"
    assert [(each.order, each.first, each.last) for each in question.readings] == [
        ("dmy", date(2026, 2, 3), date(2026, 5, 3)),
        ("mdy", date(2026, 3, 2), date(2026, 3, 5)),
    ]
    with pytest.raises(InvalidInputError, match="3 April 2026 or 4 March 2026"):
        shop.statements.import_file(clerk, ImportStatement(path, BANK))
    assert shop.reconciliations.page(clerk).total == 0

    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, BANK, date_order="mdy"))
    assert imported.reconciliation.statement_period_end == date(2026, 3, 5)

    later = shop.statements.look(unclear(tmp_path / "second.csv", 6))
    assert later.date_question is None
    assert later.date_order == "mdy"
    assert later.file is not None
    assert {line.date.month for line in later.file.lines} == {6}


def test_a_remembered_order_never_overrules_what_a_file_shows(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    shop.statements.import_file(
        clerk, ImportStatement(unclear(tmp_path / "a.csv"), BANK, date_order="mdy")
    )
    clear = written(
        tmp_path / "b.csv", "Date,Description,Amount", "03/04/2026,A,5", "25/04/2026,B,6"
    )
    look = shop.statements.look(clear)
    assert look.file is not None
    assert [line.date for line in look.file.lines] == [date(2026, 4, 3), date(2026, 4, 25)]


def test_two_of_five_accounts_are_taken_in_each_as_its_own_providers(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path / "five.csv", *FIVE)
    look = shop.statements.look(path)
    assert [seen.standing.new_lines for seen in look.accounts] == [2, 2, 2, 1, 1]
    chosen = (ChosenAccount(1, StatementProvider.MTN), ChosenAccount(4, BANK))

    first, second = shop.statements.import_file(
        clerk, ImportStatement(path, BANK, accounts=chosen, looked=look)
    )

    assert (first.reconciliation.account, second.reconciliation.account) == ("4002", "4005")
    assert (first.reconciliation.provider, second.reconciliation.provider) == (
        StatementProvider.MTN,
        BANK,
    )
    seen = shop.statements.look(path).accounts
    assert [each.earlier is not None for each in seen] == [False, True, False, False, True]
    assert seen[1].earlier is not None
    assert seen[1].earlier.imported_by == clerk.name
    assert seen[1].provider is StatementProvider.MTN
    assert [each.standing.new_lines for each in seen] == [2, 0, 2, 1, 0]


def test_an_overlapping_file_says_what_is_new_before_it_is_taken_in(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    shop.statements.import_file(
        clerk, ImportStatement(written(tmp_path / "a.csv", *FIVE[:3]), BANK)
    )
    more = written(tmp_path / "b.csv", *FIVE[:3], "4001,2026-07-03,Sale nine,1,13001,RWF")
    look = shop.statements.look(more)
    standing = look.accounts[0].standing
    assert (standing.new_lines, standing.known_lines) == (1, 2)
    (imported,) = shop.statements.import_file(clerk, ImportStatement(more, BANK, looked=look))
    assert (imported.new_lines, imported.known_lines) == (1, 2)
    assert shop.statements.standing(look.file, [StatementProvider.MTN])[0].new_lines == 3  # type: ignore[arg-type]


def test_a_file_changed_since_it_was_looked_at_is_not_imported(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.csv", *FIVE[:3])
    look = shop.statements.look(path)
    written(path, *FIVE[:2])
    with pytest.raises(ConflictError, match="was changed since it was read"):
        shop.statements.import_file(clerk, ImportStatement(path, BANK, looked=look))
    assert shop.reconciliations.page(clerk).total == 0


def test_the_original_is_handed_out_whole_or_not_at_all(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path / "July: MTN.csv", *FIVE[:3])
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, BANK))
    wanted = imported.reconciliation.reconciliation_id

    opened = shop.statements.original(clerk, wanted)
    assert opened.name == "July_ MTN.csv"
    assert opened.read_bytes() == path.read_bytes()
    saved = shop.statements.save_original(clerk, wanted, tmp_path / "copies" / "copy.csv")
    assert saved.read_bytes() == path.read_bytes()

    kept = tmp_path / "shop" / imported.reconciliation.file_upload
    assert kept.stem == hashlib.sha256(path.read_bytes()).hexdigest()
    kept.write_bytes(b"Date,Amount\n2026-07-01,1\n")
    with pytest.raises(StorageError, match="was changed on the disk"):
        shop.statements.original(clerk, wanted)
    kept.unlink()
    with pytest.raises(StorageError, match="not in the shop's folder"):
        shop.statements.save_original(clerk, wanted, tmp_path / "copy.csv")


@pytest.mark.parametrize(
    ("name", "file_format", "content", "suffix"),
    [
        ("July.CSV", "csv", b"a,b", ".csv"),
        ("export.txt", "csv", b"a\tb", ".txt"),
        ("export.csv", "xlsx", b"PK\x03\x04rest", ".xlsx"),
        ("export.xls", "xls", b"\xd0\xcf", ".xls"),
        ("download.QBO", "ofx", b"OFXHEADER", ".qbo"),
        ("download", "ofx", b"OFXHEADER", ".ofx"),
        ("x.qif", "qif", b"!Type:Bank", ".qif"),
        ("tag.940", "mt940", b":20:", ".940"),
        ("tag.pdf", "mt940", b":20:", ".sta"),
        ("camt.053.xml", "camt.053", b"<?xml", ".xml"),
        ("x.bai2", "bai2", b"01,", ".bai2"),
        ("x.pdf", "pdf", b"%PDF", ".pdf"),
        ("all.zip", "mt940", b"PK\x03\x04rest", ".zip"),
        ("all.zip", "xlsx", b"PK\x03\x04rest", ".zip"),
        ("Pasted.txt", "sms", b"You have received", ".txt"),
        ("harmless.exe", "something new", b"MZ", ".dat"),
    ],
)
def test_an_original_is_kept_under_the_ending_of_what_it_is(
    name: str, file_format: str, content: bytes, suffix: str
) -> None:
    assert suffix_for(name, file_format, content) == suffix


def test_pasted_text_is_a_file_like_any_other(shop: App, clerk: Actor) -> None:
    path = shop.statements.paste(clerk, "\n".join(FIVE[:3]))
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, BANK))
    assert imported.new_lines == 2
    assert imported.reconciliation.file_upload.endswith(".txt")
    assert shop.statements.paste(clerk, "\n".join(FIVE[:3])) == path
    shop.statements.drop_pasted(path)
    assert not path.exists()
    assert shop.statements.original(clerk, imported.reconciliation.reconciliation_id).exists()
    with pytest.raises(InvalidInputError, match="no text"):
        shop.statements.paste(clerk, "  \n ")


def test_only_pasted_files_are_taken_away(shop: App, tmp_path: Path) -> None:
    mine = written(tmp_path / "mine.csv", *FIVE[:3])
    shop.statements.drop_pasted(mine)
    assert mine.exists()


def test_a_cancelled_look_stores_nothing(shop: App, tmp_path: Path) -> None:
    class Impatient:
        is_cancelled = True

        def report(self, done: int, total: int) -> None:
            pass

    with pytest.raises(ReadingCancelledError):
        shop.statements.look(written(tmp_path / "a.csv", *FIVE), watch=Impatient())


def test_what_is_no_statement_is_refused_in_one_sentence(shop: App, tmp_path: Path) -> None:
    photo = tmp_path / "photo.csv"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4)
    with pytest.raises(UnreadableFileError, match="photo or picture"):
        shop.statements.look(photo)


def line(number: int, amount: int, balance: int | None) -> StatementLine:
    return StatementLine(number, date(2026, 7, number), amount, "RWF", balance_minor=balance)


def test_a_verdict_names_the_first_line_that_breaks_forwards_and_backwards() -> None:
    lines = (line(1, 100, 1100), line(2, 50, 1150), line(3, 10, 1170), line(4, 5, 1175))
    forwards = Statement("1", "RWF", lines, 1000, 1165)
    assert verdict_of(forwards).breaks == (3,)
    assert verdict_of(forwards).holds is False
    backwards = Statement("1", "RWF", lines[::-1], 1000, 1165)
    assert verdict_of(backwards).breaks == (3,)
    whole = Statement("1", "RWF", lines[:2], 1000, 1150)
    assert verdict_of(whole).holds is True
    unknown = Statement("1", "RWF", (line(1, 100, None),))
    assert verdict_of(unknown).holds is None


def test_what_the_bank_only_announces_is_never_taken_in(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = written(tmp_path / "five.csv", *FIVE)
    look = shop.statements.look(path)
    assert look.file is not None
    booked, *others = look.file.statements
    announced = [replace(each, provisional=True) for each in others]
    mixed = replace(look, file=replace(look.file, statements=(booked, *announced)))
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, BANK, looked=mixed))
    assert imported.reconciliation.account == "4001"

    chosen = (ChosenAccount(2, BANK),)
    with pytest.raises(ConflictError, match="booked none of them"):
        shop.statements.import_file(
            clerk, ImportStatement(path, BANK, accounts=chosen, looked=mixed)
        )

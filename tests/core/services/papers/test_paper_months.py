"""A month's invoices as one job: all of them, stopped and gone on with, written out as asked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pypdfium2
import pytest

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, StorageError
from core.permissions import Actor
from core.services.papers.months import MonthExport
from tests.core.services.conftest import SettableClock
from tests.core.services.paper_shop import sell, text_of


class Stop(Exception):  # noqa: N818 - what a window raises when somebody presses Cancel
    """The person pressed Cancel."""


@pytest.fixture
def shop(database: Database, tmp_path: Path, clock: SettableClock, cashier: Actor) -> App:
    """A shop with seven invoices in July and one in August."""
    app = App(Configuration(tmp_path / "shop"), database)
    for number in range(7):
        sell(app, cashier, f"july {number}")
    clock.advance(days=31)
    sell(app, cashier, "august")
    return app


def test_a_month_is_drawn_once_and_reports_after_each_paper(shop: App, clerk: Actor) -> None:
    told: list[tuple[int, int]] = []
    month = shop.paper_months.draw_month(clerk, 2026, 7, lambda *at: told.append(at))
    assert month.drawn == 7
    assert told == [(number, 7) for number in range(1, 8)]
    assert all(path.read_bytes().startswith(b"%PDF-") for path in month.paths)

    again = shop.paper_months.draw_month(clerk, 2026, 7)
    assert (again.drawn, again.paths) == (0, month.paths)
    assert shop.outbox.run_waiting() == 8
    assert shop.paper_months.draw_month(clerk, 2026, 8).drawn == 0


def test_a_stopped_month_keeps_what_was_drawn_and_goes_on_there(shop: App, clerk: Actor) -> None:
    def stop_at_three(done: int, _total: int) -> None:
        if done == 3:
            raise Stop

    with pytest.raises(Stop):
        shop.paper_months.draw_month(clerk, 2026, 7, stop_at_three)
    assert shop.paper_months.draw_month(clerk, 2026, 7).drawn == 4


def test_a_paper_lost_or_changed_since_is_drawn_again(shop: App, clerk: Actor) -> None:
    first = shop.paper_months.draw_month(clerk, 2026, 7)
    before = [path.read_bytes() for path in first.paths]
    first.paths[0].unlink()
    first.paths[1].write_bytes(b"changed")
    assert shop.paper_months.draw_month(clerk, 2026, 7).drawn == 2
    assert [path.read_bytes() for path in first.paths] == before


def test_a_month_goes_into_a_folder_an_archive_or_one_pdf(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    write = shop.paper_months.write_month
    told: list[tuple[int, int]] = []
    write(
        clerk, 2026, 7, tmp_path / "out", MonthExport.FOLDER, lambda *at: told.append(at)
    )  # fmt: skip
    write(clerk, 2026, 7, tmp_path / "out.zip", MonthExport.ZIP)
    write(clerk, 2026, 7, tmp_path / "out.pdf", MonthExport.MERGED_PDF)

    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 7
    assert told[-1] == (14, 14)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == names
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as merged:
        assert len(merged) == 7
    assert all(Path(name).stem in text_of(tmp_path / "out.pdf") for name in names)


def test_a_stopped_export_leaves_no_half_archive(shop: App, clerk: Actor, tmp_path: Path) -> None:
    def stop_late(done: int, _total: int) -> None:
        if done == 9:
            raise Stop

    for export in (MonthExport.ZIP, MonthExport.MERGED_PDF):
        with pytest.raises(Stop):
            shop.paper_months.write_month(
                clerk, 2026, 7, tmp_path / "exports" / "out", export, stop_late
            )
    assert list((tmp_path / "exports").iterdir()) == []


def test_a_month_without_invoices_and_one_that_is_none(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    assert shop.paper_months.draw_month(clerk, 2025, 1).paths == ()
    shop.paper_months.write_month(clerk, 2025, 1, tmp_path / "out.zip", MonthExport.ZIP)
    with pytest.raises(InvalidInputError, match="no month 2026-13"):
        shop.paper_months.draw_month(clerk, 2026, 13)


def test_a_folder_that_cannot_be_written_is_told(shop: App, clerk: Actor, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"in the way")
    with pytest.raises(StorageError, match="was not saved"):
        shop.paper_months.write_month(clerk, 2026, 7, tmp_path / "out", MonthExport.FOLDER)

"""Papers through a real QPrinter into a PDF, read back as pictures."""

import pytest
from PySide6.QtGui import QPageRanges
from PySide6.QtPrintSupport import QPrinter

from core.documents.receipt import ReceiptWidth
from core.errors import KnownError, StorageError, UnreadableFileError
from tests.ui.printing.papers import alike, darkness, file_printer, long_invoice, receipt
from ui.printing.job import prepare_printer, print_pdf
from ui.printing.pdf_pages import read_pdf
from ui.tasks import Cancelled, Progress

pytestmark = pytest.mark.usefixtures("qapp")


def steps() -> tuple[Progress, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    return Progress(lambda done, total: told.append((done, total))), told


def printed(path):
    return read_pdf("printed", path.read_bytes())


def test_an_invoice_comes_out_page_by_page_as_it_was_drawn(tmp_path) -> None:
    pdf = long_invoice()
    printer = file_printer(tmp_path / "out.pdf")
    prepare_printer(printer, pdf)
    progress, told = steps()
    assert print_pdf(printer, pdf, progress) == len(pdf.sizes_mm) == 3
    out = printed(tmp_path / "out.pdf")
    assert [round(size.width()) for size in out.sizes_mm] == [210, 210, 210]
    for page in range(3):
        assert alike(darkness(out, page), darkness(pdf, page))
    assert not alike(darkness(out, 0), darkness(pdf, 2))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(("width", "mm"), [(ReceiptWidth.ROLL_80, 80), (ReceiptWidth.ROLL_58, 58)])
def test_a_roll_is_as_wide_as_the_roll_and_as_long_as_the_receipt(tmp_path, width, mm) -> None:
    pdf = receipt(width)
    printer = file_printer(tmp_path / "out.pdf")
    prepare_printer(printer, pdf)
    progress, _ = steps()
    print_pdf(printer, pdf, progress)
    [size] = printed(tmp_path / "out.pdf").sizes_mm
    assert abs(size.width() - mm) < 0.5
    assert abs(size.height() - pdf.sizes_mm[0].height()) < 0.5
    assert alike(darkness(printed(tmp_path / "out.pdf")), darkness(pdf))


def test_only_the_pages_asked_for_are_printed(tmp_path) -> None:
    pdf = long_invoice()
    printer = file_printer(tmp_path / "out.pdf")
    prepare_printer(printer, pdf)
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setPageRanges(QPageRanges.fromString("2-3"))
    progress, _ = steps()
    assert print_pdf(printer, pdf, progress) == 2
    assert alike(darkness(printed(tmp_path / "out.pdf"), 0), darkness(pdf, 1))


def test_pages_the_paper_has_not_are_refused(tmp_path) -> None:
    pdf = receipt()
    printer = file_printer(tmp_path / "out.pdf")
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setPageRanges(QPageRanges.fromString("7"))
    with pytest.raises(StorageError, match=r"^Nothing was printed\."):
        print_pdf(printer, pdf, steps()[0])


def test_a_wide_paper_is_shrunk_onto_the_paper_in_the_printer(tmp_path) -> None:
    invoice, roll = long_invoice(1), receipt()
    printer = file_printer(tmp_path / "out.pdf")
    prepare_printer(printer, roll)
    print_pdf(printer, invoice, steps()[0])
    out = printed(tmp_path / "out.pdf")
    assert abs(out.sizes_mm[0].width() - 80) < 0.5
    grid = darkness(out)
    last_inked = max(place for place, dark in enumerate(grid) if dark > 12)
    assert last_inked < len(grid) * 0.75


def test_cancel_stops_after_the_page_in_hand(tmp_path) -> None:
    pdf = long_invoice()
    printer = file_printer(tmp_path / "out.pdf")
    prepare_printer(printer, pdf)
    told = []

    def tell(done: int, total: int) -> None:
        told.append(done)
        if done == 1:
            progress.cancel()

    progress = Progress(tell)
    with pytest.raises(Cancelled):
        print_pdf(printer, pdf, progress)
    assert told == [0, 1]


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_takes_no_job_says_that_nothing_was_printed(tmp_path) -> None:
    printer = file_printer(tmp_path / "no" / "such" / "folder" / "out.pdf")
    with pytest.raises(StorageError, match=r"^Nothing was printed\."):
        print_pdf(printer, receipt(), steps()[0])


def test_what_is_no_pdf_is_refused_in_words() -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_pdf("Invoice", b"not a PDF")
    assert isinstance(refused.value, KnownError)

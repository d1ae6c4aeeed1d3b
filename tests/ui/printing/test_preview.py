"""Looking at a paper on screen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from tests.ui.printing.papers import long_invoice, receipt
from ui.printing.preview import PaperPreview
from ui.printing.preview_dialog import PreviewDialog
from ui.tasks import TaskRunner

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tasks(qapp):
    runner = TaskRunner()
    yield runner
    runner.shutdown()


@pytest.fixture
def view(qtbot, tasks):
    made = PaperPreview(tasks, "Invoice 1")
    qtbot.addWidget(made)
    made.resize(700, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.show_pdf(long_invoice())
    qtbot.waitUntil(lambda: made.is_drawn)
    return made


def inked(view) -> int:
    picture = view.viewport().grab().toImage()
    return sum(
        picture.pixelColor(x, y).lightness() < 100
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    )


def test_pages_are_drawn_to_the_width(qtbot, view):
    assert inked(view) > 200
    assert view.horizontalScrollBar().maximum() == 0
    assert view.verticalScrollBar().maximum() > view.height()


def test_a_sheet_is_white_in_the_dark_too(view):
    assert view.viewport().grab().toImage().pixelColor(350, 40) == QColor("white")


def test_zoom_by_keys_and_back_to_the_width(qtbot, view):
    fitted = view.zoom_percent
    with qtbot.waitSignal(view.zoom_changed):
        qtbot.keyClick(view, Qt.Key.Key_Plus, CONTROL)
    assert view.zoom_percent > fitted
    qtbot.waitUntil(lambda: view.is_drawn)
    for _ in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Plus, CONTROL)
    assert view.zoom_percent == 400
    qtbot.keyClick(view, Qt.Key.Key_0, CONTROL)
    assert view.zoom_percent == fitted
    for _ in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Minus, CONTROL)
    assert view.zoom_percent == 25
    qtbot.waitUntil(lambda: view.is_drawn)


def test_keys_go_through_the_pages_and_each_is_drawn_when_seen(qtbot, view):
    bar = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert 0 < bar.value() < bar.maximum()
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    qtbot.waitUntil(lambda: view.is_drawn)
    assert inked(view) > 20
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0


def test_another_paper_takes_the_place_of_the_first(qtbot, view):
    view.show_pdf(receipt())
    qtbot.waitUntil(lambda: view.is_drawn)
    assert len(view.pdf.sizes_mm) == 1
    view.show_pdf(None)
    assert not view.is_drawn


def test_the_dialog_offers_to_print_and_to_keep(qtbot, tasks):
    dialog = PreviewDialog(tasks, long_invoice())
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.preview.is_drawn)
    assert dialog.zoom.text().endswith(" %")
    with qtbot.waitSignal(dialog.print_requested):
        qtbot.keyClick(dialog.preview, Qt.Key.Key_P, CONTROL)
    assert not dialog.isVisible()

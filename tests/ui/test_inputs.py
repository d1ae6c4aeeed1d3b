import pytest
from PySide6.QtCore import QLocale, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from core.errors import InvalidInputError
from ui.widgets.drop_zone import DropZone
from ui.widgets.filters import Chip, Choice, FilterChips
from ui.widgets.inputs import AmountEdit, PhoneEdit, SearchField


@pytest.fixture
def amount(qtbot):
    made = AmountEdit()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("language", ["en_RW", "fr_RW", "rw_RW", "de_DE"])
@pytest.mark.parametrize("typed", ["15000", "15 000", "15.000", "15,000", "15\u202f000"])
def test_a_cashier_means_the_same_in_every_language(qtbot, amount, typed, language):
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        amount.edit.setText(typed)
        assert amount.amount_minor == 15_000
        assert amount.echo.text().startswith("15\u202f000\u00a0RWF")
    finally:
        QLocale.setDefault(before)


@pytest.mark.parametrize("typed", ["1.5", "15000.00", "1e3", "-5", "0", "15 00", "1.500,000"])
def test_what_is_no_whole_amount_is_refused_with_the_reason_in_the_field(qtbot, amount, typed):
    amount.edit.setText(typed)
    assert amount.amount_minor is None
    amount.edit.editingFinished.emit()
    assert amount.echo.text()
    assert amount.edit.property("invalid") == "true"
    assert amount.edit.accessibleDescription() == amount.echo.text()


def test_half_a_group_is_not_scolded_while_typing(qtbot, amount):
    for typed in ("15", "15 ", "15 0", "15 00"):
        amount.edit.setText(typed)
        assert amount.edit.property("invalid") != "true", typed
    amount.edit.setText("15x")
    assert amount.edit.property("invalid") == "true"


def test_the_amount_is_repeated_in_words(amount):
    amount.edit.setText("15000")
    assert "fifteen thousand francs" in amount.echo.text()


def test_plus_appends_three_zeros_and_minus_empties(qtbot, amount):
    qtbot.keyClicks(amount.edit, "15+")
    assert amount.amount_minor == 15_000
    qtbot.keyClicks(amount.edit, "-")
    assert amount.edit.text() == ""


def test_plus_on_an_empty_field_does_nothing(qtbot, amount):
    qtbot.keyClicks(amount.edit, "+")
    assert amount.edit.text() == ""


def test_a_finished_amount_is_grouped(qtbot, amount):
    amount.edit.setText("1234567")
    amount.edit.editingFinished.emit()
    assert amount.edit.text() == "1\u202f234\u202f567"
    assert amount.amount_minor == 1_234_567


def test_each_change_of_amount_is_told_once(qtbot, amount):
    told = []
    amount.amount_changed.connect(told.append)
    amount.edit.setText("15000")
    amount.edit.setText("15 000")
    amount.edit.setText("x")
    assert told == [15_000, None]


def test_a_missing_amount_is_asked_for_when_the_form_is_sent(qtbot, amount):
    with pytest.raises(InvalidInputError, match="Type an amount"):
        amount.require_amount()
    assert amount.edit.property("invalid") == "true"


@pytest.mark.parametrize("typed", ["0788123456", "+250 788 123 456", "250788123456", "788123456"])
def test_a_telephone_is_understood_in_every_spelling(qtbot, typed):
    field = PhoneEdit()
    qtbot.addWidget(field)
    networks = []
    field.network_changed.connect(networks.append)
    field.edit.setText(typed)
    field.edit.editingFinished.emit()
    assert field.phone == "+250788123456"
    assert field.edit.text() == "0788 123 456"
    assert networks[-1] == "MTN"


def test_a_telephone_that_cannot_exist_is_refused_after_typing(qtbot):
    field = PhoneEdit()
    qtbot.addWidget(field)
    field.edit.setText("0788 12")
    assert field.edit.property("invalid") != "true"
    field.edit.editingFinished.emit()
    assert field.edit.property("invalid") == "true"
    assert field.phone == ""


def test_search_waits_for_a_rest_and_enter_does_not(qtbot):
    field = SearchField()
    qtbot.addWidget(field)
    told = []
    field.search_changed.connect(told.append)
    qtbot.keyClicks(field, "jean")
    assert not told
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told == ["jean"]
    qtbot.keyClicks(field, " b")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["jean", "jean b"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told[-1] == ""


def chips(qtbot):
    made = FilterChips(
        [
            Chip("status", "Status", (Choice("pending", "Waiting"), Choice("failed", "Failed"))),
            Chip("day", "Day", (Choice("today", "Today"), Choice("week", "Week")), single=True),
        ]
    )
    qtbot.addWidget(made)
    made.show()
    return made


def tick(chip, word):
    next(each for each in chip.menu().actions() if each.text() == word).trigger()


def test_chips_take_several_values_or_one(qtbot):
    made = chips(qtbot)
    told = []
    made.filters_changed.connect(told.append)
    for word in ("Waiting", "Failed"):
        tick(made._buttons["status"], word)
    for word in ("Today", "Week"):
        tick(made._buttons["day"], word)
    assert told[-1] == {"status": frozenset({"pending", "failed"}), "day": frozenset({"week"})}
    assert made._buttons["status"].text() == "Status: Waiting, Failed"
    assert [each.isChecked() for each in made._buttons["day"].menu().actions()] == [False, True]


def test_chips_are_cleared_at_once_and_tell_it_once(qtbot):
    made = chips(qtbot)
    made.set_values({"status": frozenset({"pending", "no such"}), "old": frozenset({"x"})})
    assert made.values == {"status": frozenset({"pending"})}
    told = []
    made.filters_changed.connect(told.append)
    made._clear.click()
    made.clear()
    assert told == [{}]
    assert not made._clear.isVisible()


def test_dropped_files_are_passed_on_and_folders_are_not(qtbot, tmp_path):
    zone = DropZone("Drop a statement")
    qtbot.addWidget(zone)
    file = tmp_path / "mtn.csv"
    file.write_text("a", encoding="utf-8")
    told = []
    zone.files_dropped.connect(told.append)
    for paths in ([file, tmp_path], [tmp_path]):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        zone.dropEvent(
            QDropEvent(
                QPointF(1, 1),
                Qt.DropAction.CopyAction,
                data,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
    assert told == [[file]]

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from core.errors import ConflictError
from ui.badges import badge_for
from ui.theme import Scheme
from ui.widgets.basics import BadgeLabel, ElidedLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import BusyButton, IconButton, button
from ui.widgets.facts import KeyValueList, MoneyPath, Step, StepState, TotalsBar
from ui.widgets.flow import FlowLayout
from ui.widgets.form_dialog import FormDialog, ReviewSheet
from ui.widgets.inputs import AmountEdit
from ui.widgets.messages import EmptyState, InfoBar, InlineMessage, Toast
from ui.widgets.navigation import NavigationList


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def form(qtbot):
    dialog = FormDialog("New payment", "Take payment")
    qtbot.addWidget(dialog)
    dialog.amount = AmountEdit()
    dialog.note = AmountEdit()
    dialog.add_field("Amount", dialog.amount)
    dialog.add_field("Fee", dialog.note)
    dialog.show()
    return dialog


def test_the_second_click_on_a_busy_button_does_nothing(qtbot):
    button = BusyButton("Confirm")
    qtbot.addWidget(button)
    clicks = []
    button.clicked.connect(lambda: clicks.append(button.is_busy))
    button.click()
    button.click()
    assert clicks == [True]
    assert button.text() == "Saving…"
    button.finish()
    assert button.text() == "Confirm"
    button.click()
    assert len(clicks) == 2


def test_an_icon_button_says_its_name(qtbot):
    button = IconButton("copy", "Copy reference")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Copy reference"


def test_a_buttons_picture_follows_the_theme(qtbot, theme):
    theme.apply(Scheme.LIGHT)
    made = button("Open orders", icon_name="box")
    qtbot.addWidget(made)
    light = made.icon().pixmap(24, 24).toImage()
    theme.apply(Scheme.DARK)
    qtbot.wait(1)
    assert made.icon().pixmap(24, 24).toImage() != light


def test_no_label_reads_markup(qtbot, window):
    label = PlainLabel("<b>15 000</b>", window)
    assert label.textFormat() == Qt.TextFormat.PlainText
    for widget in (
        InlineMessage(window),
        InfoBar(window),
        EmptyState("inbox", "<i>x</i>", parent=window),
        KeyValueList([("<u>a</u>", "<u>b</u>")], window),
    ):
        for found in widget.findChildren(QLabel):
            assert found.textFormat() == Qt.TextFormat.PlainText


def test_a_badge_is_read_out(qtbot):
    label = BadgeLabel(badge_for("status", "failed"))
    qtbot.addWidget(label)
    assert label.accessibleName() == "Failed"
    assert label.sizeHint().width() > label.sizeHint().height()


def test_an_error_hides_its_raw_text_behind_details(qtbot, window):
    message = InlineMessage(window)
    message.show_error(ConflictError("Nothing was changed.", details="version 3, expected 2"))
    assert message.text == "Nothing was changed."
    assert not message._details.isVisible()
    message._more.click()
    assert message._details.isVisible()
    assert message._details.text() == "version 3, expected 2"
    message.clear()
    assert not message.isVisible()


def test_an_info_bar_offers_its_one_action(qtbot, window):
    bar = InfoBar(window)
    bar.show_state("The network is down.", action="Try now")
    with qtbot.waitSignal(bar.action_triggered):
        bar._action.click()
    bar.clear()
    assert not bar.isVisible()


def test_a_form_stays_busy_until_the_work_is_done_and_closes_on_success(qtbot):
    dialog = form(qtbot)
    asked = []
    dialog.submitted.connect(lambda: asked.append(1))
    dialog.submit_button.click()
    dialog.submit_button.click()
    assert asked == [1]
    dialog.reject()
    assert dialog.isVisible(), "a form at work cannot be closed"
    dialog.succeed()
    assert dialog.result() == dialog.DialogCode.Accepted
    assert not dialog.isVisible()


def test_a_failed_form_keeps_what_was_typed_and_says_why(qtbot):
    dialog = form(qtbot)
    dialog.amount.edit.setText("15000")
    dialog.submit_button.click()
    dialog.fail(ConflictError("Nothing was changed."))
    assert dialog.isVisible()
    assert dialog.message.text == "Nothing was changed."
    assert dialog.amount.amount_minor == 15_000
    assert dialog.submit_button.isEnabled()


def test_esc_asks_before_typed_data_is_lost(qtbot):
    dialog = form(qtbot)
    dialog.amount.edit.setText("15000")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog._discard_bar.isVisible()
    dialog._on_discard()
    assert not dialog.isVisible()


def test_esc_closes_an_untouched_form(qtbot):
    dialog = form(qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_enter_goes_to_the_next_field_and_sends_from_the_last(qtbot):
    dialog = form(qtbot)
    asked = []
    dialog.submitted.connect(lambda: asked.append(1))
    dialog.activateWindow()
    dialog.amount.edit.setFocus()
    qtbot.keyClick(dialog.amount.edit, Qt.Key.Key_Return)
    assert not asked
    dialog.note.edit.setFocus()
    qtbot.keyClick(dialog.note.edit, Qt.Key.Key_Return)
    assert asked == [1]
    dialog.stop()


def sheet(qtbot):
    made = ReviewSheet("Refund", "Refund 12 000 RWF", "12 000 RWF", [("To", "Claire")])
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_never_sends_money(qtbot):
    made = sheet(qtbot)
    sent = []
    made.submitted.connect(lambda: sent.append(1))
    made.submit_button.setFocus()
    for widget in (made.submit_button, made, made.facts):
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        qtbot.keyClick(widget, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not sent
    assert made.cancel_button.isDefault()
    assert not made.submit_button.isDefault()


def test_enter_presses_the_button_it_stands_on(qtbot):
    dialog = form(qtbot)
    dialog.amount.edit.setText("5000")
    dialog.reject()
    keep = dialog.focusWidget()
    assert keep.text() == "Keep editing"
    qtbot.keyClick(keep, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not keep.isVisible()
    assert dialog.amount.edit.text() == "5000"
    dialog.cancel_button.setFocus()
    dialog.amount.edit.clear()
    qtbot.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_key_held_down_does_not_submit_the_form_it_opened(qtbot):
    dialog = form(qtbot)
    asked = []
    dialog.submitted.connect(lambda: asked.append(1))
    dialog.note.edit.setFocus()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_Return):
        held = QKeyEvent(
            QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=True
        )
        QApplication.sendEvent(dialog.note.edit, held)
    assert not asked
    qtbot.keyClick(dialog.note.edit, Qt.Key.Key_F12)
    assert asked == [1]
    dialog.stop()


def test_a_sheet_is_as_high_as_what_it_says(qtbot):
    made = sheet(qtbot)
    for number in range(6):
        made.form.addRow(PlainLabel(f"Sentence {number} of some length, as checks are.", wrap=True))
    made.adjustSize()
    last = made.form.itemAt(made.form.count() - 1).widget()
    below = last.mapTo(made, last.rect().bottomLeft()).y()
    assert made.cancel_button.y() - below < made.fontMetrics().height() * 3
    assert last.height() >= last.heightForWidth(last.width())


def test_a_form_grows_with_its_message(qtbot):
    dialog = form(qtbot)
    before = dialog.height()
    dialog.message.show_message("Nothing was charged. " * 12, level="error")
    qtbot.waitUntil(lambda: dialog.height() > before + dialog.fontMetrics().height() * 2)


def test_a_long_name_gives_up_its_middle_before_it_widens_the_window(qtbot, window):
    label = ElidedLabel("MTN-MoMo-250788300100-20261106-20261112.csv" * 3, window)
    assert label.minimumSizeHint().width() < 200 < label.sizeHint().width()
    label.resize(150, 20)
    label.show()
    label.grab()
    assert label.toolTip() == label.text()
    label.resize(label.sizeHint())
    label.grab()
    assert not label.toolTip()


def test_a_row_without_room_becomes_several(qtbot, window):
    row = QWidget(window)
    flow = FlowLayout(row, spacing=10)
    parts = [QWidget() for _ in range(3)]
    for part in parts:
        part.setFixedSize(100, 20)
        flow.addWidget(part)
    row.resize(320, 20)
    row.show()
    flow.activate()
    assert [part.x() for part in parts] == [0, 110, 220]
    assert flow.heightForWidth(320) == 20
    row.resize(250, 50)
    flow.activate()
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (110, 0), (0, 30)]
    assert (flow.heightForWidth(250), flow.minimumSize().width()) == (50, 100)
    parts[0].hide()
    assert flow.heightForWidth(250) == 20


def test_money_is_sent_by_click_or_f12_once(qtbot):
    made = sheet(qtbot)
    sent = []
    made.submitted.connect(lambda: sent.append(1))
    qtbot.keyClick(made, Qt.Key.Key_F12)
    qtbot.keyClick(made, Qt.Key.Key_F12)
    assert sent == [1]
    made.succeed()


def test_undo_takes_back_once_and_a_new_message_replaces_the_old(qtbot, window):
    toast = Toast.of(window)
    assert Toast.of(window) is toast
    undone = []
    toast.tell("First.", lambda: undone.append("first"))
    toast.tell("Second.", lambda: undone.append("second"))
    assert toast.text == "Second."
    toast._undo.click()
    toast._undo.click()
    assert undone == ["second"]
    assert not toast.isVisible()


def test_a_toast_takes_no_click_from_the_button_it_covers_unless_it_has_one_itself(qtbot, window):
    covered, clicks = QPushButton("Undo last", window), []
    covered.clicked.connect(lambda: clicks.append(1))
    toast = Toast.of(window)
    toast.tell("39 matches approved. Ctrl+Z takes them back.")
    covered.setGeometry(toast.geometry())
    covered.show()
    toast.raise_()

    place = toast.geometry().center()
    assert window.childAt(place) is covered
    qtbot.mouseClick(window.childAt(place), Qt.MouseButton.LeftButton)
    assert clicks == [1]
    toast.tell("The sale was recorded.", lambda: None)
    assert window.childAt(toast.geometry().center()) is not covered


def test_a_toast_goes_by_itself_and_then_undoes_nothing(qtbot, window):
    other = QLineEdit(window)
    other.show()
    other.setFocus()
    toast = Toast.of(window)
    undone = []
    toast.tell("Done.", lambda: undone.append(1), seconds=0.05)
    qtbot.waitUntil(lambda: not toast.isVisible())
    toast._shortcut.activated.emit()
    assert not undone


def test_the_path_of_the_money_is_read_out_and_needs_room_for_its_words(qtbot):
    path = MoneyPath(
        [
            Step("Sent", StepState.DONE, "10:44"),
            Step("PIN", StepState.CURRENT, "since 10:44, asks again in 5 s"),
            Step("On statement", StepState.WAITING),
        ]
    )
    qtbot.addWidget(path)
    assert path.accessibleName() == (
        "Sent, done, 10:44; PIN, now, since 10:44, asks again in 5 s; On statement, not yet"
    )
    assert path.heightForWidth(150) > path.heightForWidth(900)


IDENTIFIER = "01234567-1234-7123-8123-012345678901"


def line_widths(label):
    block = label.findChild(QTextDocument).firstBlock()
    layout = block.layout()
    return [layout.lineAt(at).naturalTextWidth() for at in range(layout.lineCount())]


def test_an_identifier_is_broken_where_it_has_no_room_and_copied_whole(qtbot, window):
    """Qt breaks no line between a hyphen and a digit; nothing is put into the text for it."""
    facts = KeyValueList([("Payment", IDENTIFIER)], window, copyable=frozenset({"Payment"}))
    value = facts.findChild(SelectableLabel)
    whole = value.fontMetrics().horizontalAdvance(IDENTIFIER)
    facts.show()
    facts.resize(whole, 200)
    assert facts.minimumSizeHint().width() < whole
    assert value.width() < whole
    for text, least in ((IDENTIFIER, 2), ("short", 1), (f"{IDENTIFIER}{IDENTIFIER}", 3)):
        value.setText(text)
        value.repaint()
        widths = line_widths(value)
        assert len(widths) >= least
        assert max(widths) <= value.width()
        assert value.heightForWidth(value.width()) >= len(widths) * value.fontMetrics().height()
    value.setText(IDENTIFIER)
    window.activateWindow()
    qtbot.keyClick(value, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(value, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == value.selectedText() == IDENTIFIER
    assert value.accessibleName() == f"Payment: {IDENTIFIER}"


def test_facts_can_change_and_an_empty_one_is_a_dash(qtbot):
    facts = KeyValueList([("Payer", "")])
    qtbot.addWidget(facts)
    facts.set_facts([("Payer", "Jean"), ("Telephone", "")])
    shown = [label.text() for label in facts.findChildren(QLabel) if not label.isHidden()]
    assert shown == ["Payer", "Jean", "Telephone", "–"]


def test_totals_say_what_is_hidden_by_filters(qtbot):
    bar = TotalsBar()
    qtbot.addWidget(bar)
    bar.show_total(3, "45 000 RWF", of=1204)
    assert bar.total.text() == "Shown 3 of 1\u202f204 · Σ 45 000 RWF"
    bar.show_total(1204)
    assert bar.total.text() == "Rows: 1\u202f204"
    bar.show_selection(2, "30 000 RWF")
    assert bar.selection.text() == "Selected 2 · 30 000 RWF"


def test_pages_are_chosen_by_button_and_shown_by_key(qtbot, window):
    navigation = NavigationList("Sanduku", window)
    navigation.add_page("desk", "Cashier", "till")
    navigation.add_page("refunds", "Refunds", "refund")
    told = []
    navigation.page_chosen.connect(told.append)
    navigation.choose("desk")
    assert navigation.current == "desk"
    assert not told
    navigation._buttons["refunds"].click()
    assert told == ["refunds"]
    navigation.set_count("refunds", 3)
    assert navigation._buttons["refunds"].accessibleName() == "Refunds, 3 waiting"


def test_alt_and_a_digit_go_to_a_page(qtbot, window):
    navigation = NavigationList("", window)
    navigation.add_page("desk", "Cashier", "till")
    navigation.add_page("refunds", "Refunds", "refund")
    window.show()
    navigation.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    told = []
    navigation.page_chosen.connect(told.append)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert told == ["refunds"]


def test_facts_stand_at_one_distance_whether_or_not_they_can_be_copied(qtbot, theme):
    theme.apply(Scheme.LIGHT)
    facts = KeyValueList(
        (("Customer", "Aline"), ("Telephone", "0788"), ("Method", "MTN"), ("For", "Order")),
        copyable=frozenset({"Telephone"}),
    )
    qtbot.addWidget(facts)
    facts.show()
    (copy,) = facts.findChildren(IconButton)
    assert min(copy.width(), copy.height()) >= 24
    labels = [made for made in facts.findChildren(PlainLabel) if type(made) is PlainLabel]
    places = [each.geometry().center().y() for each in labels]
    assert len({below - above for above, below in pairwise(places)}) == 1

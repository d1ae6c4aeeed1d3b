"""JSON of any size is folded, found and copied with the keyboard, and shown as plain text."""

import json

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from ui.models.json_nodes import MOST_CHILDREN, PIECE_CHARACTERS, formatted, parsed
from ui.widgets.json_view import JsonView

ANSWER = json.dumps(
    {"status": "PENDING", "payer": {"partyId": "250788123456", "type": "MSISDN"}, "steps": [1, 2]}
)


def opened(qtbot, text):
    view = JsonView("Answer", text)
    qtbot.addWidget(view)
    view.resize(600, 400)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.fold.click()
    view.tree.setFocus()
    return view


def shown(tree):
    rows, index = [], tree.model().index(0, 0)
    while index.isValid():
        rows.append(index.data())
        index = tree.indexBelow(index)
    return rows


def test_it_is_folded_at_first_and_opens_with_its_values(qtbot):
    view = JsonView("Answer", ANSWER)
    qtbot.addWidget(view)
    assert view.tree.isHidden()
    view.fold.click()
    assert not view.tree.isHidden()
    assert shown(view.tree) == [
        'status: "PENDING"', "payer: { 2 }", 'partyId: "250788123456"', 'type: "MSISDN"',
        "steps: [ 2 ]", "0: 1", "1: 2",
    ]  # fmt: skip


def test_arrows_and_enter_fold_and_a_star_unfolds_all_below(qtbot):
    tree = opened(qtbot, ANSWER).tree
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    qtbot.keyClick(tree, Qt.Key.Key_Left)
    assert shown(tree)[1:3] == ["payer: { 2 }", "steps: [ 2 ]"]
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert shown(tree)[2] == 'partyId: "250788123456"'
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    qtbot.keyClick(tree, Qt.Key.Key_Asterisk)
    assert shown(tree)[2] == 'partyId: "250788123456"'


def test_a_value_is_copied_as_it_is_and_a_branch_as_json(qtbot):
    tree = opened(qtbot, ANSWER).tree
    qtbot.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "PENDING"
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    qtbot.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert json.loads(QGuiApplication.clipboard().text())["type"] == "MSISDN"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(tree, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text() == ANSWER


def test_f3_finds_keys_and_values_round_and_round(qtbot):
    view = opened(qtbot, ANSWER)
    view.tree.collapseAll()
    qtbot.keyClick(view.tree, Qt.Key.Key_F3)
    assert view.find_field.hasFocus()
    qtbot.keyClicks(view.find_field, "msisdn")
    qtbot.keyClick(view.find_field, Qt.Key.Key_Return)
    assert view.tree.currentIndex().data() == 'type: "MSISDN"'
    assert view.told.text() == "1 of 1"
    view.find_field.setText("p")
    places = []
    for _ in range(4):
        qtbot.keyClick(view.find_field, Qt.Key.Key_F3)
        places.append(view.tree.currentIndex().data())
    assert places[:3] != places[1:]
    view.find_field.setText("absent")
    qtbot.keyClick(view.find_field, Qt.Key.Key_Return)
    assert view.told.text() == "Not found"
    qtbot.keyClick(view.find_field, Qt.Key.Key_Escape)
    assert view.find_field.isHidden()
    assert view.tree.hasFocus()


def test_numbers_and_repeated_keys_stay_as_they_were_written():
    text = '{"amount": 15000.00, "id": 123456789012345678901234567890, "a": 1, "a": null}'
    root = parsed(text)
    assert [node.text for node in root.children] == [
        "15000.00", "123456789012345678901234567890", "1", "null",
    ]  # fmt: skip
    assert formatted(root.value) == (
        '{\n  "amount": 15000.00,\n  "id": 123456789012345678901234567890,\n'
        '  "a": 1,\n  "a": null\n}'
    )


def test_text_that_is_no_json_is_shown_as_its_lines(qtbot):
    tree = opened(qtbot, "<html>\n<b>502</b>").tree
    assert shown(tree) == ["<html>", "<b>502</b>"]


def test_a_mark_that_turns_text_round_is_spelt_out():
    assert parsed('["\\u202e0000001"]').children[0].text == '"\\u202e0000001"'


def test_deep_nesting_is_shown_as_text_and_not_at_the_cost_of_the_program():
    root = parsed("[" * 100_000)
    assert root.children
    assert len(root.children) <= MOST_CHILDREN


def test_a_long_text_unfolds_into_pieces_without_a_letter_lost():
    whole = "".join(chr(97 + number % 26) for number in range(1_000))
    node = parsed(json.dumps({"token": whole})).children[0]
    assert len(node.text) < 2 * PIECE_CHARACTERS
    assert "".join(piece.text for piece in node.children) == whole


def test_a_megabyte_is_never_shown_at_once(qtbot):
    many = json.dumps([{"id": number, "name": f"name {number}"} for number in range(30_000)])
    assert len(many) > 1_000_000
    view = opened(qtbot, many)
    assert len(shown(view.tree)) <= MOST_CHILDREN
    view.tree.unfold(QModelIndex())
    assert len(shown(view.tree)) < 1_000
    view.find_field.setText("name 29999")
    view.find_next(1)
    assert view.tree.currentIndex().data() == 'name: "name 29999"'
    assert view.tree.currentIndex().parent().data() == "29999: { 2 }"

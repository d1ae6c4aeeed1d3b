import sys

from PySide6.QtWidgets import QLabel


def test_setting_text_takes_no_reference_from_none(qtbot):
    """PySide6 6.12.0 loses one per call on Python 3.11 and aborts after some 5 000 calls."""
    label = QLabel()
    qtbot.addWidget(label)
    label.setText("warm up")
    before = sys.getrefcount(None)
    for number in range(2000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 200

"""What tests of widgets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The program's look, which goes when the test ends: later widgets are measured without it."""
    look = (qapp.palette(), qapp.font(), qapp.styleSheet())
    made = Theme(qapp)
    yield made
    qapp.setPalette(look[0])
    qapp.setFont(look[1])
    qapp.setStyleSheet(look[2])
    made.deleteLater()

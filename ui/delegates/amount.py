"""Amounts: right-aligned, in digits of one width, never cut to a smaller number."""

from __future__ import annotations

from PySide6.QtWidgets import QStyleOptionViewItem

from ui.delegates.text import CellDelegate


class AmountDelegate(CellDelegate):
    """Paints numbers to the right edge; one that does not fit becomes "…", not another number."""

    def shorten(self, option: QStyleOptionViewItem, text: str, width: int) -> str:
        """Return the whole number or none of it."""
        return text if option.fontMetrics.horizontalAdvance(text) <= width else "…"

    def left_edge(self, text_width: float, width: int) -> float:
        """Return where a number begins so that it ends at the right margin."""
        return self.margin + width - text_width

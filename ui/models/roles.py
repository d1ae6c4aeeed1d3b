"""Item roles and alignments as plain ints.

A view asks a model thousands of times per repaint; comparing an int is three hundred times
cheaper than looking an enum member up and comparing with it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt

DISPLAY = int(Qt.ItemDataRole.DisplayRole)
ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
ACCESSIBLE_TEXT = int(Qt.ItemDataRole.AccessibleTextRole)
USER = int(Qt.ItemDataRole.UserRole)

COPY = USER + 1
"""What the clipboard gets: amounts as plain digits, times in ISO 8601."""
BADGE = USER + 2
"""The ``Badge`` of a badge cell, or None."""
ROW = USER + 3
"""The frozen row itself, or None while it is loading."""
ROW_ID = USER + 4
"""The row's identity, or None while it is loading."""
TONE = USER + 5
"""Name of a colour token for the cell's text ("danger", "text_muted"), or None."""

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTER = int(Qt.AlignmentFlag.AlignCenter)
HORIZONTAL = int(Qt.Orientation.Horizontal.value)

"""What tests of the reconcile page see of its lists."""

from __future__ import annotations

from core.services.reconciliations.lists import ListedLine
from ui.pages.reconcile.page import ReconcilePage


def rows(page: ReconcilePage) -> list[ListedLine]:
    """Return the lines of the list that are read."""
    model = page.work.table.model_of_lines
    found = (model.row_at(place) for place in range(model.total))
    return [row for row in found if row is not None]

"""The way of one page of a table: asked for off the GUI thread, delivered or refused on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from core.errors import KnownError
from core.services.rows import Page as RowPage
from ui.models.table import PagedTableModel
from ui.tasks import TaskRunner

RowT = TypeVar("RowT")


def fetch_page(
    tasks: TaskRunner,
    owner: QObject,
    model: PagedTableModel[RowT],
    question: int,
    number: int,
    read: Callable[[int, int], RowPage[RowT]],
    *,
    on_refused: Callable[[KnownError], object],
    on_delivered: Callable[[RowPage[RowT]], object] | None = None,
) -> None:
    """Answer a model's ``page_wanted``: ``read`` is given offset and limit on the database thread.

    Nothing is called back once ``owner`` is gone.
    """

    def arrived(found: RowPage[RowT]) -> None:
        model.deliver(question, number, found.rows, found.total)
        if on_delivered is not None:
            on_delivered(found)

    def refused(error: KnownError) -> None:
        model.failed(question, number)
        on_refused(error)

    offset, limit = number * model.page_size, model.page_size
    tasks.query(owner, lambda: read(offset, limit), on_success=arrived, on_known_error=refused)

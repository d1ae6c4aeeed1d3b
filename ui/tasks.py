"""Work off the GUI thread, answers on it.

One thread does everything that touches the database, in the order asked, so that a read after a
write sees the write. Reads that may take long, such as counting, have a thread of their own and
end when they are no longer wanted. A small pool does what is slow and needs no database: reading a
statement, rendering a PDF. A callback runs on the GUI thread, and not at all once its owner is
gone.

    tasks.operation(self, lambda: app.payments.take(command), on_success=self._on_taken,
                    on_known_error=self._show_error, on_finished=self.button.finish)
    tasks.query(self, lambda: app.payments.page(filter), on_success=model_deliver, latest="page")
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from core.errors import KnownError
from ui.garbage import GarbageKeeper

logger = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")


class Cancelled(Exception):  # noqa: N818 - not a failure: the person wanted it
    """Raised inside slow work by ``Progress.report`` once the person pressed Cancel."""


class Progress:
    """What slow work reports to: ``progress.report(13, 19)`` means 13 of 19 lines."""

    def __init__(self, emit: Callable[[int, int], None]) -> None:
        self._emit = emit
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the work should stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancelled.set()

    def report(self, done: int, total: int) -> None:
        """Say how far the work is.

        Raises:
            Cancelled: the person pressed Cancel or the program is closing.

        """
        if self.is_cancelled:
            raise Cancelled
        self._emit(done, total)


@dataclass(eq=False)
class Task(Generic[ResultT]):
    """One piece of work under way; ``cancel()`` drops its answer, and the work if not begun."""

    owner: QObject
    on_success: Callable[[ResultT], object] | None
    on_known_error: Callable[[KnownError], object] | None
    on_finished: Callable[[], object] | None
    is_write: bool
    progress: Progress | None = None
    is_dropped: bool = False
    future: Future[ResultT] | None = field(default=None, repr=False)

    def cancel(self) -> None:
        """Drop the answer; a write that has begun is never interrupted."""
        self.is_dropped = True
        if self.progress:
            self.progress.cancel()
        if self.future and not self.is_write:
            self.future.cancel()


class TaskRunner(QObject):
    """Runs operations, queries and slow work; see the module's text.

    Signals:
        bug_raised(error): work raised something that is no ``KnownError``; it has been logged.
        known_error_raised(error): a known error that its caller gave no callback for.
        busy_changed(busy): database or slow work began while none was there, or the last ended.
    """

    bug_raised = Signal(object)
    known_error_raised = Signal(object)
    busy_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None, *, slow_threads: int = 2) -> None:
        super().__init__(parent)
        self._database = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._slow = ThreadPoolExecutor(slow_threads, thread_name_prefix="slow")
        self._open: set[Task[object]] = set()
        self._latest: dict[tuple[int, str], Task[object]] = {}
        self._is_closed = False
        # These threads allocate, so they would collect, and must not take widgets away.
        self._garbage = GarbageKeeper(self)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Tell whether any work has not delivered its answer yet."""
        return bool(self._open)

    def operation(
        self,
        owner: QObject,
        work: Callable[[], ResultT],
        *,
        on_success: Callable[[ResultT], object] | None = None,
        on_known_error: Callable[[KnownError], object] | None = None,
        on_finished: Callable[[], object] | None = None,
    ) -> Task[ResultT]:
        """Do a write on the database thread; it is done even when its owner closes meanwhile."""
        task = Task(owner, on_success, on_known_error, on_finished, is_write=True)
        self._submit(self._database, task, work)
        return task

    def query(
        self,
        owner: QObject,
        work: Callable[[], ResultT],
        *,
        on_success: Callable[[ResultT], object] | None = None,
        on_known_error: Callable[[KnownError], object] | None = None,
        on_finished: Callable[[], object] | None = None,
        latest: str = "",
    ) -> Task[ResultT]:
        """Do a read on the database thread; an older one of the same ``latest`` is dropped."""
        task = Task(owner, on_success, on_known_error, on_finished, is_write=False)
        if latest:
            self._replace(owner, latest, task)
        self._submit(self._database, task, work)
        return task

    def aside(
        self,
        owner: QObject,
        work: Callable[[Callable[[], bool]], ResultT],
        *,
        latest: str,
        on_success: Callable[[ResultT], object] | None = None,
        on_known_error: Callable[[KnownError], object] | None = None,
    ) -> Task[ResultT]:
        """Do a read that may take long beside all others, such as counting.

        ``work`` is given what tells that its answer is no longer wanted; an older one of the same
        ``latest`` is told so.
        """
        task = Task(owner, on_success, on_known_error, None, is_write=False)
        progress = task.progress = Progress(lambda _done, _total: None)
        self._replace(owner, latest, task)
        self._submit(self._aside, task, lambda: work(lambda: progress.is_cancelled))
        return task

    def slow(
        self,
        owner: QObject,
        work: Callable[[Progress], ResultT],
        *,
        on_success: Callable[[ResultT], object] | None = None,
        on_known_error: Callable[[KnownError], object] | None = None,
        on_finished: Callable[[], object] | None = None,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> Task[ResultT]:
        """Do long work without the database; ``task.cancel()`` stops it at its next report."""
        task = Task(owner, on_success, on_known_error, on_finished, is_write=False)

        def tell(done: int, total: int) -> None:
            if on_progress is not None:
                self._arrived.emit(lambda: self._alive(task) and on_progress(done, total))

        progress = Progress(tell)
        task.progress = progress
        self._submit(self._slow, task, lambda: work(progress))
        return task

    def tidy_memory(self) -> None:
        """Take the time for all memory that is no longer needed, where nobody waits for a frame."""
        self._garbage.look_at_all()

    def shutdown(self) -> None:
        """Finish writes that were asked for, drop everything else, and leave no thread behind."""
        self._is_closed = True
        for task in tuple(self._open):
            task.cancel()
        self._aside.shutdown(wait=True)
        self._slow.shutdown(wait=True)
        self._database.shutdown(wait=True)
        self._open.clear()
        self._latest.clear()
        self._garbage.stop()

    def _replace(self, owner: QObject, latest: str, task: Task[ResultT]) -> None:
        older = self._latest.get((id(owner), latest))
        if older is not None:
            older.cancel()
        self._latest[id(owner), latest] = task  # type: ignore[assignment]  # kept, not called

    def _submit(
        self, pool: ThreadPoolExecutor, task: Task[ResultT], work: Callable[[], ResultT]
    ) -> None:
        if self._is_closed and not task.is_write:
            # A timer may ask once more: dropped, as what was under way.
            task.is_dropped = True
            return
        was_busy = self.is_busy
        self._open.add(task)  # type: ignore[arg-type]  # kept, not called
        future = pool.submit(work)
        task.future = future
        future.add_done_callback(lambda _: self._arrived.emit(lambda: self._deliver(task)))
        if not was_busy:
            self.busy_changed.emit(True)

    def _on_arrived(self, deliver: Callable[[], object]) -> None:
        deliver()

    def _alive(self, task: Task[ResultT]) -> bool:
        return not (self._is_closed or task.is_dropped) and shiboken6.isValid(task.owner)

    def _deliver(self, task: Task[ResultT]) -> None:
        self._open.discard(task)
        for key in [key for key, kept in self._latest.items() if kept is task]:
            del self._latest[key]
        try:
            self._call_back(task)
        finally:
            if not self.is_busy:
                self.busy_changed.emit(False)

    def _call_back(self, task: Task[ResultT]) -> None:
        future = task.future
        if future is None or future.cancelled():
            error, result = None, None
        else:
            error = future.exception()
            result = None if error else future.result()
        if error is not None and not isinstance(error, KnownError | Cancelled):
            logger.error("Work off the GUI thread failed.", exc_info=error)
            self.bug_raised.emit(error)
        if not self._alive(task):
            return
        if task.on_finished is not None:
            task.on_finished()
        if error is None and task.on_success is not None:
            task.on_success(result)  # type: ignore[arg-type]  # not dropped means not cancelled
        elif isinstance(error, KnownError):
            (task.on_known_error or self.known_error_raised.emit)(error)

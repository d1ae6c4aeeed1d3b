"""How lists are read: all the time, from any thread, and let go of when nobody waits any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

from core.database import engine as engines
from core.database.driver_questions import DriverQuestion, ask_driver
from core.database.known_errors import known_errors
from core.errors import ReadCancelledError

Ends = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Rows as the driver gives them; not ``is_all`` where enough were found before."""

    rows: Sequence[Any]
    is_all: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question under way: ``ends`` is asked now and then, ``often`` where it seems to do little.

    The rows come one by one.
    """

    question: DriverQuestion
    values: Mapping[str, object]
    rows: list[Any]
    ends: Ends | None
    often: bool = False


class ListReader:
    """Asks the driver of an engine, or that of ``lists`` which is for nothing else."""

    def __init__(self, engine: Engine, lists: Engine) -> None:
        self._engine = engine
        self._lists = lists
        self._moment = threading.local()
        self._is_shared = engines.is_server(engine)
        self._begin_moment = (
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            if self._is_shared
            else "BEGIN"
        )

    def rows(
        self, question: DriverQuestion, values: Mapping[str, object], cancelled: Ends | None = None
    ) -> Sequence[Any]:
        """Return a question's rows; see :meth:`core.database.unit_of_work.Database.rows`."""
        asked = _Asked(question, values, [], cancelled)
        self._ask(asked)
        return asked.rows

    def rows_until(
        self,
        question: DriverQuestion,
        values: Mapping[str, object],
        is_enough: Callable[[int], bool],
        cancelled: Ends,
    ) -> FoundRows:
        """Return rows; see :meth:`core.database.unit_of_work.Database.rows_until`."""
        if self._is_shared:
            return FoundRows(self.rows(question, values, cancelled), is_all=True)
        found: list[Any] = []
        ended: list[bool] = []

        def ends() -> bool:
            if not ended and is_enough(len(found)):
                ended.append(True)
            return bool(ended) or cancelled()

        try:
            self._ask(_Asked(question, values, found, ends, often=True))
        except ReadCancelledError:
            if not ended:
                raise
        return FoundRows(found, is_all=not ended)

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Let all rows this thread reads meanwhile be of one moment of the shop."""
        with known_errors(), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute(self._begin_moment)
            self._moment.connection = connection
            try:
                yield
            finally:
                self._moment.connection = None
                connection.rollback()

    def _ask(self, asked: _Asked) -> None:
        with known_errors():
            kept: PoolProxiedConnection | None = getattr(self._moment, "connection", None)
            if kept is not None:
                self._ask_over(nullcontext(kept), asked)
                return
            try:
                self._ask_over(self._connection(), asked)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            else:
                return
            # It was lost while it lay idle, as were those that lie beside it.
            self._lists.dispose()
            asked.rows.clear()
            self._ask_over(self._connection(), asked)

    def _ask_over(
        self, opened: AbstractContextManager[PoolProxiedConnection], asked: _Asked
    ) -> None:
        driver_error = self._engine.dialect.loaded_dbapi.Error
        try:
            with (
                opened as connection,
                engines.interrupted_when(
                    connection.driver_connection, asked.ends, often=asked.often
                ),
            ):
                ask_driver(connection, asked.question, asked.values, asked.rows)
        except driver_error as error:
            raise DBAPIError.instance(
                asked.question.sql,
                None,
                error,
                driver_error,
                hide_parameters=True,
                connection_invalidated=engines.is_lost(error),
            ) from error

    @contextmanager
    def _connection(self) -> Iterator[PoolProxiedConnection]:
        with closing(self._lists.raw_connection()) as connection:
            try:
                yield connection
            except Exception as error:
                if engines.is_lost(error):
                    connection.invalidate()
                raise

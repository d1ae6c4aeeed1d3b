"""A desk that takes one payment after the other for some seconds, and says how many."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from typing import Any

from core.database import unit_of_work
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService

CASH = RecordPayment(
    key="",
    method=PaymentMethod.CASH,
    amount_minor=12_000,
    tendered_minor=15_000,
    complete_now=True,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a desk stands: its shop's address, and who works at it."""

    url: str
    actor: Actor


def taken_by(seats: Sequence[Seat], seconds: float, *, alone: bool = False) -> list[int]:
    """Let desks take payments in the same seconds, each a process; return how many each took.

    ``alone``: each act has the whole shop to itself.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.benchmarks.crowded_desk"])
    together = context.Barrier(len(seats) + 1)
    answers = context.Queue()
    desks = [
        context.Process(target=_work, args=(seat, seconds, alone, together, answers))
        for seat in seats
    ]
    for desk in desks:
        desk.start()
    together.wait()
    counts = [answers.get(timeout=seconds + 60) for _ in desks]
    for desk in desks:
        desk.join()
    return counts


def _work(seat: Seat, seconds: float, alone: bool, together: Barrier, answers: Any) -> None:
    if alone:
        _be_alone()
    database = Database(seat.url)
    service = PaymentService(database)
    run = time.time_ns()

    def take(number: int) -> None:
        key = f"{seat.actor.name}-{run}-{number}"
        service.record(seat.actor, replace(CASH, key=key))

    take(0)
    together.wait()
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
        take(number)
    database.close()
    answers.put(number)


def _be_alone() -> None:
    write = unit_of_work.Database.write

    @contextmanager
    def alone(self: Database, actor: Actor | None, *, beside_others: bool = False) -> Any:
        with write(self, actor) as unit:
            yield unit

    unit_of_work.Database.write = alone  # type: ignore[method-assign]

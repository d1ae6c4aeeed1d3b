"""What a life of the shop is to do, as the driver tells the process that starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.gateways.sandbox import Network
from tests.faults.sales import Sale


@dataclass(frozen=True, slots=True)
class Life:
    """One life: the sales to have made by its end, and how it dies.

    With ``kill_after_s`` it is killed that many seconds after its birth; with ``kill_at`` at the
    so-maniest system call of that name once it is warm; else it ends when all is settled.
    ``one_thread`` runs the worker in the main thread, so that the calls come in one order.
    ``step`` says what is done once warm. ``mutant`` names a mistake to make.
    """

    folder: str
    sales: tuple[Sale, ...]
    kill_after_s: float | None = None
    kill_at: tuple[str, int] | None = None
    one_thread: bool = False
    step: str = "collect"
    mutant: str = ""
    longest_s: float = 40.0

    def to_text(self) -> str:
        """Return the order as one line."""
        return json.dumps(asdict(self))

    @staticmethod
    def of_text(line: str) -> Life:
        """Return the order a line tells."""
        fields = json.loads(line)
        sales = tuple(
            Sale(**{**sale, "network": Network(sale["network"])}) for sale in fields.pop("sales")
        )
        kill_at = fields.pop("kill_at")
        return Life(**fields, sales=sales, kill_at=tuple(kill_at) if kill_at else None)


@dataclass(frozen=True, slots=True)
class End:
    """How a life ended: ``killed``, ``settled``, or ``failed`` with what it said."""

    how: str
    told: str = field(default="", repr=False)

    def to_text(self) -> str:
        """Return the end as one line."""
        return json.dumps(asdict(self))

    @staticmethod
    def of_text(line: str) -> End:
        """Return the end a line tells."""
        return End(**json.loads(line))


def log_of(folder: Path) -> Path:
    """Return the file that the lives of a shop log to."""
    return folder.parent / f"{folder.name}.log"

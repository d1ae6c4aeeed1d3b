"""Which shop to open, and how; kept apart from the shop itself so that a window opens before it."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path

from core.clock import Clock, system_clock

DATABASE_FILE = "sanduku.db"

DEMO_MARK = "demo.txt"
"""A shop whose folder holds this file is a demonstration; its password is no secret."""


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one try at a password costs: passes over the memory, its size in KiB, and threads."""

    time_cost: int = 3
    memory_kib: int = 64 * 1024
    parallelism: int = 4


DEFAULT_PASSWORD_COST = PasswordCost()
"""The second recommended option of RFC 9106, section 4."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Which shop to open, and how.

    ``desk`` names this computer in the audit trail. Without ``use_keyring`` the key to the
    providers' secrets lies in the shop's folder: for the demo, which holds none worth keeping.
    """

    data_dir: Path
    desk: str = field(default_factory=socket.gethostname)
    clock: Clock = system_clock
    password_cost: PasswordCost = DEFAULT_PASSWORD_COST
    use_keyring: bool = True

    @property
    def database_path(self) -> Path:
        """The shop's file."""
        return self.data_dir / DATABASE_FILE

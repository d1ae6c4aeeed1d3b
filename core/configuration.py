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
class GatewayTiming:
    """When the mobile networks are asked, in seconds.

    ``ladder`` is the wait before each question after a request was sent, its last step repeated
    until ``long_after_s``; then every ``long_wait_s``, and from ``unresolved_after_s`` on, when a
    person must look, every ``unresolved_wait_s``. ``late_checks`` are the moments after a failure
    at which the network is asked once more whether the money came after all. A request that did
    not leave within ``send_within_s`` is given up: a prompt must not surprise a customer who left.
    A reference denied ``not_found_times`` over ``not_found_for_s`` is sent once more.
    """

    ladder: tuple[float, ...] = (3, 5, 8, 12, 20, 30, 45, 60)
    slow_after_s: float = 300
    slow_wait_s: float = 120
    long_after_s: float = 3600
    long_wait_s: float = 900
    unresolved_after_s: float = 24 * 3600
    unresolved_wait_s: float = 3600
    late_checks: tuple[float, ...] = (60, 300, 900, 3600, 6 * 3600)
    send_within_s: float = 300
    send_again_wait: tuple[float, ...] = (2, 5, 10, 20, 30)
    not_found_times: int = 3
    not_found_for_s: float = 60
    connect_timeout_s: float = 5
    read_timeout_s: float = 25
    idle_s: float = 0.25


DEFAULT_GATEWAY_TIMING = GatewayTiming()


@dataclass(frozen=True, slots=True)
class MailTiming:
    """When mails are tried again, and how long the mail server may take, in seconds.

    ``ladder`` is the wait after each failure of one mail, its last step repeated until
    ``give_up_after_s`` after the first. ``hold_ladder`` is the same for the server itself, when
    nothing can be sent at all. ``final_timeout_s`` is for the answer to a whole mail: RFC 5321,
    4.5.3.2.6, asks for ten minutes, as giving up too early sends a mail twice; half of it is a
    compromise with the mails that wait behind.
    """

    ladder: tuple[float, ...] = (60, 300, 900, 3600, 4 * 3600)
    give_up_after_s: float = 3 * 24 * 3600
    hold_ladder: tuple[float, ...] = (30, 60, 300, 900)
    opening_timeout_s: float = 30
    answer_timeout_s: float = 60
    final_timeout_s: float = 300
    idle_s: float = 1.0


DEFAULT_MAIL_TIMING = MailTiming()


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
    gateway_timing: GatewayTiming = DEFAULT_GATEWAY_TIMING
    mail_timing: MailTiming = DEFAULT_MAIL_TIMING

    @property
    def database_path(self) -> Path:
        """The shop's file."""
        return self.data_dir / DATABASE_FILE

    @property
    def database_url(self) -> str:
        """The address of the shop's database."""
        return f"sqlite:///{self.database_path.as_posix()}"

    @property
    def place(self) -> str:
        """Where the shop is, in words for a person: never with a password in it."""
        return str(self.database_path)

    @property
    def asks_for_login(self) -> bool:
        """Tell whether nothing of the shop can be asked before somebody signs in."""
        return False

    @property
    def is_there(self) -> bool:
        """Tell whether there is a shop to open, as far as that can be told without opening it."""
        return self.database_path.is_file()

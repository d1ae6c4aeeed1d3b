"""A statement dragged in and a line dragged onto payments, by a window system's own drag.

The platform without a display gives every drag up at once. Qt's ``vnc`` platform drags as on a
screen; mouse and keyboard come to it through a socket, as from a person sitting far away.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLibraryInfo

from core.app import open_shop
from core.money import display, grouped
from core.services.payments.lists import PaymentFilter
from tests.journeys.driven_window import SCREEN
from tests.journeys.rfb import Place, Remote
from tests.ui.pages.small_shop import PASSWORD, configuration_in, open_small_shop
from tests.ui.pages.test_reconcile_by_hand import sell
from tests.ui.pages.test_reconcile_page import write_statement

PATIENCE_S = 90.0
SALES = {"a": 12_000, "b": 3_000, "c": 20_000, "d": 8_000}
LINES = (
    "{day},{day},XA0,CASH DEPOSIT KIGALI,,15000,1015000",
    "{day},{day},XA1,CASH DEPOSIT REMERA,,19700,1034700",
)
"""No single payment fits the first line: it is two of them."""

pytestmark = pytest.mark.skipif(
    not list(
        Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms").glob("*qvnc*")
    ),
    reason="this Qt has no vnc platform",
)

Seen = dict[str, Any]


class DrivenWindow:
    """The window in its process: what it told last, and the hands on it."""

    def __init__(self, folder: Path, statement: Path) -> None:
        port = free_port()
        size = "x".join(map(str, SCREEN))
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.driven_window", str(folder), str(statement)],
            env={
                **os.environ,
                "QT_QPA_PLATFORM": f"vnc:size={size}:port={port}",
                "QT_FONT_DPI": "96",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.seen: Seen = {"view": ""}
        try:
            self.until(lambda seen: bool(seen["view"]))
            self.hands = Remote(port)
        except BaseException:
            self.end()
            raise

    def until(self, holds: Callable[[Seen], bool]) -> Seen:
        """Wait for the window to show something; return all it shows then."""
        end = time.monotonic() + PATIENCE_S
        while not holds(self.seen):
            try:
                told = self._told.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                told = ""
            assert told, f"never came; shown last: {self.seen}"
            self.seen = json.loads(told)
        return self.seen

    def until_idle(self, view: str) -> Seen:
        """Wait for a view that has all its data."""
        return self.until(lambda seen: seen["view"] == view and not seen["is_busy"])

    def place(self, kind: str, name: str) -> Place:
        """Return where a line or a payment is, once it is in sight."""
        seen = self.until(lambda seen: seen[kind].get(name) is not None)
        x, y = seen[kind][name]
        return x, y

    def end_by_keys(self) -> int:
        """Quit as a person does; return the program's exit code."""
        self.hands.key("q", "Control")
        return self._process.wait(PATIENCE_S)

    def end(self) -> None:
        """Leave no process and no thread."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        for told in self._process.stdout or ():
            self._told.put(told)
        self._told.put("")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def folder(qapp, tmp_path) -> Path:
    shop = open_small_shop(tmp_path / "shop")
    for key, amount in SALES.items():
        sell(shop, key, amount)
    shop.close()
    return shop.folder


@pytest.fixture
def window(folder, tmp_path) -> Iterator[DrivenWindow]:
    driven = DrivenWindow(folder, write_statement(tmp_path, *LINES))
    with driven.hands:
        yield driven
    driven.end()


def told(received: int, chosen: int, left: int, word: str) -> str:
    return f"{grouped(received)} received · {grouped(chosen)} chosen · {display(left)} {word}"


def test_a_statement_and_a_line_are_dragged_by_the_window_system_itself(window, folder):
    hands = window.hands
    hands.click(tuple(window.seen["door"]))
    start = window.until_idle("start")
    hands.drag(start["file"], start["zone"])
    window.until(lambda seen: seen["is_hovered"])
    hands.point(start["zone"])
    window.until_idle("preview")
    hands.key("Return")
    window.until_idle("work")

    for ticked in (["SLIP-a"], ["SLIP-a", "SLIP-b"]):
        hands.click(window.place("payments", ticked[-1]))
        window.until(lambda seen, wanted=ticked: seen["ticked"] == wanted)
    line, ticked_one = window.place("lines", "2"), window.place("payments", "SLIP-b")
    other = window.place("payments", "SLIP-c")

    hands.drag(line, other)
    window.until(lambda seen: seen["remaining"] == told(15_000, 20_000, 5_000, "short"))
    assert window.seen["hint"] == "Drop: asks what becomes of the rest"
    hands.key("Escape")
    window.until(lambda seen: not seen["hint"])
    hands.point(other)
    assert window.until_idle("work")["categories"] == {"2": "unmatched", "3": "unmatched"}

    hands.drag(line, ticked_one)
    window.until(lambda seen: seen["hint"] == "Drop: matches these")
    assert window.seen["remaining"].endswith("✓ sums up")
    hands.point(ticked_one)
    window.until(lambda seen: seen["categories"].get("2") == "matched" and not seen["is_busy"])
    assert window.seen["hint"] == ""
    assert window.end_by_keys() == 0

    with open_shop(configuration_in(folder)) as app:
        clerk = app.users.sign_in("claude", PASSWORD, "office")
        stored = app.payment_lists.page(clerk, PaymentFilter()).rows
    assert {row.transaction_id for row in stored if row.reconciled} == {"SLIP-a", "SLIP-b"}

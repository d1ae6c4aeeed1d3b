"""From starting the process to a window one can use, beside a bare window that loads SQLAlchemy.

The shop holds 100 000 payments. "Usable" is when the sign-in screen takes the keyboard, and, for
the second row, when the first page of the payments list is filled for a person signed in.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from core.app import Configuration, open_shop
from core.configuration import PasswordCost
from core.demo.build import build_demo
from tests.benchmarks.conftest import ratio_line

PAYMENTS = 100_000
PAIRS = 15
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)

BARE = """
import sqlalchemy, sqlalchemy.orm
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.show()
QTimer.singleShot(0, lambda: (print("usable", flush=True), application.quit()))
application.exec()
"""

OURS = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from desktop.window import Desk
from ui.preferences import Preferences
from ui.theme import Theme
folder, wanted = Path(sys.argv[1]), sys.argv[2]
application = QApplication([])
application.setQuitOnLastWindowClosed(False)

from core.configuration import Configuration
from core.configuration import PasswordCost
desk = Desk(
    Configuration(folder, use_keyring=False, password_cost=PasswordCost(1, 8, 1)),
    Theme(application),
    Preferences(QSettings("bench", "bench")),
    sign_in_as=("manager", "demo") if wanted == "page" else None,
)

def look():
    if wanted == "page":
        window = desk.main_window
        usable = window is not None and window.isVisible() and not desk.tasks.is_busy
    else:
        page = desk.sign_in_page
        usable = page is not None and page.isVisible()
    if usable:
        print("usable", flush=True)
        application.quit()

timer = QTimer()
timer.timeout.connect(look)
timer.start(1)
desk.start()
application.exec()
timer.stop()
desk.close()
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    configuration = Configuration(folder, password_cost=CHEAP, use_keyring=False)
    with open_shop(configuration) as app:
        build_demo(
            app.database,
            folder,
            payments=PAYMENTS,
            password_hash=lambda: PasswordHasher(1, 8, 1).hash(b"demo"),
        )
    return folder


def _until_usable_s(*arguments: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", *arguments], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        elapsed = time.perf_counter() - started
        process.communicate(timeout=60)
    assert line.strip() == "usable"
    return elapsed


@pytest.mark.parametrize(
    ("wanted", "words"), [("sign-in", "sign-in screen"), ("page", "first page")]
)
def test_start_to_a_usable_window(shop: Path, wanted: str, words: str) -> None:
    _until_usable_s(OURS, str(shop), wanted)
    _until_usable_s(BARE)
    ours, bare = [], []
    for _ in range(PAIRS):
        ours.append(_until_usable_s(OURS, str(shop), wanted))
        bare.append(_until_usable_s(BARE))
    print("\n" + ratio_line(f"start to the {words}, 100 000 payments", ours, bare, "bare window"))

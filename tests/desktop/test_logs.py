"""The log and the crash hooks: everything is kept, except secrets."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop import logs
from desktop.crash import install_crash_hooks, remove_crash_hooks
from desktop.logs import hide, redacted, start_log, stop_log

CANARY = "canary-9d1f!x"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    yield start_log(tmp_path)
    stop_log()


def test_a_known_secret_never_reaches_the_file(
    log_file: Path, expect_log: Callable[[str], None]
) -> None:
    for part in ("as an argument", "in the text", "in a traceback"):
        expect_log(part)
    hide(CANARY)
    logger = logging.getLogger("somewhere")
    logger.warning("as an argument: %s", CANARY)
    logger.warning(f"in the text: {CANARY}")  # noqa: G004 - the careless way is the point
    try:
        int(CANARY)
    except ValueError:
        logger.exception("in a traceback")
    written = log_file.read_text("utf-8")
    assert CANARY not in written
    assert written.count(logs.HIDDEN) >= 3


@pytest.mark.parametrize(
    "text",
    [
        f"password={CANARY}",
        f"{{'api_key': '{CANARY}', 'x': 1}}",
        f'{{"client_secret": "{CANARY} and more {CANARY}"}}',
        f"Ocp-Apim-Subscription-Key: {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"Authorization: Basic {CANARY}=",
        f"callback_key={CANARY}&x=1",
        f"[SQL: INSERT]\n[parameters: (1, '{CANARY}')]\n(Background)",
        f"$argon2id$v=19$m=8,t=1,p=1${CANARY}$abc",
    ],
)
def test_a_secret_is_known_by_the_words_before_it(text: str) -> None:
    assert CANARY not in redacted(text)


def test_other_words_stay_as_they_are() -> None:
    text = "payment a1b2 of 15000 RWF completed; 3 passwords changed; token bucket"
    assert redacted(text) == text


def test_a_program_that_logs_nothing_leaves_nothing(tmp_path: Path) -> None:
    start_log(tmp_path / "shop")
    stop_log()
    assert not (tmp_path / "shop").exists()


def test_the_log_turns_over_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    start_log(tmp_path)
    for number in range(300):
        logging.getLogger("busy").info("line %d %s", number, "x" * 50)
    stop_log()
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == logs.KEPT_FILES + 1
    assert all(file.stat().st_size <= 2_000 for file in files)


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way", "utf-8")
    start_log(tmp_path)
    logging.getLogger("x").info("one")
    logging.getLogger("x").info("two")
    stop_log()
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_bug_on_any_path_is_logged_and_told(
    log_file: Path, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("a bug in")
    told: list[BaseException] = []
    install_crash_hooks(tmp_path, told.append)
    try:
        error = RuntimeError("on the main thread")
        sys.excepthook(type(error), error, None)

        def fail() -> None:
            raise RuntimeError("on a thread")

        thread = threading.Thread(target=fail, name="worker-7")
        thread.start()
        thread.join()

        class Fragile:
            def __del__(self) -> None:
                raise RuntimeError("while cleaning up")

        Fragile()
    finally:
        remove_crash_hooks()
    written = log_file.read_text("utf-8")
    for where in ("on the main thread", "on a thread", "worker-7", "while cleaning up"):
        assert where in written
    assert [str(each) for each in told] == [
        "on the main thread", "on a thread", "while cleaning up",
    ]  # fmt: skip


def test_a_listener_that_fails_does_not_hide_the_bug(
    log_file: Path, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("a bug in the main thread")
    expect_log("the report of a bug failed itself")

    def listener(_: BaseException) -> None:
        raise OSError("no window any more")

    install_crash_hooks(tmp_path, listener)
    try:
        error = RuntimeError("first")
        sys.excepthook(RuntimeError, error, None)
    finally:
        remove_crash_hooks()
    written = log_file.read_text("utf-8")
    assert "first" in written
    assert "no window any more" in written

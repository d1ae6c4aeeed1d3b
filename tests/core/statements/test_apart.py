"""Readings in a process of their own, some of them with a reader that misbehaves on purpose."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.errors import UnreadableFileError
from core.statements import READING_ARGUMENT
from core.statements.apart import ReadingCancelledError, preview_apart, read_apart
from core.statements.apart_messages import Limits, Outcome, ReadingTask
from core.statements.reading import preview_table, read_statement
from tests.core.statements.samples import MTN

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 20.0
ASKING = """
import pathlib, sys
from core.statements.apart import read_apart
read_apart(pathlib.Path(sys.argv[1]))
"""

MISBEHAVING = """
import os, signal, time, re
from core.statements.tables.csv_reader import CsvReader
def read(self, source, profile, currency):
    {deed}
CsvReader.read = read
"""
"""Found by the process when it starts, as ``sitecustomize`` on its path."""


@pytest.fixture(autouse=True)
def _no_process_remains():
    before = set(psutil.Process().children())
    yield
    assert set(psutil.Process().children()) <= before


@pytest.fixture
def statement(tmp_path):
    path = tmp_path / "statement.csv"
    path.write_text(MTN, encoding="utf-8")
    return path


@pytest.fixture
def misbehave(tmp_path, monkeypatch):
    def plant(deed):
        folder = tmp_path / "planted"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(MISBEHAVING.format(deed=deed), encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))

    return plant


def refusal(path, **options):
    with pytest.raises(UnreadableFileError) as caught:
        read_apart(path, **options)
    assert path.name in caught.value.message
    return caught.value


def test_a_file_read_apart_is_the_same_as_read_here(statement):
    assert read_apart(statement) == read_statement(statement)
    assert preview_apart(statement) == preview_table(statement)


def test_files_are_read_apart_from_several_threads_at_once(statement):
    with ThreadPoolExecutor(3) as pool:
        files = list(pool.map(read_apart, [statement] * 3))
    assert files == [read_statement(statement)] * 3


def test_a_refusal_comes_over_word_for_word(tmp_path):
    path = tmp_path / "cut.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off xl/workbook.xml")
    with pytest.raises(UnreadableFileError) as here:
        read_statement(path)
    there = refusal(path)
    assert there.message == here.value.message
    assert there.details == here.value.details != ""


@pytest.mark.parametrize(
    "deed",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "os.abort()",
        "os._exit(3)",
        "os.write(3, b'no message'); os._exit(0)",
    ],
)
def test_a_reader_that_dies_costs_the_file_and_nothing_else(statement, misbehave, deed):
    misbehave(deed)
    error = refusal(statement)
    assert "the reader stopped" in error.message
    assert "exit code" in error.details


def test_a_reader_killed_by_the_system_is_told_as_too_much_memory(statement, misbehave):
    misbehave("os.kill(os.getpid(), signal.SIGKILL)")
    assert "more memory" in refusal(statement).message


def test_a_mistake_in_a_reader_is_logged_and_told(statement, misbehave, expect_log):
    misbehave("return 1 // 0")
    expect_log("ZeroDivisionError")
    error = refusal(statement)
    assert "could not be read" in error.message
    assert "ZeroDivisionError" in error.details


@pytest.mark.parametrize(
    "deed",
    ["time.sleep(600)", "[0 for _ in iter(int, 1)]", "re.match('(a|a)*b', 'a' * 60)"],
)
def test_a_reader_that_never_ends_is_stopped_by_the_clock(statement, misbehave, deed):
    misbehave(deed)
    assert "longer than" in refusal(statement, limits=Limits(clock_s=1.0)).message


def test_a_reader_that_works_on_and_on_is_stopped_by_its_cpu_time(statement, misbehave):
    misbehave("re.match('(a|a)*b', 'a' * 60)")
    assert "longer than" in refusal(statement, limits=Limits(cpu_s=0.5)).message


@pytest.mark.parametrize(
    "deed",
    [
        "kept = [bytes(10_000_000) for _ in iter(int, 1)]",
        "kept = [os.urandom(1_000_000) for _ in iter(int, 1)]",
    ],
)
def test_a_reader_that_swallows_memory_is_stopped(statement, misbehave, deed):
    misbehave(deed)
    limits = Limits(memory_bytes=200 * 1024 * 1024)
    assert "more memory" in refusal(statement, limits=limits).message


def test_cancel_kills_the_reading_at_once(statement, misbehave):
    misbehave("re.match('(a|a)*b', 'a' * 60)")
    pressed = threading.Event()
    threading.Timer(0.3, pressed.set).start()
    with pytest.raises(ReadingCancelledError) as caught:
        read_apart(statement, cancelled=pressed.is_set)
    assert "Nothing was imported" in caught.value.message


def test_progress_comes_over_and_what_it_raises_ends_the_reading(statement, misbehave):
    misbehave("[(source.progress(n, 3), time.sleep(0.15)) for n in range(1000)]")

    class EnoughError(Exception):
        pass

    told = []

    def progress(done, total):
        told.append((done, total))
        if done >= 2:
            raise EnoughError

    with pytest.raises(EnoughError):
        read_apart(statement, progress=progress)
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_what_a_library_prints_does_not_disturb_the_answer(statement, misbehave):
    misbehave("print('noise'); os.write(1, b'noise' * 99); raise MemoryError")
    assert "more memory" in refusal(statement).message


def test_no_reading_survives_a_program_that_was_killed(statement, misbehave):
    misbehave("time.sleep(600)")
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(statement)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])},
    )  # fmt: skip
    with asker:
        end_s = time.monotonic() + PATIENCE_S
        while not (readings := psutil.Process(asker.pid).children()):
            assert time.monotonic() < end_s
            time.sleep(0.02)
        asker.kill()
    _gone, alive = psutil.wait_procs(readings, timeout=PATIENCE_S)
    assert not alive


def test_the_process_loads_neither_window_nor_database():
    code = "import core.statements.apart_process, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"PySide6", "sqlalchemy", "click", "lxml", "openpyxl", "pdfplumber"} & set(loaded)


def test_a_program_without_python_is_its_own_reading_process(statement):
    """The front door becomes the reading process when that is its one argument."""
    task = ReadingTask(statement, None, "RWF", is_preview=False, limits=Limits())
    with subprocess.Popen(
        [sys.executable, "-m", "desktop", READING_ARGUMENT],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdin.write(pickle.dumps(task))
        process.stdin.flush()
        answer = pickle.load(process.stdout)
        process.stdin.close()
    assert answer == Outcome(read_statement(statement))

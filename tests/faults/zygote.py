"""A process that has everything loaded and forks a life of the shop for each order it reads.

``python -m tests.faults.zygote``: orders come as lines on stdin, their ends go to stdout. It has
one thread, so that forking is safe; a birth costs milliseconds.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from core.phones import network_of
from tests.faults.child import live
from tests.faults.orders import End, Life, log_of

_LOADED_LATE = (
    "argon2",
    "core.gateways.airtel_money",
    "core.gateways.mtn_momo",
    "core.services.gateways.worker",
    "cryptography.fernet",
    "filelock",
)
_POLL_S = 0.001
_ATTACH_S = 10.0
_PR_SET_PTRACER = 0x59616D61
_ANY_PROCESS = ctypes.c_ulong(-1)


def main() -> None:
    """Serve orders until stdin ends."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    network_of("+250788000000")
    for line in sys.stdin:
        sys.stdout.write(f"{_run(Life.of_text(line)).to_text()}\n")
        sys.stdout.flush()


def _run(life: Life) -> End:
    born_s = time.monotonic()
    said_read, said = os.pipe()
    go_read, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(said_read)
        os.close(go)
        _be_born(life, said, go_read)
    os.close(said)
    os.close(go_read)
    try:
        if life.kill_at is not None:
            return _killed_at_call(life, pid, said_read, go)
        end_s = None if life.kill_after_s is None else born_s + life.kill_after_s
        return _end_of(life, _reaped(pid, end_s))
    finally:
        os.close(said_read)
        os.close(go)


def _be_born(life: Life, said: int, go_read: int) -> None:
    code = 1
    try:
        log = os.open(log_of(Path(life.folder)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
        logging.getLogger("core.services.gateways.worker").setLevel(logging.INFO)
        if life.kill_at is not None:
            with suppress(OSError, AttributeError):
                ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY_PROCESS, 0, 0, 0)
        live(life, lambda: _wait_for_go(said, go_read))
        code = 0
    except BaseException:
        # Whatever it is, this process must end here.
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait_for_go(said: int, go_read: int) -> None:
    os.write(said, b"r")
    os.read(go_read, 1)


def _reaped(pid: int, kill_at_s: float | None) -> int:
    """Wait for a life to end, and end it at a moment of the monotonic clock."""
    if kill_at_s is not None:
        while time.monotonic() < kill_at_s:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                return status
            time.sleep(_POLL_S)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _killed_at_call(life: Life, pid: int, said_read: int, go: int) -> End:
    if life.kill_at is None or os.read(said_read, 1) != b"r":
        return _end_of(life, _reaped(pid, None))
    name, when = life.kill_at
    # With the question mark a call that this kind of machine lacks is one that never comes.
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-o", "/dev/null", "-e", f"trace=?{name}",
         "-e", f"inject=?{name}:signal=KILL:when={when}"],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    refusal = _refusal_of(tracer)
    if refusal:
        tracer.kill()
        os.kill(pid, signal.SIGKILL)
        _reaped(pid, None)
        tracer.communicate()
        return End("not traced", refusal)
    os.write(go, b"g")
    status = _reaped(pid, None)
    tracer.communicate()
    return _end_of(life, status)


def _refusal_of(tracer: subprocess.Popen[bytes]) -> str:
    """Wait until the tracer holds the life; return what it says if it cannot."""
    if tracer.stderr is None:
        return "no stderr"
    said = b""
    while b"attached\n" not in said:
        readable, _, _ = select.select([tracer.stderr], [], [], _ATTACH_S)
        piece = os.read(tracer.stderr.fileno(), 4096) if readable else b""
        if not piece:
            return said.decode(errors="replace") or "strace does not attach"
        said += piece
    return ""


def _end_of(life: Life, status: int) -> End:
    if os.WIFSIGNALED(status):
        is_ours = os.WTERMSIG(status) == signal.SIGKILL
        return End("killed" if is_ours else "failed", f"signal {os.WTERMSIG(status)}")
    if os.WEXITSTATUS(status) == 0:
        return End("settled")
    log = log_of(Path(life.folder))
    return End("failed", log.read_text(encoding="utf-8", errors="replace")[-3000:])


if __name__ == "__main__":
    main()

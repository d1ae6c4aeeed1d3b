"""``sanduku sandbox``, and the sandbox as a program without the rest of the product."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from core.gateways.sandbox import Sandbox
from desktop.__main__ import run
from desktop.cli.common import Invocation
from tests.core.gateways.sandbox.conftest import AirtelClient, MTNClient

ROOT = Path(__file__).resolve().parents[4]


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def ended_by(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=10)
    return process.returncode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    process = started("desktop", "sandbox", "--speed", "100", "--write", str(tmp_path / "keys"))
    assert process.stdout is not None
    shown = ""
    while "Ctrl+C" not in shown:
        shown += process.stdout.readline()
    keys = {name: json.loads((tmp_path / "keys" / f"{name}.json").read_text()) for name in NETWORKS}
    for name in NETWORKS:
        assert json.dumps(keys[name], indent=2) in shown
    assert "APPROVAL_REJECTED" in shown
    assert "999001" in shown
    assert MTNClient(keys["mtn"]["base_url"]).pay().status_code == 202
    assert AirtelClient(keys["airtel"]["base_url"]).pay("P00001").status_code == 200
    assert ended_by(process, signal.SIGTERM) == 0


NETWORKS = ("mtn", "airtel")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_it_runs_without_the_product_too() -> None:
    process = started("core.gateways.sandbox", "--port", "0")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert requests.get(f"{url}/_sandbox/ledger", timeout=5).status_code == 200
    assert ended_by(process, signal.SIGINT) == 0


def test_a_taken_port_is_one_clear_line(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    port = sandbox.url.rpartition(":")[2]
    assert run(["sandbox", "--port", port], Invocation()) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"The sandbox was not started. Port {port} is taken or not allowed; choose another with"
        " --port.\n"
    )


def test_a_folder_that_cannot_be_written_stops_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(["sandbox", "--write", str(tmp_path / "file")], Invocation()) == 1
    assert "cannot be written to" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "-1", "fast"])
def test_an_impossible_speed_is_wrong_usage(
    speed: str, capsys: pytest.CaptureFixture[str], make_sandbox: Callable[..., Sandbox]
) -> None:
    assert run(["sandbox", "--speed", speed], Invocation()) == 2
    assert "--speed" in capsys.readouterr().err
    with pytest.raises(ValueError, match="speed"):
        make_sandbox(speed=0)

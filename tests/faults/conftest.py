from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.gateways.sandbox import Sandbox
from tests.faults.driver import Run, Zygote
from tests.faults.sales import NETWORKS


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    if not hasattr(os, "fork"):
        pytest.skip("a life is killed with SIGKILL and born by fork, which this system lacks")
    with Zygote() as process:
        yield process


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(NETWORKS) as networks:
        yield networks


@pytest.fixture
def run(zygote: Zygote, sandbox: Sandbox, tmp_path: Path) -> Run:
    return Run(zygote, sandbox, tmp_path / "shop")

"""Eight desks on one server while the network and the server fail: what they were told is true."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.desks.flaky_network import CommitFaults, FlakyNetwork
from tests.faults.desks.judge import Verdict, judged
from tests.faults.desks.own_server import OwnServer, own_server
from tests.faults.desks.shop import CrowdedShop

_COMMIT_FAULTS = CommitFaults(answer_lost=0.06, never_sent=0.03, late=0.03)


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as made:
        yield made


def _run(
    server: OwnServer, folder: Path, seconds: float, *, crash_every_s: float, plant: str = ""
) -> Verdict:
    chance = random.Random(7)
    crashes = 0
    with (
        CrowdedShop(server, cashiers=6, managers=2) as shop,
        FlakyNetwork(server.socket) as network,
    ):
        network.commit_faults = _COMMIT_FAULTS
        next_crash = time.monotonic() + crash_every_s

        def strike(_left: float) -> None:
            nonlocal crashes, next_crash
            time.sleep(chance.uniform(0.2, 1.2))
            chance.choice([network.cut_one, lambda: network.stall_one(chance.uniform(0.5, 3))])()
            if time.monotonic() > next_crash:
                server.crash()
                server.come_back()
                crashes += 1
                next_crash = time.monotonic() + crash_every_s

        notes = shop.work(folder, seconds, port=network.port, meanwhile=strike, plant=plant)
        network.commit_faults = CommitFaults()
        verdict = judged(shop.owner_url, notes)
    print(f"\n{verdict.figures} | {crashes} crashes | {dict(network.happened)}")
    return verdict


def test_what_desks_are_told_is_true_while_network_and_server_fail(
    server: OwnServer, tmp_path: Path
) -> None:
    verdict = _run(server, tmp_path, 6, crash_every_s=4)
    assert verdict.wrong == ()
    assert verdict.figures["told ack"] >= 8


@pytest.mark.slow
def test_nothing_is_lost_or_done_twice_in_two_minutes_of_failures(
    server: OwnServer, tmp_path: Path
) -> None:
    verdict = _run(server, tmp_path, 120, crash_every_s=12)
    assert verdict.wrong == ()


@pytest.mark.slow
@pytest.mark.parametrize("plant", ["no key check", "blind retry", "hasty look-up"])
def test_a_mistake_put_in_on_purpose_is_found(
    server: OwnServer, tmp_path: Path, plant: str
) -> None:
    assert _run(server, tmp_path, 30, crash_every_s=10, plant=plant).wrong

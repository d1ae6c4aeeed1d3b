"""Killed at any system call of a payment or refund, the shop ends up knowing the truth."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.gateways.sandbox import Network, Sandbox, Settings
from tests.faults import mutants
from tests.faults.driver import Run, Zygote
from tests.faults.judge import Rule
from tests.faults.sales import Sale, refunded_sale

CALLS = (
    "pwrite64",
    "fdatasync",
    "fsync",
    "ftruncate",
    "unlink",
    "unlinkat",
    "write",
    "openat",
    "socket",
    "connect",
    "sendto",
    "recvfrom",
    "shutdown",
    "close",
)
"""What a payment does to the disk and to the network; opening and closing files included."""

_MOST_CALLS = 1000
_PLAIN = "555001"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    if shutil.which("strace") is None:
        pytest.skip("strace, which kills at a chosen system call, is not installed")
    # The customer types the PIN at once, so that every run asks equally often.
    with Sandbox(Settings(speed=40, prompt_s=0)) as networks:
        yield networks


@dataclass
class Killer:
    """Kills the shop at chosen system calls of one step, and judges it after each kill."""

    run: Run
    network: Network
    step: str
    sales: list[Sale] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)

    def kill_at(self, call: str, when: int) -> bool:
        """Kill at the so-maniest call; tell whether the step made so many."""
        if not self.sales:
            self.sales.append(self._new_sale())
        self.sales.append(self._new_sale())
        end = self.run.live(
            (self.sales[0], self.sales[-1]),
            kill_at=(call, when),
            one_thread=True,
            step=self.step,
        )
        if end.how == "not traced":
            pytest.skip(f"this system lets no process trace another: {end.told.strip()}")
        self.kills[call] += end.how == "killed"
        verdict = self.run.settle(tuple(self.sales))
        assert verdict.findings == (), f"killed at {call} {when}"
        return end.how == "killed"

    def kill_at_each(self, call: str) -> None:
        """Kill at every call of a name, until a life makes fewer of them."""
        for when in range(1, _MOST_CALLS):
            if not self.kill_at(call, when):
                return
        raise AssertionError(f"more than {_MOST_CALLS} calls of {call}")

    def _new_sale(self) -> Sale:
        number = len(self.sales)
        if self.step == "refund":
            return refunded_sale(number, self.network, _PLAIN)
        return Sale(number, self.network, _PLAIN, 1000 + number)


@pytest.mark.parametrize(
    ("network", "step", "call", "when"),
    [
        (Network.MTN, "collect", "fdatasync", 2),
        (Network.MTN, "collect", "sendto", 1),
        (Network.MTN, "collect", "recvfrom", 1),
        (Network.AIRTEL, "collect", "connect", 1),
        (Network.AIRTEL, "collect", "pwrite64", 60),
        (Network.MTN, "refund", "recvfrom", 1),
        (Network.AIRTEL, "refund", "recvfrom", 1),
    ],
)
def test_a_kill_at_a_system_call_loses_nothing(
    run: Run, network: Network, step: str, call: str, when: int
) -> None:
    assert Killer(run, network, step).kill_at(call, when)


def test_a_commit_after_the_call_killed_at_its_first_write_charges_twice(run: Run) -> None:
    run.mutant = mutants.LATE_COMMIT
    sales = tuple(Sale(number, Network.MTN, _PLAIN, 5000) for number in range(2))
    end = run.live(sales, kill_at=("pwrite64", 1), one_thread=True)
    if end.how == "not traced":
        pytest.skip(f"this system lets no process trace another: {end.told.strip()}")
    assert end.how == "killed"
    run.live(sales)
    assert Rule.CHARGED_TWICE in run.judge(sales).rules


@pytest.mark.slow
@pytest.mark.parametrize("step", ["collect", "refund"])
@pytest.mark.parametrize("network", list(Network))
def test_a_kill_at_every_system_call_loses_nothing(
    zygote: Zygote, sandbox: Sandbox, tmp_path: Path, network: Network, step: str
) -> None:
    killer = Killer(Run(zygote, sandbox, tmp_path / "shop"), network, step)
    for call in CALLS:
        killer.kill_at_each(call)
    print(f"{network} {step}: {killer.kills.total()} kills", dict(killer.kills))
    assert killer.kills.total() > len(CALLS)

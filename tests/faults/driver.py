"""The driver: lives of a shop against a sandbox that outlives them all, and their kills."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.gateways.sandbox import Sandbox, State
from tests.faults.books import read_books
from tests.faults.judge import Finding, Rule, Verdict, judge
from tests.faults.orders import End, Life, log_of
from tests.faults.sales import TIMING, Sale
from tests.faults.shop import connect, make_shop

_ROOT = Path(__file__).parents[2]
_LONGEST_LIFE_S = 0.3
_SETTLE_TIMES = 4
_BUGS = ("failed by a bug", "stumbled", "Traceback", " waits: ")


class Zygote:
    """The process that forks the lives, and the shop they begin with; use as a context manager."""

    def __enter__(self) -> Zygote:
        self._folder = TemporaryDirectory()
        self._new_shop = Path(self._folder.name) / "shop"
        make_shop(self._new_shop, TIMING)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def found_shop(self, folder: Path, sandbox: Sandbox) -> None:
        """Make a shop with accounts at a sandbox."""
        shutil.copytree(self._new_shop, folder)
        connect(folder, sandbox, TIMING)

    def run(self, life: Life) -> End:
        """Live one life and return how it ended."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("the zygote has no pipes")
        self._process.stdin.write(f"{life.to_text()}\n")
        self._process.stdin.flush()
        return End.of_text(self._process.stdout.readline())


@dataclass
class Run:
    """One shop and all that happens to it."""

    zygote: Zygote
    sandbox: Sandbox
    folder: Path
    mutant: str = ""
    ends: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.zygote.found_shop(self.folder, self.sandbox)

    def live(self, sales: tuple[Sale, ...], **how: Any) -> End:
        """Live one life, ``how`` being fields of :class:`Life`.

        Whatever ends it but a kill of ours, or all being settled, is a failure of the test.
        """
        life = Life(str(self.folder), sales, mutant=self.mutant, **how)
        end = self.zygote.run(life)
        self.ends[end.how] += 1
        if end.how == "failed":
            raise AssertionError(f"a life ended by itself:\n{end.told}")
        return end

    def sell_under_kills(self, sales: tuple[Sale, ...], kills: int, seed: int) -> None:
        """Let the sales come one after another, and kill the shop at random instants."""
        chance = random.Random(seed)
        for turn in range(1, kills + 1):
            due = sales[: -(-len(sales) * turn // kills)]
            end = None
            while end is None or end.how != "killed":
                end = self.live(due, kill_after_s=chance.uniform(0, _LONGEST_LIFE_S))

    def settle(self, sales: tuple[Sale, ...]) -> Verdict:
        """Let the shop come to rest, undisturbed, and judge it.

        What is left to a person is asked about again with each new life; so a success that came
        after that is found, and only what no asking changes counts.
        """
        for _ in range(_SETTLE_TIMES):
            self._wait_for_networks()
            self.live(sales)
            verdict = self.judge(sales)
            if not verdict.findings:
                break
        return verdict

    def judge(self, sales: tuple[Sale, ...]) -> Verdict:
        """Judge the shop as it is; what it logged about bugs of its own counts too."""
        verdict = judge(sales, self.sandbox.ledger(), read_books(self.folder))
        log = log_of(self.folder)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        bugs = tuple(
            Finding(Rule.BOOKS_WRONG, line)
            for line in text.splitlines()
            if any(sign in line for sign in _BUGS)
        )
        return Verdict((*verdict.findings, *bugs), verdict.outcomes)

    def _wait_for_networks(self) -> None:
        end_s = time.monotonic() + 5
        while any(
            e.is_accepted
            and e.outcome is not e.last_outcome
            and e.last_outcome is not State.PENDING
            for e in self.sandbox.ledger()
        ):
            if time.monotonic() > end_s:
                raise AssertionError("a network never comes to its outcome")
            time.sleep(0.02)

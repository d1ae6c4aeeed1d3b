"""However often the sender is killed: each mail arrives, and none as two different mails."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from core.app import open_shop
from core.model.mail import MailMessage, MailStatus
from core.model.payments import PaymentMethod
from core.permissions import Role
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind
from core.services.mail.settings import MailForm, MailSettings
from core.services.payments.rules import RecordPayment
from tests.faults.mail_life import NEW_ID, SENT_FIRST, configuration
from tests.faults.shop import actor
from tests.mail_host import PASSWORD, USER, Certificates, MailHost, make_certificates

_ROOT = Path(__file__).parents[2]
_LONGEST_LIFE_S = 0.5

if not hasattr(os, "fork"):
    pytest.skip("a life is killed with SIGKILL and born by fork", allow_module_level=True)


class Zygote:
    """The process that forks the lives; use as a context manager."""

    def __init__(self, certificates: Certificates) -> None:
        self._environment = os.environ | {"SSL_CERT_FILE": str(certificates.authority)}

    def __enter__(self) -> Zygote:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mail_life"],
            cwd=_ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def begin(self, folder: Path, mutant: str = "") -> int:
        """Begin a life and return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{mutant or '-'} {folder}\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> str:
        """Wait for the end of the life and tell how it was."""
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def zygote(certificates: Certificates) -> Iterator[Zygote]:
    with Zygote(certificates) as process:
        yield process


@pytest.fixture
def host(certificates: Certificates) -> Iterator[MailHost]:
    with MailHost(certificates, needs_sign_in=True) as server:
        server.slow_s = 9
        yield server


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with its people, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("new") / "shop"
    with open_shop(configuration(folder)) as app:
        app.users.add(None, "ange", Role.ADMIN, "shop-password")
        app.users.add(actor(app, "ange"), "aline", Role.CASHIER, "shop-password")
    return folder


def found_shop(new_shop: Path, folder: Path, host: MailHost, names: list[str]) -> Path:
    """Make a shop that owes an invoice to each of these names."""
    shutil.copytree(new_shop, folder)
    with open_shop(configuration(folder)) as app:
        cashier = actor(app, "aline")
        settings = MailSettings(
            mail_host="localhost", mail_port=host.port, mail_user=USER, mail_from_address=USER
        )
        app.mail_settings.save(actor(app, "ange"), MailForm(settings, PASSWORD))
        for number, name in enumerate(names):
            sale = app.payments.record(
                cashier,
                RecordPayment(
                    key=f"sale-{number}",
                    method=PaymentMethod.CASH,
                    amount_minor=1_000 + number,
                    tendered_minor=5_000,
                    customer_name=name,
                    complete_now=True,
                ),
            )
            address = f"{name}@example.rw"
            app.mail_queue.queue(
                cashier, QueueMail(f"mail-{number}", MailKind.INVOICE, sale.payment_id, address)
            )
    return folder


def books(folder: Path) -> dict[str, tuple[str, MailStatus, int]]:
    """Return Message-ID, state and attempts of each mail by its recipient."""
    with open_shop(configuration(folder)) as app, app.database.read() as session:
        return {
            mail.recipient_address: (mail.message_id, mail.status, mail.attempts)
            for mail in session.scalars(select(MailMessage))
        }


def findings(folder: Path, host: MailHost, *, settled: bool) -> list[str]:
    """Return what is wrong between the books and what the server has."""
    wrong = []
    for address, (message_id, status, _) in books(folder).items():
        ids = host.ids_of(address)
        contents = {one.content for one in host.received if one.recipient == address}
        if set(ids) - {message_id} or len(contents) > 1:
            wrong.append(f"{address} got different mails: {ids}")
        if status is MailStatus.SENT and not ids:
            wrong.append(f"{address} counts as sent and got nothing")
        if settled and not ids and not address.startswith("nobody"):
            wrong.append(f"{address} got nothing and is {status}")
        if settled and (status is MailStatus.REFUSED) != address.startswith("nobody"):
            wrong.append(f"{address} ended as {status}")
    return wrong


def kill_when(zygote: Zygote, folder: Path, host: MailHost, moment: str, mutant: str = "") -> str:
    """Live one life that is killed when the server sees it come to a point; tell how it ended."""
    pids: list[int] = []

    def kill() -> None:
        setattr(host, moment, None)
        end_s = time.monotonic() + 5
        while not pids and time.monotonic() < end_s:
            time.sleep(0.001)
        with suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGKILL)

    setattr(host, moment, kill)
    pids.append(zygote.begin(folder, mutant))
    end = zygote.end()
    setattr(host, moment, None)
    return end


def live_undisturbed(zygote: Zygote, folder: Path, mutant: str = "") -> None:
    zygote.begin(folder, mutant)
    assert zygote.end() == "ended 0"


@pytest.mark.parametrize(
    ("moment", "copies"), [("on_connected", 1), ("on_data", 1), ("on_taken", 2)]
)
def test_a_mail_survives_a_kill_at_each_point(
    zygote: Zygote, new_shop: Path, tmp_path: Path, host: MailHost, moment: str, copies: int
) -> None:
    folder = found_shop(new_shop, tmp_path / "shop", host, ["claire"])
    assert kill_when(zygote, folder, host, moment) == "killed"
    ((message_id, status, attempts),) = books(folder).values()
    assert (status, attempts) == (MailStatus.SENDING, 1)
    live_undisturbed(zygote, folder)
    assert findings(folder, host, settled=True) == []
    assert host.ids_of("claire@example.rw") == [message_id] * copies
    assert books(folder)["claire@example.rw"][2] == 2


def kill_at_random(
    zygote: Zygote,
    folder: Path,
    host: MailHost,
    *,
    kills: int,
    seed: int,
    on_killed: Callable[[], object] = lambda: None,
) -> None:
    """Kill life after life: at random instants, right before and right after an answer."""
    chance = random.Random(seed)
    for turn in range(kills):
        if turn % 3 == 0:
            kill_when(zygote, folder, host, "on_taken")
        else:
            _kill_after(zygote, folder, host, chance, answered=turn % 3 == 1)
        on_killed()


def _kill_after(
    zygote: Zygote, folder: Path, host: MailHost, chance: random.Random, *, answered: bool
) -> None:
    taken = threading.Event()
    host.on_taken = taken.set
    pid = zygote.begin(folder)
    if answered:
        taken.wait(_LONGEST_LIFE_S)
        time.sleep(chance.uniform(0, 0.004))
    else:
        time.sleep(chance.uniform(0.02, _LONGEST_LIFE_S / 2))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    zygote.end()
    host.on_taken = None


NAMES = [
    *(f"claire{number}" for number in range(24)),
    *(f"grey{number}" for number in range(4)),
    *(f"cut{number}" for number in range(3)),
    "nobody1",
    "silent1",
    "nobody2",
]


def test_random_kills_lose_no_mail_and_make_no_second_one(
    zygote: Zygote, new_shop: Path, tmp_path: Path, host: MailHost
) -> None:
    folder = found_shop(new_shop, tmp_path / "shop", host, NAMES)
    seen: list[str] = []
    kill_at_random(
        zygote,
        folder,
        host,
        kills=8,
        seed=1,
        on_killed=lambda: seen.extend(findings(folder, host, settled=False)),
    )
    live_undisturbed(zygote, folder)
    repeats = len(host.received) - len({one.message_id for one in host.received})
    print(f"{len(NAMES)} mails, 8 kills, {len(host.received)} taken, {repeats} of them again")
    assert seen == []
    assert findings(folder, host, settled=True) == []
    # One for the answer that was lost; a kill repeats one mail at most, and some kills do.
    assert 1 < repeats <= 1 + 8


@pytest.mark.slow
def test_hundreds_of_kills_lose_no_mail(
    zygote: Zygote, new_shop: Path, tmp_path: Path, host: MailHost
) -> None:
    figures = 0
    for shop in range(10):
        folder = found_shop(
            new_shop, tmp_path / f"shop{shop}", host, [f"{name}x{shop}" for name in NAMES]
        )
        kill_at_random(zygote, folder, host, kills=30, seed=100 + shop)
        live_undisturbed(zygote, folder)
        assert findings(folder, host, settled=True) == []
        figures += len(NAMES)
    taken, mails = len(host.received), len({one.message_id for one in host.received})
    print(f"{figures} mails, 300 kills, {mails} taken by the server, {taken - mails} of them again")
    assert taken - mails > 10


def test_two_windows_send_each_mail_once(
    zygote: Zygote, certificates: Certificates, new_shop: Path, tmp_path: Path, host: MailHost
) -> None:
    names = [f"claire{number}" for number in range(20)]
    folder = found_shop(new_shop, tmp_path / "shop", host, names)
    with Zygote(certificates) as other:
        zygote.begin(folder)
        other.begin(folder)
        assert [zygote.end(), other.end()] == ["ended 0", "ended 0"]
    assert findings(folder, host, settled=True) == []
    assert len(host.received) == 20


@pytest.mark.parametrize(
    ("mutant", "moment", "told"),
    [
        (NEW_ID, "on_taken", "got different mails"),
        (SENT_FIRST, "on_connected", "counts as sent and got nothing"),
    ],
)
def test_a_planted_bug_is_seen(
    zygote: Zygote,
    new_shop: Path,
    tmp_path: Path,
    host: MailHost,
    mutant: str,
    moment: str,
    told: str,
) -> None:
    folder = found_shop(new_shop, tmp_path / "shop", host, ["claire"])
    assert kill_when(zygote, folder, host, moment, mutant) == "killed"
    live_undisturbed(zygote, folder, mutant)
    assert any(told in finding for finding in findings(folder, host, settled=True))

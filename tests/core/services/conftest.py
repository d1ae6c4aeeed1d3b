from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database.consistency import check
from core.database.unit_of_work import Database
from core.permissions import Actor, Role
from tests.core.services.empty_shop import EmptyShop
from tests.core.services.mail_shop import MailShop
from tests.empty_file import lay_empty_shop
from tests.mail_host import Certificates, MailHost, make_certificates


class SettableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="session")
def empty_shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's file as the migrations make it, made once and copied for each test."""
    return lay_empty_shop(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def empty_shop(request: pytest.FixtureRequest, empty_shop_file: Path) -> Iterator[EmptyShop]:
    """Where a test gets an empty shop of its own from."""
    on_server = getattr(request, "param", "sqlite") == "postgresql"
    server = request.getfixturevalue("postgresql_server") if on_server else None
    shops = EmptyShop(empty_shop_file, server)
    yield shops
    shops.let_go()


@pytest.fixture(autouse=True)
def _shops_go_away(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take away what a test made on the server; what its module shares stays till the end."""
    if "empty_shop" not in request.fixturenames:
        yield
        return
    shops: EmptyShop = request.getfixturevalue("empty_shop")
    shared = shops.made
    yield
    shops.let_go(but=shared)


ON_A_SERVER_TOO = frozenset(
    {
        "audit/test_lists.py",
        "lists/test_other_list_pages.py",
        "matching/test_line_states.py",
        "payments/test_payments.py",
        "reconciliations/test_reconciliations.py",
        "refunds/test_refunds.py",
        "test_presence.py",
        "test_tills.py",
    }
)
"""The tests that always run with a shop on a server besides; ``-m postgresql`` runs all there."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test whose shop is an empty one on a server too, or instead, as it is asked for."""
    if "empty_shop" not in metafunc.fixturenames:
        return
    test = metafunc.definition
    only_in_a_file = test.get_closest_marker("sqlite") is not None
    if "postgresql" in (metafunc.config.getoption("-m") or "").replace("not postgresql", ""):
        marks = () if only_in_a_file else (pytest.mark.postgresql,)
        there = [pytest.param("postgresql", marks=marks)]
        metafunc.parametrize("empty_shop", there, indirect=True, scope="session")
        return
    named = test.path.relative_to(Path(__file__).parent).as_posix()
    if named in ON_A_SERVER_TOO and not only_in_a_file:
        metafunc.parametrize("empty_shop", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture
def shop_url(empty_shop: EmptyShop, tmp_path: Path) -> str:
    """The address of an empty shop: a file, or a database on the tests' server."""
    return empty_shop.copied_to(tmp_path / "sanduku.db")


@pytest.fixture
def database(
    shop_url: str, clock: SettableClock, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A shop's database; after every test its books must agree with themselves.

    A test that bends them on purpose asks for ``bent_books``.
    """
    shop = Database(shop_url, clock=clock)
    yield shop
    problems = check(shop.engine)
    shop.close()
    if "bent_books" not in request.fixturenames:
        assert problems == ()


@pytest.fixture
def bent_books() -> None:
    """Say that a test leaves books which the check must not find in order."""


@pytest.fixture
def cashier() -> Actor:
    return Actor(1, "aline", Role.CASHIER, desk="desk 1")


@pytest.fixture
def clerk() -> Actor:
    return Actor(2, "claude", Role.CLERK, desk="desk 2")


@pytest.fixture
def manager() -> Actor:
    return Actor(3, "marie", Role.MANAGER, desk="desk 3")


@pytest.fixture
def admin() -> Actor:
    return Actor(4, "ange", Role.ADMIN, desk="desk 4")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of the tests' own and a mail server's certificate by it, made once."""
    return make_certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def mail_host(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailHost]:
    """A running mail server with STARTTLS and a sign-in, which this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with MailHost(certificates, needs_sign_in=True) as host:
        yield host


@pytest.fixture
def mail_shop(database: Database, tmp_path: Path, mail_host: MailHost) -> Iterator[MailShop]:
    """A shop whose mail account is set up at ``mail_host``."""
    shop = MailShop(database, tmp_path)
    shop.connect(mail_host)
    yield shop
    shop.app.mail_sender.stop()

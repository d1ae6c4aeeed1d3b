"""People of a shop on a server sign in, step up and are looked after by login roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import literal_column, select

from core.app import App, open_shop
from core.database.audit_chains import verify_chains
from core.database.driver_questions import driver_question
from core.database.postgresql.login_names import login_of
from core.database.schema import NEWEST_REVISION
from core.errors import (
    ConflictError,
    InvalidInputError,
    KnownError,
    NotAllowedError,
    NotFoundError,
    SignInError,
    StorageError,
)
from core.model.journal import AuditEntry
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.permissions import Role
from core.services.payments.rules import RecordPayment
from core.services.presence import PresenceService
from core.services.refunds.on_the_spot import SpotDecision
from core.services.refunds.service import RequestRefund
from core.services.rows import RefundRow
from core.services.sign_in_waits import FREE_TRIES
from desktop.shop import ServerConfiguration
from tests.postgresql import PostgresqlServer
from tests.served_shop import PASSWORD, ServedShop, served_shop


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[ServedShop]:
    with served_shop(postgresql_server) as made:
        yield made


@pytest.fixture
def app(shop: ServedShop, tmp_path: Path) -> Iterator[App]:
    with shop.opened(tmp_path) as opened:
        yield opened


def entries(app: App, action: str) -> list[AuditEntry]:
    with app.database.read() as session:
        wanted = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(session.scalars(wanted))


def test_nothing_is_asked_and_nobody_named_before_somebody_signed_in(
    app: App, shop: ServedShop
) -> None:
    assert not app.users.is_open
    assert app.users.names_at_the_door() == ()
    assert app.users.has_users()
    assert shop.logins_of_connections() == set()
    with pytest.raises(StorageError, match="Nobody is signed in at this desk"):
        app.settings.load()
    with pytest.raises(StorageError, match="Nobody is signed in at this desk"):
        app.users.names()


def test_every_connection_of_a_desk_is_of_who_signed_in(app: App, shop: ServedShop) -> None:
    actor = app.users.sign_in(" ALINE ", PASSWORD, "desk 1")
    assert (actor.name, actor.role, actor.desk) == ("aline", Role.CASHIER, "desk 1")
    app.settings.load()
    assert shop.logins_of_connections() == {"aline"}
    assert app.users.names_at_the_door() == ("aline",)
    assert set(app.users.names()) >= {"aline", "marie", "Paul Ngabo"}
    with app.database.read() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.user_name == "aline")).all()
        assert told[-1].action == "user:signed_in"


def test_lists_are_read_as_who_sits_there(app: App, shop: ServedShop) -> None:
    who = driver_question(select(literal_column("session_user::text")), app.database.engine.dialect)

    def reader() -> str:
        ((role,),) = app.database.rows(who, {})
        return str(role).rpartition(".")[2]

    app.users.sign_in("aline", PASSWORD, "desk 1")
    assert reader() == "aline"
    app.users.sign_in("marie", PASSWORD, "desk 1")
    assert reader() == "marie"
    app.users.sign_out()
    assert shop.logins_of_connections() == set()
    with pytest.raises(StorageError, match="Nobody is signed in at this desk"):
        reader()


def test_who_takes_a_desk_over_takes_its_connections(app: App, shop: ServedShop) -> None:
    aline = app.users.sign_in("aline", PASSWORD, "desk 1")
    app.users.sign_in("marie", PASSWORD, "desk 1")
    assert shop.logins_of_connections() == {"marie"}
    with pytest.raises(KnownError), app.database.write(aline) as unit:
        unit.audit("payment:printed", "payment", "p1")
        unit.commit()
    app.users.sign_in("aline", PASSWORD, "desk 1")
    assert shop.logins_of_connections() == {"aline"}
    app.users.sign_out()
    assert not app.users.is_open
    assert shop.logins_of_connections() == set()
    with shop.owned() as database, database.read() as session:
        assert verify_chains(session)[1] == []


def test_a_person_with_a_long_name_signs_in_by_it_however_it_is_written(app: App) -> None:
    for typed in ("Paul Ngabo", "paul ngabo", "PAUL_NGABO"):
        assert app.users.sign_in(typed, PASSWORD, "d").name == "Paul Ngabo"


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Aline", "aline"),
        ("Jean-Bosco Uwimana", "jean_bosco_uwimana"),
        ("Chloé", "chloe"),
        ("2nd till", "p_2nd_till"),
    ],
)
def test_a_login_is_reckoned_from_a_name(name: str, login: str) -> None:
    assert login_of(name) == login


def test_names_without_latin_letters_or_too_long_have_logins_of_their_own() -> None:
    names = ("Анна", "Иван", "", "a" * 40, "a" * 41)
    logins = {login_of(name) for name in names}
    assert len(logins) == len(names)
    assert all(0 < len(login) <= 31 for login in logins)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(app: App) -> None:
    told = set()
    for name in ("aline", "nobody", "x" * 300, "Robert'); DROP"):
        with pytest.raises(SignInError) as refused:
            app.users.sign_in(name, "not this one", "d")
        told.add(refused.value.message)
    assert told == {"You are not signed in. The name or the password is wrong."}
    assert not app.users.is_open


def test_wrong_tries_make_a_name_wait_at_the_desk_even_after_a_restart(
    shop: ServedShop, tmp_path: Path
) -> None:
    now = [datetime.now(UTC)]
    with shop.opened(tmp_path, clock=lambda: now[0]) as app:
        for _ in range(FREE_TRIES - 1):
            with pytest.raises(SignInError):
                app.users.sign_in("kofi", "not this one", "d")
        with pytest.raises(SignInError, match="Wait 30 seconds before the next try"):
            app.users.sign_in("Kofi", "not this one", "d")
    with shop.opened(tmp_path, clock=lambda: now[0]) as app:
        with pytest.raises(SignInError, match="waits another 30 seconds at this desk"):
            app.users.sign_in("kofi", PASSWORD, "d")
        app.users.sign_in("aline", PASSWORD, "d")
        now[0] += timedelta(seconds=31)
        with pytest.raises(SignInError, match="Wait 1 minute before"):
            app.users.sign_in("kofi", "not this one", "d")
        now[0] += timedelta(seconds=61)
        kofi = app.users.sign_in("kofi", PASSWORD, "d")
        with app.database.read() as session:
            last = session.scalars(
                select(AuditEntry).where(AuditEntry.user_name == kofi.name)
            ).all()[-1]
        assert json.loads(last.details) == {"wrong_tries": FREE_TRIES + 1}
    kept = (tmp_path / "desk.json").read_text()
    assert "not this one" not in kept


def test_what_a_desk_remembers_may_be_lost_or_garbled(shop: ServedShop, tmp_path: Path) -> None:
    with shop.opened(tmp_path) as app:
        app.users.sign_in("aline", PASSWORD, "d")
        for garbled in ("", "[]", '{"names": 3}', '{"names": [], "wrong_tries": {"a": 1}}'):
            (tmp_path / "desk.json").write_text(garbled)
            assert app.users.names_at_the_door() == ()
            app.users.sign_in("aline", PASSWORD, "d")
        assert app.users.names_at_the_door() == ("aline",)


def test_a_disabled_person_is_told_so_only_by_their_own_password(app: App) -> None:
    ange = app.users.sign_in("ange", PASSWORD, "office")
    app.users.add(ange, "Eric", Role.CASHIER, "for a while")
    assert not app.users.disable(ange, "eric").is_active
    with pytest.raises(SignInError, match="This name is disabled; ask an admin"):
        app.users.sign_in("eric", "for a while", "d")
    with pytest.raises(SignInError, match="name or the password is wrong"):
        app.users.sign_in("eric", "not this one", "d")
    assert app.users.enable(ange, "Eric").is_active
    assert app.users.sign_in("eric", "for a while", "d").name == "Eric"


def test_the_service_is_nobody_who_signs_in(app: App) -> None:
    with pytest.raises(SignInError, match="that of the service"):
        app.users.sign_in("service", PASSWORD, "d")


def test_a_server_that_is_gone_is_told_as_such(shop: ServedShop, tmp_path: Path) -> None:
    away = ServerConfiguration(
        data_dir=tmp_path, url=f"postgresql:///{shop.database}?host={tmp_path}"
    )
    with open_shop(away) as app:
        with pytest.raises(StorageError, match="server cannot be reached"):
            app.users.sign_in("aline", PASSWORD, "d")
        assert not (tmp_path / "desk.json").exists()


def test_a_shop_of_another_version_lets_nobody_in(shop: ServedShop, app: App) -> None:
    shop.server.execute(
        "UPDATE sanduku.alembic_version SET version_num = '9999'", database=shop.database
    )
    try:
        with pytest.raises(StorageError, match="program on the shop's server is newer"):
            app.users.sign_in("aline", PASSWORD, "d")
        assert not app.users.is_open
    finally:
        shop.server.execute(
            f"UPDATE sanduku.alembic_version SET version_num = '{NEWEST_REVISION}'",
            database=shop.database,
        )


def test_an_admin_looks_after_people(app: App) -> None:
    users = app.users
    ange = users.sign_in("ange", PASSWORD, "office")
    made = users.add(ange, "Claudine U.", Role.CLERK, "a first one")
    assert (made.name, made.role, made.is_active) == ("Claudine U.", Role.CLERK, True)
    with pytest.raises(ConflictError, match="already a person named Claudine U"):
        users.add(ange, "claudine u", Role.CASHIER, "a first one")
    with pytest.raises(InvalidInputError):
        users.add(ange, "Short", Role.CASHIER, "no")
    with pytest.raises(InvalidInputError, match="service works under"):
        users.add(ange, "Service", Role.CASHIER, PASSWORD)
    with pytest.raises(NotFoundError):
        users.disable(ange, "Nobody")
    with pytest.raises(NotAllowedError, match="disable themselves"):
        users.disable(ange, "ange")
    users.set_password(ange, "claudine u.", "a second one")
    assert "Claudine U." in {row.name for row in users.everyone(ange)}
    with pytest.raises(SignInError):
        users.sign_in("Claudine U.", "a first one", "d")
    claudine = users.sign_in("Claudine U.", "a second one", "d")
    with pytest.raises(NotAllowedError):
        users.add(claudine, "Mole", Role.ADMIN, PASSWORD)
    with pytest.raises(NotAllowedError):
        users.everyone(claudine)
    users.sign_in("ange", PASSWORD, "office")
    assert [entry.subject_id for entry in entries(app, "user:password_set")] == ["Claudine U."]


def test_one_changes_ones_own_password_and_works_on(app: App) -> None:
    users = app.users
    ange = users.sign_in("ange", PASSWORD, "office")
    users.add(ange, "Odile", Role.CASHIER, "the old one")
    odile = users.sign_in("odile", "the old one", "d")
    with pytest.raises(SignInError, match=r"changed\. The name or the password is wrong"):
        users.change_password(odile, "not this one", "the new one")
    users.change_password(odile, "the old one", "the new one")
    app.database.engine.dispose()
    assert users.names()
    with pytest.raises(SignInError):
        users.sign_in("odile", "the old one", "d")
    assert users.sign_in("odile", "the new one", "d") == odile


def asked(app: App, key: str) -> RefundRow:
    aline = app.users.sign_in("aline", PASSWORD, "desk 1")
    sale = RecordPayment(
        key=key,
        method=PaymentMethod.CARD,
        amount_minor=9_000,
        card_approval_code="A1",
        complete_now=True,
    )
    paid = app.payments.record(aline, sale)
    return app.refunds.request(aline, RequestRefund(f"{key}-r", paid.payment_id, 9_000, "broken"))


def test_a_manager_decides_at_the_cashiers_window_over_a_login_of_their_own(
    app: App, shop: ServedShop
) -> None:
    refund = asked(app, "spot")
    aline = app.users.sign_in("aline", PASSWORD, "desk 1")
    wrong = SpotDecision(refund.refund_id, refund.seen, "marie", "not this one")
    with pytest.raises(SignInError, match=r"Nothing was approved\. The name or the password"):
        app.spot_decisions.approve(aline, wrong)
    refused = entries(app, "user:sign_in_refused")
    assert shop.logins_of_connections() == {"aline"}
    decided = app.spot_decisions.approve(
        aline, SpotDecision(refund.refund_id, refund.seen, "marie", PASSWORD)
    )
    assert (decided.status, decided.approved_by) == (RefundStatus.APPROVED, "marie")
    assert shop.logins_of_connections() == {"aline"}
    app.users.sign_in("marie", PASSWORD, "office")
    refused = entries(app, "user:sign_in_refused")
    assert [(e.user_name, e.subject_id) for e in refused] == [("aline", "marie")]
    stepped = entries(app, "user:stepped_up")
    assert {json.loads(entry.details)["at_desk_of"] for entry in stepped} == {"aline"}
    assert "marie" in {entry.user_name for entry in stepped}


def test_a_cashier_is_no_manager_by_stepping_up(app: App) -> None:
    refund = asked(app, "spot-2")
    aline = app.users.sign_in("aline", PASSWORD, "desk 1")
    with pytest.raises(NotAllowedError):
        app.spot_decisions.approve(
            aline, SpotDecision(refund.refund_id, refund.seen, "kofi", PASSWORD)
        )


def test_who_takes_a_desk_over_is_who_is_here(app: App) -> None:
    aline = app.users.sign_in("aline", PASSWORD, "desk 1")
    app.presence.come(aline)
    assert [row.user_name for row in app.presence.everyone()] == ["aline"]
    app.presence.lock(aline)
    assert app.presence.everyone()[0].is_locked
    app.presence.come(app.users.sign_in("marie", PASSWORD, "desk 1"))
    app.presence.beat()
    assert [row.user_name for row in app.presence.everyone()] == ["marie"]
    app.users.sign_out()
    with app.users.stepped_up(aline, "kofi", PASSWORD, money_fact="") as up:
        assert PresenceService(up.database).everyone() == ()

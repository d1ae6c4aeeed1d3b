from __future__ import annotations

import pytest

from core.database.unit_of_work import Database
from core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SignInError,
)
from core.model.payments import PaymentMethod
from core.model.people import User
from core.permissions import Actor, Role
from core.services.audit.trail import AuditService
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.users import FREE_TRIES, PasswordCost, UserService
from tests.core.services.conftest import SettableClock

CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture
def users(database: Database) -> UserService:
    return UserService(database, password_cost=CHEAP)


@pytest.fixture
def boss(users: UserService) -> Actor:
    users.add(None, "Ange", Role.ADMIN, "correct horse")
    return users.sign_in("Ange", "correct horse", "desk 1")


def try_wrongly(users: UserService, name: str, times: int) -> str:
    message = ""
    for _ in range(times):
        with pytest.raises(SignInError) as caught:
            users.sign_in(name, "wrong password", "desk 1")
        message = caught.value.message
    return message


def test_the_first_person_of_a_shop_is_an_admin_and_needs_nobody(users: UserService) -> None:
    assert not users.has_users()
    with pytest.raises(NotAllowedError, match="is an admin"):
        users.add(None, "Eric", Role.CASHIER, "correct horse")
    users.add(None, "Ange", Role.ADMIN, "correct horse")
    assert users.has_users()
    with pytest.raises(NotAllowedError, match="Sign in as an admin"):
        users.add(None, "Second", Role.ADMIN, "correct horse")


def test_signing_in_gives_the_person_with_their_role_and_desk(
    users: UserService, boss: Actor
) -> None:
    users.add(boss, "Eric", Role.CASHIER, "another horse")
    actor = users.sign_in(" eric ", "another horse", "desk 7")
    assert (actor.name, actor.role, actor.desk) == ("Eric", Role.CASHIER, "desk 7")


def test_an_accent_typed_in_two_ways_is_one_password(users: UserService, boss: Actor) -> None:
    users.add(boss, "Renée", Role.CLERK, "caf\u00e9 noir")
    assert users.sign_in("Rene\u0301e", "cafe\u0301 noir", "").name == "Renée"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    users: UserService, boss: Actor
) -> None:
    assert try_wrongly(users, "Ange", 1) == try_wrongly(users, "Nobody", 1)


def test_after_five_wrong_tries_even_the_right_password_waits_and_the_wait_grows(
    users: UserService, boss: Actor, clock: SettableClock
) -> None:
    assert "30 seconds" in try_wrongly(users, "Ange", FREE_TRIES)
    with pytest.raises(SignInError, match="another 30 seconds"):
        users.sign_in("Ange", "correct horse", "")
    clock.advance(seconds=29)
    with pytest.raises(SignInError, match="another 1 second;"):
        users.sign_in("Ange", "correct horse", "")
    clock.advance(seconds=1)
    assert "1 minute " in try_wrongly(users, "Ange", 1)
    clock.advance(minutes=1)
    assert "2 minutes" in try_wrongly(users, "Ange", 1)
    clock.advance(minutes=2)
    assert users.sign_in("Ange", "correct horse", "").name == "Ange"
    assert "Wait" not in try_wrongly(users, "Ange", FREE_TRIES - 1)


def test_the_wait_never_exceeds_a_quarter_of_an_hour(
    users: UserService, boss: Actor, clock: SettableClock
) -> None:
    for _ in range(30):
        clock.advance(minutes=15)
        message = try_wrongly(users, "Ange", 1)
    assert "15 minutes" in message


def test_a_disabled_person_stays_out_and_only_who_knows_the_password_hears_why(
    users: UserService, boss: Actor
) -> None:
    users.add(boss, "Eric", Role.CASHIER, "another horse")
    users.disable(boss, "Eric")
    assert users.names() == ("Ange",)
    assert "disabled" not in try_wrongly(users, "Eric", 1)
    with pytest.raises(SignInError, match="disabled"):
        users.sign_in("Eric", "another horse", "")
    users.enable(boss, "Eric")
    assert users.sign_in("Eric", "another horse", "").name == "Eric"


def test_nobody_disables_themselves_or_the_last_admin(users: UserService, boss: Actor) -> None:
    with pytest.raises(NotAllowedError, match="themselves"):
        users.disable(boss, "Ange")
    users.add(boss, "Other", Role.ADMIN, "another horse")
    other = users.sign_in("Other", "another horse", "")
    users.disable(boss, "Other")
    with pytest.raises(NotAllowedError, match="last admin"):
        users.disable(Actor(99, "From before", Role.ADMIN), "Ange")
    with pytest.raises(NotAllowedError, match="Other is disabled"):
        users.disable(other, "Ange")
    assert [row.name for row in users.everyone(boss) if row.is_active] == ["Ange"]


def test_refused_tries_are_in_the_audit_trail_without_the_unknown_name(
    users: UserService, boss: Actor, database: Database
) -> None:
    try_wrongly(users, "Ange", 1)
    try_wrongly(users, "my secret password", 1)
    rows = AuditService(database).page(boss).rows
    refused = [row.subject_id for row in rows if row.action == "user:sign_in_refused"]
    assert refused == ["", "Ange"]
    assert not any("secret" in row.details or "horse" in row.details for row in rows)


def test_only_an_admin_manages_people(users: UserService, boss: Actor, manager: Actor) -> None:
    for act in (
        lambda: users.add(manager, "Eric", Role.CASHIER, "another horse"),
        lambda: users.disable(manager, "Ange"),
        lambda: users.set_password(manager, "Ange", "another horse"),
        lambda: users.everyone(manager),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_weak_password_is_refused_unless_the_demo_asks(users: UserService, boss: Actor) -> None:
    with pytest.raises(InvalidInputError, match="6 to 200") as caught:
        users.add(boss, "Eric", Role.CASHIER, "demo")
    assert caught.value.field == "password"
    assert users.add(boss, "Eric", Role.CASHIER, "demo", allow_weak=True).name == "Eric"


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\nb", "sanduku", "Sanduku"])
def test_a_name_that_cannot_stand_in_the_books_is_refused(
    name: str, users: UserService, boss: Actor
) -> None:
    with pytest.raises(InvalidInputError):
        users.add(boss, name, Role.CASHIER, "another horse")


def test_a_name_is_taken_in_any_case(users: UserService, boss: Actor) -> None:
    with pytest.raises(ConflictError):
        users.add(boss, "ANGE", Role.CASHIER, "another horse")


def test_a_new_password_ends_the_wait_and_the_old_one(users: UserService, boss: Actor) -> None:
    users.add(boss, "Eric", Role.CASHIER, "another horse")
    try_wrongly(users, "Eric", FREE_TRIES)
    users.set_password(boss, "Eric", "third horse")
    assert users.sign_in("Eric", "third horse", "").name == "Eric"
    try_wrongly(users, "Eric", 1)
    with pytest.raises(NotFoundError):
        users.set_password(boss, "Nobody", "third horse")


def test_changing_ones_password_needs_the_old_one(users: UserService, boss: Actor) -> None:
    with pytest.raises(SignInError):
        users.change_password(boss, "wrong horse", "brand new")
    users.change_password(boss, "correct horse", "brand new")
    assert users.sign_in("Ange", "brand new", "").name == "Ange"


def test_passwords_are_kept_as_argon2id_and_renewed_when_the_cost_rises(
    users: UserService, boss: Actor, database: Database
) -> None:
    def kept() -> str:
        with database.read() as session:
            user = session.get(User, boss.user_id)
            assert user is not None
            return user.password_hash

    assert kept().startswith("$argon2id$v=19$m=8,t=1,p=1$")
    dearer = UserService(database, password_cost=PasswordCost(2, 16, 1))
    dearer.sign_in("Ange", "correct horse", "")
    assert kept().startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert dearer.sign_in("Ange", "correct horse", "").name == "Ange"


def test_a_person_disabled_while_signed_in_changes_nothing_more(
    users: UserService, boss: Actor, database: Database
) -> None:
    users.add(boss, "Eric", Role.MANAGER, "another horse")
    eric = users.sign_in("Eric", "another horse", "desk 2")
    payments = PaymentService(database)
    sale = RecordPayment(key="k", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=5_000)
    row = payments.record(eric, sale)
    users.disable(boss, "Eric")

    with pytest.raises(NotAllowedError, match="Eric is disabled and may no longer act"):
        payments.cancel(eric, row.payment_id)
    entries = AuditService(database).page(boss, user_name="Eric").rows
    assert entries[0].action == "act:refused"
    users.enable(boss, "Eric")
    payments.cancel(eric, row.payment_id)

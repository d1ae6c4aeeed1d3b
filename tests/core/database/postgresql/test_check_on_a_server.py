"""The check of the books and of the trail, over the logins of those whose business it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database.audit_chains import verify_chains
from core.database.consistency import check
from core.database.postgresql.roles.protect import protect
from core.errors import NotAllowedError
from tests.core.database.postgresql.peopled_shop import PeopledShop, peopled_shop
from tests.core.database.postgresql.sabotages import SABOTAGES
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


@pytest.mark.parametrize("login", ["", "mary", "ann", "service"])
def test_all_is_well_and_every_chain_is_seen_whole(shop: PeopledShop, login: str) -> None:
    database = shop.opened_by(login) if login else shop.owned()
    assert check(database.engine) == ()
    with shop.owned().read() as session:
        entries, _ = verify_chains(session)
    with database.read() as session:
        assert verify_chains(session) == (entries, [])


@pytest.mark.parametrize("login", ["", "mary", "service"])
def test_a_changed_row_is_told_to_whoever_checks(shop: PeopledShop, login: str) -> None:
    database = shop.opened_by(login) if login else shop.owned()
    changed = "UPDATE sanduku.audit_entry SET details = details || ' ' WHERE user_name = 'ann'"
    with_guards_off = "SET session_replication_role = replica; "
    shop.as_owner(with_guards_off + changed)
    try:
        (sentence,) = check(database.engine)
    finally:
        shop.as_owner(
            with_guards_off
            + "UPDATE sanduku.audit_entry SET details = left(details, -1) WHERE user_name = 'ann'"
        )
    assert sentence == "The chain of ann is broken at entry 1: the entry was changed."


@pytest.mark.parametrize("login", ["aline", "clara"])
def test_who_sees_a_part_of_the_trail_is_told_so_instead_of_false_breaks(
    shop: PeopledShop, login: str
) -> None:
    with pytest.raises(NotAllowedError, match="Nothing was checked"):
        check(shop.opened_by(login).engine)


_SEEN = [
    each
    for each in SABOTAGES
    if each.what.startswith(("DROP TRIGGER person", "DROP TRIGGER seal"))
    or "DISABLE ROW LEVEL SECURITY" in each.what
    or "CREATEROLE" in each.what
    or each.what.startswith('GRANT "{prefix}:owner"')
]


def test_a_guard_of_persons_or_secrets_that_is_gone_is_told(shop: PeopledShop) -> None:
    reader = shop.opened_by("mary").engine
    names = {"prefix": shop.roles.prefix, "database": shop.database}
    for sabotage in _SEEN:
        shop.as_owner(f"SET search_path = sanduku; {sabotage.what.format(**names)}")
        told = check(reader)
        if sabotage.undo:
            shop.as_owner(sabotage.undo.format(**names))
        with shop.owned().engine.begin() as connection:
            protect(connection)
        assert len(told) == 1, (sabotage.what, told)
        assert told[0].startswith("The database's guard "), told
    assert check(reader) == ()


def test_a_function_that_says_who_acts_and_was_changed_is_told(shop: PeopledShop) -> None:
    shop.as_owner(
        "CREATE OR REPLACE FUNCTION sanduku.acting_group() RETURNS text LANGUAGE sql STABLE AS"
        " $$ SELECT 'owner'::text $$"
    )
    told = check(shop.opened_by("mary").engine)
    with shop.owned().engine.begin() as connection:
        protect(connection)
    assert told == (
        "The database's guard acting_group was changed: the rules it keeps may be broken.",
    )


_ROBS = (
    "CREATE FUNCTION robbing() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN NEW.amount_minor := 1; RETURN NEW; END $$;"
    " REVOKE ALL ON FUNCTION robbing() FROM PUBLIC;"
    " CREATE TRIGGER robs BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION robbing()"
)


@pytest.mark.parametrize(
    ("done", "undone", "told"),
    [
        (
            'GRANT UPDATE (amount_minor) ON payment TO "{prefix}:cashier"',
            'REVOKE UPDATE (amount_minor) ON payment FROM "{prefix}:cashier"',
            "{prefix}:cashier was given the right to UPDATE payment.amount_minor",
        ),
        (
            "GRANT SELECT ON sealed_secret TO PUBLIC",
            "REVOKE SELECT ON sealed_secret FROM PUBLIC",
            "everybody was given the right to SELECT sealed_secret",
        ),
        (
            'GRANT DELETE ON audit_entry TO "{prefix}.mary"',
            'REVOKE DELETE ON audit_entry FROM "{prefix}.mary"',
            "{prefix}.mary was given the right to DELETE audit_entry",
        ),
        (
            'GRANT EXECUTE ON FUNCTION open_secret(text) TO "{prefix}:manager"',
            'REVOKE EXECUTE ON FUNCTION open_secret(text) FROM "{prefix}:manager"',
            "{prefix}:manager was given the right to EXECUTE open_secret(text)",
        ),
        (
            _ROBS,
            "DROP FUNCTION robbing() CASCADE",
            "The trigger robs of payment is not the shop's own",
        ),
        (
            'CREATE POLICY wide ON audit_entry FOR SELECT TO "{prefix}:cashier" USING (true)',
            "DROP POLICY wide ON audit_entry",
            "The row policy wide of audit_entry is not the shop's own",
        ),
        (
            'CREATE ROLE "{prefix}_mole"; GRANT "{prefix}:admin" TO "{prefix}_mole"',
            'DROP ROLE "{prefix}_mole"',
            "{prefix}_mole, who is nobody of this shop, was made a member of {prefix}:admin",
        ),
    ],
    ids=["column", "everybody", "login", "function", "trigger", "policy", "member"],
)
def test_what_somebody_gave_or_put_in_besides_is_told(
    shop: PeopledShop, done: str, undone: str, told: str
) -> None:
    reader = shop.opened_by("mary").engine
    names = {"prefix": shop.roles.prefix}
    shop.as_owner(f"SET search_path = sanduku; {done.format(**names)}")
    try:
        (sentence,) = check(reader)
    finally:
        shop.as_owner(f"SET search_path = sanduku; {undone.format(**names)}")
    assert sentence.startswith(told.format(**names))
    assert check(reader) == ()

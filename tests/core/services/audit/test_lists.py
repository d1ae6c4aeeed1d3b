"""The audit trail as a list: newest first at any length, by person, number, day and kind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from core.database.unit_of_work import Database
from core.errors import NotAllowedError
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.audit.filters import AuditFilter, AuditKind
from core.services.audit.lists import AuditLists, ListedEntry, _page_question
from core.services.lists.keyset_queries import Bound
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund
from tests.core.services.conftest import SettableClock


def write(database: Database, actor: Actor, subject_type: str, *subjects: str) -> None:
    with database.write(actor) as unit:
        for subject in subjects:
            unit.audit(f"{subject_type}:done", subject_type, subject)
        unit.commit()


def all_rows(lists: AuditLists, actor: Actor, wanted: AuditFilter) -> list[ListedEntry]:
    count = lists.count(actor, wanted)
    rows = list(lists.ask(actor, wanted).rows(0, 1_000))
    assert len(rows) == count
    return rows


def test_pages_follow_each_other_from_the_newest_to_the_first(
    database: Database, clerk: Actor, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    for turn in range(40):
        write(database, cashier if turn % 2 else clerk, "payment", f"p-{turn:02}a", f"p-{turn:02}b")
        if turn % 3:
            clock.advance(seconds=1)
    question = AuditLists(database).ask(manager, AuditFilter())
    read: list[ListedEntry] = []
    while page := question.rows(len(read), 7):
        read += page
    assert len(read) == 80
    assert [(row.at, row.id) for row in read] == sorted(
        ((row.at, row.id) for row in read), reverse=True
    )
    assert question.rows(38, 4) == tuple(read[38:42])
    oldest = AuditLists(database).ask(manager, AuditFilter(), newest_first=False)
    assert [row.id for row in oldest.rows(0, 80)] == [row.id for row in reversed(read)]
    for place in (0, 7, 79):
        assert question.place(read[place], 777, question) == place
        assert oldest.place(read[place], 777, oldest) == 79 - place
    assert set(question.again(read[5:9])) == set(read[5:9])


def test_a_person_a_kind_and_a_day_narrow_the_list(
    database: Database, clerk: Actor, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    write(database, clerk, "reconciliation", "s-1", "s-2")
    write(database, cashier, "payment", "p-1")
    clock.advance(days=1)
    write(database, cashier, "till", "7")
    lists = AuditLists(database)

    def subjects(wanted: AuditFilter) -> list[str]:
        return [row.subject_id for row in all_rows(lists, manager, wanted)]

    first_day = date(2026, 7, 1)
    assert subjects(AuditFilter()) == ["7", "p-1", "s-2", "s-1"]
    assert subjects(AuditFilter(user_name=cashier.name)) == ["7", "p-1"]
    assert subjects(AuditFilter(kind=AuditKind.STATEMENT)) == ["s-2", "s-1"]
    assert subjects(AuditFilter(last_day=first_day)) == ["p-1", "s-2", "s-1"]
    assert subjects(AuditFilter(first_day=first_day + timedelta(days=1))) == ["7"]
    assert subjects(AuditFilter(user_name=cashier.name, last_day=first_day)) == ["p-1"]
    assert lists.people(manager) == (cashier.name, clerk.name)


def test_a_payments_number_finds_its_refunds_and_papers_too(
    database: Database, cashier: Actor, manager: Actor
) -> None:
    payments, refunds = PaymentService(database), RefundService(database)

    def paid(key: str) -> str:
        command = RecordPayment(
            key=key,
            method=PaymentMethod.CASH,
            amount_minor=5_000,
            tendered_minor=5_000,
            complete_now=True,
        )
        return payments.record(cashier, command).payment_id

    mine, other = paid("k1"), paid("k2")
    asked = refunds.request(
        cashier,
        RequestRefund(key="r1", payment_id=mine, amount_minor=2_000, reason="broken"),
    )
    with database.read() as session:
        invoice = session.scalar(
            text("SELECT invoice_number FROM payment WHERE payment_id = :id"), {"id": mine}
        )
    lists = AuditLists(database)
    expected = {
        "payment:recorded",
        "payment:completed",
        "invoice:issued",
        "refund:requested",
    }
    for number in (mine, mine[:8], invoice):
        rows = all_rows(lists, manager, AuditFilter(number=number))
        assert expected <= {row.action for row in rows}
        assert other not in {row.subject_id for row in rows}
    of_refund = all_rows(lists, manager, AuditFilter(number=asked.refund_id[:12]))
    assert [row.action for row in of_refund] == ["refund:requested"]
    assert all_rows(lists, manager, AuditFilter(number="nobody")) == []


def test_refusals_are_a_kind_of_their_own(
    database: Database, cashier: Actor, manager: Actor
) -> None:
    lists = AuditLists(database)
    with pytest.raises(NotAllowedError):
        lists.ask(cashier, AuditFilter())
    with pytest.raises(NotAllowedError):
        lists.count(cashier, AuditFilter())
    write(database, manager, "user", "aline")
    refused = all_rows(lists, manager, AuditFilter(kind=AuditKind.REFUSED))
    assert [(row.user_name, row.action) for row in refused] == [
        (cashier.name, "act:refused"),
        (cashier.name, "act:refused"),
    ]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (AuditFilter(), "ix_audit_entry_at"),
        (AuditFilter(user_name="aline"), "ix_audit_entry_user_at"),
        (AuditFilter(kind=AuditKind.REFUND), "ix_audit_entry_kind_at"),
        (AuditFilter(number="abcdef"), "ix_audit_entry_subject"),
    ],
)
def test_every_filter_has_an_index_to_walk(
    database: Database, wanted: AuditFilter, index: str
) -> None:
    question = _page_question(wanted, True, Bound(2, inclusive=False), database.engine.dialect)
    given = {name: "x" for name in question.names if name not in question.fixed}
    values = question.values({**given, "row_limit": 10, "row_skip": 0, "key_0": "9", "key_1": 9})
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question.sql}", values).all()
    told = "\n".join(str(row[3]) for row in plan)
    assert f"audit_entry USING INDEX {index}" in told, told
    if not wanted.number:
        assert "SCAN audit_entry\n" not in told + "\n"

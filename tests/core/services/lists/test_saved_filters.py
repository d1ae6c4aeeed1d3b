"""Filters kept by name belong to one person and one list, and names are taken once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import AuditEntry
from core.permissions import Actor, Role
from core.services.lists.saved_filters import SavedFilterService

ALINE = Actor(1, "aline", Role.CASHIER, "desk 1")
MARIE = Actor(2, "marie", Role.MANAGER, "office")


@pytest.fixture
def database(shop_url: str) -> Iterator[Database]:
    opened = Database(shop_url)
    yield opened
    opened.close()


@pytest.fixture
def service(database: Database) -> SavedFilterService:
    return SavedFilterService(database)


def _names(service: SavedFilterService, actor: Actor, page: str = "payments") -> list[str]:
    return [row.name for row in service.of(actor, page)]


def test_each_person_and_each_list_has_its_own(service: SavedFilterService) -> None:
    service.save(ALINE, "payments", "Mine", "a")
    service.save(MARIE, "payments", "Mine", "b")
    service.save(MARIE, "refunds", "Mine", "c")
    assert [row.content for row in service.of(ALINE, "payments")] == ["a"]
    assert [row.content for row in service.of(MARIE, "payments")] == ["b"]
    assert [row.content for row in service.of(MARIE, "refunds")] == ["c"]


def test_nobody_changes_anothers(service: SavedFilterService) -> None:
    (kept,) = service.save(ALINE, "payments", "Mine", "a")
    with pytest.raises(NotFoundError):
        service.rename(MARIE, "payments", kept.filter_id, "Yours")
    with pytest.raises(NotFoundError):
        service.use_at_start(MARIE, "payments", kept.filter_id)
    service.remove(MARIE, "payments", kept.filter_id)
    assert service.of(ALINE, "payments") == (kept,)


def test_a_name_is_taken_whatever_its_case_until_it_is_replaced(
    service: SavedFilterService,
) -> None:
    service.save(ALINE, "payments", "Été à  Kigali", "a")
    with pytest.raises(ConflictError, match="Été à Kigali"):
        service.save(ALINE, "payments", "ÉTÉ À KIGALI", "b")
    service.save(ALINE, "payments", "Été À Kigali", "b", replaces=True)
    assert [(r.name, r.content) for r in service.of(ALINE, "payments")] == [("Été À Kigali", "b")]


def test_saving_the_same_again_leaves_no_second_trace(
    service: SavedFilterService, database: Database
) -> None:
    for _ in range(2):
        service.save(ALINE, "payments", "Mine", "a")
    with database.read() as session:
        assert [e.action for e in session.query(AuditEntry)] == ["saved_filter:saved"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_cannot_be_used_saves_nothing(service: SavedFilterService, name: str) -> None:
    with pytest.raises(InvalidInputError):
        service.save(ALINE, "payments", name, "a")
    assert _names(service, ALINE) == []


def test_a_filter_is_renamed_but_not_to_anothers_name(service: SavedFilterService) -> None:
    service.save(ALINE, "payments", "Cash", "a")
    rows = service.save(ALINE, "payments", "Mobile", "b")
    mobile = next(row for row in rows if row.name == "Mobile")
    with pytest.raises(ConflictError):
        service.rename(ALINE, "payments", mobile.filter_id, "cash")
    service.rename(ALINE, "payments", mobile.filter_id, "MOBILE")
    assert _names(service, ALINE) == ["Cash", "MOBILE"]


def test_a_list_begins_with_one_filter_at_most(service: SavedFilterService) -> None:
    service.save(ALINE, "payments", "Cash", "a")
    first, second = service.save(ALINE, "payments", "Mobile", "b")
    for chosen in (first, second):
        rows = service.use_at_start(ALINE, "payments", chosen.filter_id)
        assert [row.filter_id for row in rows if row.is_default] == [chosen.filter_id]
    rows = service.use_at_start(ALINE, "payments", None)
    assert not any(row.is_default for row in rows)


def test_a_removed_filter_frees_its_name_and_the_start(service: SavedFilterService) -> None:
    (kept,) = service.save(ALINE, "payments", "Mine", "a")
    service.use_at_start(ALINE, "payments", kept.filter_id)
    for _ in range(2):
        assert service.remove(ALINE, "payments", kept.filter_id) == ()
    (again,) = service.save(ALINE, "payments", "Mine", "b")
    assert not again.is_default
    service.use_at_start(ALINE, "payments", again.filter_id)
    with pytest.raises(NotFoundError, match="deleted meanwhile"):
        service.rename(ALINE, "payments", kept.filter_id, "Other")

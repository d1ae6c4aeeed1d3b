"""Moves a shop from its file into an empty database on a server, whole or not at all.

The file is held alone from the first look to the last. Everything on the server is one transaction:
what is killed leaves an empty database and the file as it was. The file is marked just before that
transaction is committed, as one of the two must be first: should the end come between them, the
mark says that it is not known what became of it, and the same command again finds out by the
move's own id, which the shop on the server keeps. At no moment are there two shops.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import Clock, system_clock
from core.database.audit import Deed, append_deeds
from core.database.bulk import draw_keys_after
from core.database.consistency import check_within
from core.database.engine import storage_error
from core.database.moved_mark import MovedMark, mark, take_back
from core.database.moving import people, source, target
from core.database.moving.comparison import chains_in, compare_table, money_in
from core.database.moving.contract import Moved
from core.database.moving.sealing import Reseal, Secret, bring, seal, secrets_in
from core.database.moving.source import NOTHING_MOVED
from core.database.postgresql.schema import create_shop
from core.database.schema import NEWEST_REVISION
from core.database.unit_of_work import SYSTEM_USER
from core.errors import ConflictError, StorageError
from core.model.base import Base

FoundT = TypeVar("FoundT")

Told = Callable[[str], None]


def move(
    file: Path,
    address: str,
    *,
    reseal: Reseal,
    carry_files: Callable[[], int],
    told: Told = lambda _: None,
    clock: Clock = system_clock,
) -> Moved:
    """Carry a shop over and return what was counted, and the passwords people begin with.

    ``address`` is the database as the server's owner uses it; ``carry_files`` copies what lies
    beside the books, and counts it. ``told`` hears what is being done. Call :func:`confirm` once
    the result was told to a person.

    Raises:
        NotFoundError: there is no such file.
        ConflictError: the shop was moved before.
        InvalidInputError: the address names no database on a server.
        StorageError: the file is open elsewhere, of another version or not in order; the database
            is not empty; the server refuses; or something did not arrive as it was sent.
        KnownError: a secret cannot be opened here.

    """
    url = target.server_url(address)
    with source.held(file) as shop:
        earlier = source.mark_of(shop)
        if earlier is not None:
            found = _what_became(url, earlier, clock)
            if found is not None:
                return found
            take_back(shop, earlier)
            shop.commit()
        told("looking at the books")
        source.require_order(shop)
        secrets = secrets_in(shop, reseal)
        target.make_if_missing(url)
        with target.opened(url) as engine, engine.connect() as server:
            target.take(server)
            moved = MovedMark(_place(url), str(uuid.uuid4()), clock().isoformat(), NEWEST_REVISION)
            rows: list[tuple[str, int]] = []
            create_shop(server, NEWEST_REVISION, lambda new: _fill(shop, new, secrets, rows, told))
            draw_keys_after(server)
            seal(server)
            made = Moved(
                place=moved.place,
                rows=tuple(rows),
                money=_alike("sums of money", money_in(shop), money_in(server)),
                chains=_alike("audit chains", chains_in(shop), chains_in(server)),
                secrets=sum(each.content != "" for each in secrets),
                files=carry_files(),
                people=people.give_logins(server),
                service=people.give_service_login(server),
            )
            target.sign(server, moved, str(file))
            _write_down(server, (_moved(moved, str(file)), *_passwords(made)), clock)
            told("looking at the books on the server")
            _require_order_there(server)
            _end(shop, engine, server, moved)
    return made


def confirm(file: Path) -> None:
    """Let the file's mark say that the move's end was told."""
    with source.held(file) as shop:
        moved = source.mark_of(shop)
        if moved is not None and not moved.is_told:
            mark(shop, MovedMark(moved.place, moved.move_id, moved.at, moved.version, is_told=True))
            shop.commit()


def _fill(
    shop: Connection,
    server: Connection,
    secrets: tuple[Secret, ...],
    rows: list[tuple[str, int]],
    told: Told,
) -> None:
    for table in Base.metadata.sorted_tables:
        target.carry(shop, server, table)
        count = compare_table(shop, server, table)
        rows.append((table.name, count))
        if count:
            told(f"{table.name}: {count}")
    bring(server, secrets)
    told("making indexes and guards")
    server.exec_driver_sql("ANALYZE")


def _alike(what: str, mine: FoundT, there: FoundT) -> FoundT:
    if mine != there:
        raise StorageError(
            f"{NOTHING_MOVED} The {what} on the server are not those of the file.",
            details=f"sent: {mine!r}\narrived: {there!r}",
        )
    return mine


def _moved(moved: MovedMark, origin: str) -> Deed:
    return Deed("shop:moved", "shop", moved.move_id, {"from": origin, "to": moved.place})


def _passwords(made: Moved) -> Iterator[Deed]:
    for each in made.people:
        if each.is_active:
            yield Deed("user:password_set", "user", each.name, {"login": each.login})


def _write_down(server: Connection, deeds: Iterable[Deed], clock: Clock) -> None:
    """Write what was done at the end of the program's own chain in the audit trail."""
    append_deeds(Session(server), deeds, user_name=SYSTEM_USER, desk="", at=clock())


def _require_order_there(server: Connection) -> None:
    problems = check_within(server)
    if problems:
        raise StorageError(
            f"{NOTHING_MOVED} On the server the books do not agree with themselves: {problems[0]}",
            details="\n".join(problems),
        )


def _end(shop: Connection, engine: Engine, server: Connection, moved: MovedMark) -> None:
    """Make the server's database the shop, and the file none any more."""
    mark(shop, moved)
    shop.commit()
    try:
        server.commit()
    except DBAPIError as error:
        if _has_arrived(engine, moved):
            return
        take_back(shop, moved)
        shop.commit()
        raise storage_error(error) or error from error


def _has_arrived(engine: Engine, moved: MovedMark) -> bool:
    """Look a commit up whose answer was lost."""
    try:
        with engine.connect() as connection:
            return target.came_by(connection) == moved.move_id
    except DBAPIError as error:
        raise StorageError(
            "It is not known whether the shop was moved, as the connection to the server was lost."
            " Nobody can go on in the file until the same command was run again: it finds out.",
            details=str(error.orig),
        ) from error


def _what_became(url: URL, earlier: MovedMark, clock: Clock) -> Moved | None:
    """Return what an earlier move came to, with new passwords; None where it did not come to be."""
    if earlier.is_told or earlier.place != _place(url):
        raise ConflictError(f"{NOTHING_MOVED} {earlier.sentence}")
    target.make_if_missing(url)
    with target.opened(url) as engine:
        if not _has_arrived(engine, earlier):
            return None
        with engine.begin() as server:
            found = Moved(
                place=earlier.place,
                rows=(),
                money=(),
                chains=(),
                secrets=0,
                files=0,
                people=people.give_new_passwords(server),
                service=people.give_service_password(server),
                was_there_already=True,
            )
            _write_down(server, _passwords(found), clock)
            return found


def _place(url: URL) -> str:
    """Return where the shop goes, without who carries it there."""
    host = {"host": url.query["host"]} if "host" in url.query else {}
    bare = URL.create("postgresql", host=url.host, port=url.port, database=url.database, query=host)
    return bare.render_as_string()

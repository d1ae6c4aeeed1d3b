"""``sanduku learned``: what decisions on statements taught, and how to forget it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from core.clock import iso_utc
from core.errors import InvalidInputError
from core.matching.fees import FeeTier
from core.money import display, major
from core.services.learning.rows import LessonKind, LessonRef, LessonRow
from desktop.cli.common import json_option, shop_options, signed_in
from desktop.cli.output import local, print_json, print_table, say

_PERCENT_PLACES = 100


@click.group("learned")
@shop_options
def command() -> None:
    """What decisions on statements taught: payers, wordings, fees, and what was declined."""


@command.command("list")
@click.option("--search", default="", metavar="TEXT", help="Only lessons that hold this text.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in LessonKind], case_sensitive=False),
    help="Only lessons of this kind.",
)
@json_option
@shop_options
def list_lessons(*, search: str, kind: str | None, as_json: bool) -> None:
    """List what was learned and still counts, the newest of each kind first.

    Lessons suggest; none of them makes a match by itself.
    """
    with signed_in() as (app, actor):
        lessons = app.learning.lessons(actor, search=search)
    shown = [each for each in lessons if kind in {None, each.ref.kind.value}]
    if as_json:
        print_json([_document(each) for each in shown])
        return
    print_table(
        ["Lesson", "Provider", "On the statement", "Means", ">Times", "Last by", "Last"],
        [_cells(each) for each in shown],
    )


@command.command("forget")
@click.argument("lessons", metavar="LESSON…", nargs=-1, required=True)
@json_option
@shop_options
def forget(lessons: Sequence[str], *, as_json: bool) -> None:
    """Forget lessons, each by its name in the list, as in “payer:12”; all of them or none.

    Later decisions teach anew. A declined match may then be offered again.
    """
    refs = [_ref(each) for each in lessons]
    with signed_in() as (app, actor):
        forgotten = app.learning.forget(actor, refs)
    if as_json:
        print_json({"lessons": list(lessons), "forgotten": forgotten.number})
    else:
        say(f"{forgotten.number} forgotten." if forgotten.number else "Nothing was left to forget.")


def _ref(name: str) -> LessonRef:
    """Return which lesson is meant.

    Raises:
        InvalidInputError: the name is none.

    """
    kind, _, key = name.partition(":")
    if kind not in set(LessonKind) or not key:
        kinds = ", ".join(f"{each.value}:…" for each in LessonKind)
        raise InvalidInputError(f"Nothing was forgotten. “{name}” is no lesson: {kinds}.")
    return LessonRef(LessonKind(kind), key)


def _name(row: LessonRow) -> str:
    return f"{row.ref.kind}:{row.ref.key}"


def _document(row: LessonRow) -> dict[str, object]:
    return {
        "lesson": _name(row),
        "kind": row.ref.kind,
        "provider": row.provider,
        "statement": row.statement or None,
        "mark": row.mark,
        "shown": row.shown,
        "meaning": row.meaning,
        "fee": [_tier_document(each, row.currency) for each in row.fee.tiers] if row.fee else None,
        "currency": row.currency or None,
        "times": row.times,
        "last_by": row.last_by,
        "last_at": iso_utc(row.last_at),
    }


def _tier_document(tier: FeeTier, currency: str) -> dict[str, object]:
    def amount(minor: int | None) -> str | None:
        return None if minor is None else major(minor, currency)

    return {
        "up_to": amount(tier.up_to_minor),
        "percent": _percent(tier),
        "fixed": amount(tier.fixed_minor),
        "minimum": amount(tier.minimum_minor),
        "maximum": amount(tier.maximum_minor),
    }


def _cells(row: LessonRow) -> list[str]:
    shown = f"{row.statement}, line {row.shown}" if row.statement else row.shown
    means = row.meaning
    if row.fee is not None:
        means = "keeps " + "; ".join(_tier_words(tier, row.currency) for tier in row.fee.tiers)
    elif row.ref.kind is LessonKind.DECLINED:
        means = f"is not {row.meaning}" if row.meaning else "is not what was offered"
    return [
        _name(row),
        row.provider,
        shown,
        means,
        str(row.times),
        row.last_by,
        local(row.last_at),
    ]


def _tier_words(tier: FeeTier, currency: str) -> str:
    parts = [f"{_percent(tier)} %"] if tier.basis_points else []
    parts += [display(tier.fixed_minor, currency)] if tier.fixed_minor else []
    limit = "" if tier.up_to_minor is None else f" up to {display(tier.up_to_minor, currency)}"
    return (" + ".join(parts) or "nothing") + limit


def _percent(tier: FeeTier) -> str:
    whole, rest = divmod(tier.basis_points, _PERCENT_PLACES)
    return f"{whole}.{rest:02d}"

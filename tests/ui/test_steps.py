"""Steps from one list to another lead there, whatever is known of the two."""

from hypothesis import given
from hypothesis import strategies as st

from ui.models.steps import KnownRows, steps

IDS = st.integers(0, 40)
LISTS = st.lists(IDS, unique=True, max_size=25)


def applied(rows, found):
    result = list(rows)
    for step in found:
        assert 0 <= step.position <= step.position + step.removed <= len(result)
        result[step.position : step.position + step.removed] = [None] * step.inserted
    return result


def known(rows, seen):
    return KnownRows(len(rows), {row: place for place, row in enumerate(rows) if row in seen})


@given(LISTS, LISTS)
def test_a_list_known_whole_becomes_the_other(before, after):
    everything = set(range(41))
    result = applied(before, steps(known(before, everything), known(after, everything)))
    assert len(result) == len(after)
    kept = [row for row in result if row is not None]
    assert all(after[place] == row for place, row in enumerate(result) if row is not None)
    if [row for row in before if row in after] == [row for row in after if row in before]:
        assert kept == [row for row in after if row in before]


@given(LISTS, LISTS, st.sets(IDS), st.sets(IDS))
def test_a_list_known_in_part_gets_its_length_and_its_known_rows(
    before, after, seen_before, seen_after
):
    old, new = known(before, seen_before), known(after, seen_after)
    gone = {row for row in old.positions if row not in after}
    result = applied(before, steps(old, new, gone))
    assert len(result) == len(after)
    both = set(old.positions) & set(new.positions)
    assert all(after[place] == row for place, row in enumerate(result) if row in both)
    assert not gone & set(result)


@given(LISTS, st.sets(st.integers(100, 140)), st.sets(IDS, min_size=1))
def test_what_arrives_at_the_head_moves_every_row_down(before, arrived, seen):
    after = [*sorted(arrived), *before]
    old = known(before, seen)
    result = applied(before, steps(old, known(after, seen | arrived)))
    assert result[len(arrived) :] == before or not old.positions


def test_a_list_of_millions_is_compared_by_what_is_known_of_it():
    old = KnownRows(10_000_000, {row: 5_000_000 + row for row in range(100)})
    new = KnownRows(10_000_007, {row: 5_000_007 + row for row in range(100)})
    assert [(each.position, each.removed, each.inserted) for each in steps(old, new)] == [(0, 0, 7)]

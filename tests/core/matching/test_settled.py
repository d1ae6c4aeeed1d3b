"""What is told as settled while a search goes on stands in its answer, whatever comes later."""

from __future__ import annotations

from itertools import chain

import pytest

from core.matching.engine import match
from core.matching.records import Proposal
from tests.core.matching.varied_shops import SHAPES, make_shop


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_match_is_told_once_as_it_stands_in_the_end(shape: str, seed: int) -> None:
    shop = make_shop(shape, seed, 300)
    told: list[tuple[Proposal, ...]] = []
    found = match(
        shop.lines,
        shop.payments,
        fee_model=shop.fees,
        settled=lambda matches: told.append(tuple(matches)),
    )
    assert sum(bool(each) for each in told) > 1
    assert sorted(chain(*told), key=lambda each: each.line_ids) == list(found.matches)
    assert all(each.automatic for each in found.matches)

"""The one rule of every state: a step is taken only where its table allows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from core.errors import ConflictError

StateT = TypeVar("StateT", bound=StrEnum)


def require_step(
    what: str, present: StateT, wanted: StateT, transitions: Mapping[StateT, frozenset[StateT]]
) -> None:
    """Refuse a step the table does not allow; ``what`` names the thing in the sentence.

    Raises:
        ConflictError: the state is there already, or cannot be reached from the present one.

    """
    if wanted is present:
        raise ConflictError(f"Nothing was changed. This {what} is already {wanted}.")
    if wanted not in transitions[present]:
        raise ConflictError(
            f"Nothing was changed. This {what} is {present}, so it cannot become {wanted}."
        )

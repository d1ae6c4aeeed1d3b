"""What can go wrong between a shop and a network, and who decides that it does."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.gateways.sandbox.outcomes import OUTCOME_NAMES
from core.gateways.sandbox.wire import members

PAYMENT_PREFIX = "9990"
REFUND_PREFIX = "9991"


class Fault(StrEnum):
    """One thing that goes wrong, once per operation; ``explanation`` says what.

    Numbers ending in 9990NN do it to payments, numbers ending in 9991NN to their refunds, NN being
    the fault's place here.
    """

    explanation: str

    def __new__(cls, value: str, explanation: str = "") -> Fault:
        """Make a fault of its name and what it does."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    SLOW_ANSWER = "slow_answer", "Accepted; the answer comes after 35 seconds."
    RESET_AFTER = "reset_after", "Accepted; then the connection is reset without an answer."
    CUT_BEFORE = "cut_before", "The first request is cut before the network accepts it."
    ERROR_500 = "error_500", "Accepted; the answer is 500 without a code."
    UNAVAILABLE = "unavailable", "The first request is not accepted: 503."
    TRUNCATED = "truncated", "Accepted; the answer ends in the middle of its JSON."
    HTML = "html", "Accepted; the answer is a page in HTML with 200."
    TOO_MANY = "too_many", "The first two requests are not accepted: 429, Retry-After 2."
    TOKEN_ONCE = "token_once", "The token expires with every call about this operation."
    REDIRECT = "redirect", "The first request is not accepted: 302 to a login page."
    NOT_FOUND_FIRST = "not_found_first", "Accepted; the first three asks are answered 404."
    PENDING_FOREVER = "pending_forever", "Accepted; never an outcome."
    OTHER_AMOUNT = "other_amount", "Succeeds with another amount than asked for."
    OTHER_CURRENCY = "other_currency", "Succeeds in another currency than asked for."
    OTHER_PAYER = "other_payer", "Succeeds with another payer than asked."
    OTHER_REFERENCE = "other_reference", "The status names another externalId (Airtel: id)."
    REASON_OBJECT = "reason_object", "Rejected; MTN's reason is {code, message}, not a text."
    NUMBERS = "numbers", "MTN's amount and ids are numbers where texts are documented."
    STATUS_FAILS_TWICE = "status_fails_twice", "The first two asks are answered 500."
    LATE_SUCCESS = "late_success", "Expired at first; successful 30 seconds later."
    HANG_AFTER = "hang_after", "Accepted; no answer ever comes."
    UNKNOWN_WORD = "unknown_word", "The status is a word nobody documented; then successful."
    CONTRADICTION = "contradiction", "Airtel says success:false and id:false beside SUCCESS."


_NUMBERED = {f"{place:02d}": fault for place, fault in enumerate(Fault, start=1)}


def payment_number(fault: Fault) -> str:
    """Return the last six digits of the numbers whose payments have a fault."""
    return next(f"{PAYMENT_PREFIX}{place}" for place, found in _NUMBERED.items() if found is fault)


def significant(phone: str) -> str:
    """Return the last nine digits: the same phone has many spellings."""
    return "".join(char for char in phone if char.isdigit())[-9:]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which faults happen, besides those chosen by a customer's number.

    A reference is X-Reference-Id, transaction.id, airtel_money_id (Airtel's refunds) or the
    externalId. Whether a probability strikes depends on the seed and the reference alone, so the
    same run goes wrong in the same places, whatever the threads do.
    """

    seed: int = 0
    probabilities: Mapping[Fault, float] = field(default_factory=dict)
    references: Mapping[str, Fault] = field(default_factory=dict)
    phones: Mapping[str, Fault] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """An outcome's name by reference or phone."""
    not_found_asks: int = 3

    def __post_init__(self) -> None:
        for name in self.outcomes.values():
            if name not in OUTCOME_NAMES:
                raise ValueError(f"{name!r} is no outcome; there are {', '.join(OUTCOME_NAMES)}")

    def fault(self, names: tuple[str, ...], phone: str, *, is_refund: bool) -> Fault | None:
        """Return the fault of an operation; the first of ``names`` is what the client chose."""
        for name in names:
            if name in self.references:
                return self.references[name]
        for planned, fault in self.phones.items():
            if phone and significant(planned) == significant(phone):
                return fault
        last = phone[-6:]
        if (
            last.startswith(REFUND_PREFIX if is_refund else PAYMENT_PREFIX)
            and last[4:] in _NUMBERED
        ):
            return _NUMBERED[last[4:]]
        return self._struck(names[0])

    def outcome_name(self, names: tuple[str, ...], phone: str) -> str:
        """Return the planned outcome's name; empty where the number decides."""
        for planned, outcome in self.outcomes.items():
            if planned in names or (phone and significant(planned) == significant(phone)):
                return outcome
        return ""

    def _struck(self, reference: str) -> Fault | None:
        chance = random.Random(f"{self.seed}:{reference}").random()
        for fault, probability in self.probabilities.items():
            if chance < probability:
                return fault
            chance -= probability
        return None


def plan_of(document: Mapping[str, object]) -> Plan:
    """Return the plan of a JSON object with the plan's fields.

    Raises:
        ValueError: a field, fault or value is not one a plan has.
        TypeError: a number is none.

    """
    known = {"seed", "probabilities", "references", "phones", "outcomes", "not_found_asks"}
    if unknown := set(document) - known:
        raise ValueError(f"a plan has no {', '.join(sorted(unknown))}")
    probabilities: dict[Fault, float] = {}
    for name, share in members(document.get("probabilities", {})).items():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ValueError(f"the probability of {name} is not between 0 and 1")
        probabilities[Fault(name)] = share
    return Plan(
        seed=_whole(document, "seed", 0),
        probabilities=probabilities,
        references=_faults(document, "references"),
        phones=_faults(document, "phones"),
        outcomes={key: str(name) for key, name in members(document.get("outcomes", {})).items()},
        not_found_asks=_whole(document, "not_found_asks", 3),
    )


def _faults(document: Mapping[str, object], name: str) -> dict[str, Fault]:
    return {key: Fault(str(value)) for key, value in members(document.get(name, {})).items()}


def _whole(document: Mapping[str, object], name: str, default: int) -> int:
    value = document.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is not a whole number")
    return value

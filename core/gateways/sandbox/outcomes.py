"""What becomes of a payment, chosen by the last digits of the customer's number.

The endings 450 to 464 are those of MTN's own test numbers 46733123450 to 46733123464. A shop tries
the same with its own country's numbers: 0788 123 450 at MTN, 0733 123 450 at Airtel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

OFFICIAL_RANGE = "46733123"
PAYMENT_PREFIX = "123"
REFUND_PREFIX = "124"
DELAYED_S = 20.0
"""MTN documents between 4 and 45 seconds for its delayed number."""


class Network(StrEnum):
    """The two mobile networks."""

    MTN = "mtn"
    AIRTEL = "airtel"


class State(StrEnum):
    """Where the money of an operation is."""

    PENDING = "PENDING"
    SUCCESSFUL = "SUCCESSFUL"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a network says from a moment on, ``after_s`` seconds after it accepted."""

    after_s: float
    state: State
    word: str
    """The network's own word: PENDING, SUCCESSFUL, FAILED at MTN; TIP, TA, TS, TF, TE at Airtel."""
    reason: str = ""
    """MTN's reason or Airtel's response code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an operation; without stages it stays pending for ever."""

    stages: tuple[Stage, ...]
    refusal: str = ""
    """Airtel's response code of a request that is refused at once."""
    is_answered_ambiguously: bool = False
    """Airtel accepts, but says that it does not know."""

    def summary(self) -> str:
        """Return the stages in the network's words, as a table for people shows them."""
        if self.refusal:
            return f"refused {self.refusal}"
        if not self.stages:
            return "pending for ever"
        words = [
            f"{stage.word} {stage.reason}" if stage.state is State.FAILED else stage.word
            for stage in self.stages
        ]
        if self.stages[0].after_s:
            words.insert(0, "pending")
        if self.is_answered_ambiguously:
            words.insert(0, "answered as ambiguous")
        return ", then ".join(words) + (" for ever" if words == ["TA"] else "")


@dataclass(frozen=True, slots=True)
class TestNumber:
    """The last three digits of a number and what becomes of its payments."""

    __test__ = False

    ending: str
    title: str
    mtn: Outcome
    airtel: Outcome

    def outcome(self, network: Network) -> Outcome:
        """Return what becomes of a payment at a network."""
        return self.mtn if network is Network.MTN else self.airtel


def success(network: Network, after_s: float) -> Stage:
    """Return the stage in which the money has moved."""
    word = "SUCCESSFUL" if network is Network.MTN else "TS"
    reason = "" if network is Network.MTN else "DP00800001001"
    return Stage(after_s, State.SUCCESSFUL, word, reason)


def expiry(network: Network, after_s: float) -> Stage:
    """Return the stage in which the customer did not answer the prompt in time."""
    if network is Network.MTN:
        return _mtn_failed("EXPIRED", after_s)
    return _airtel_failed("1029", "TE", after_s)


def rejection(network: Network, after_s: float) -> Stage:
    """Return the stage in which the customer refused."""
    if network is Network.MTN:
        return _mtn_failed("APPROVAL_REJECTED", after_s)
    return _airtel_failed("1008", "TF", after_s)


def waiting(network: Network, word: str = "") -> Stage:
    """Return the stage before any outcome, in the network's own word or another one."""
    usual = "PENDING" if network is Network.MTN else "TIP"
    reason = "" if network is Network.MTN else "DP00800001006"
    return Stage(0, State.PENDING, word or usual, reason)


def _mtn_failed(reason: str, after_s: float = 0) -> Stage:
    return Stage(after_s, State.FAILED, "FAILED", reason)


def _airtel_failed(code: str, word: str = "TF", after_s: float = 0) -> Stage:
    return Stage(after_s, State.FAILED, word, f"DP0080000{code}")


_MTN_SUCCESS = success(Network.MTN, 0)
_AIRTEL_SUCCESS = success(Network.AIRTEL, 0)
_AMBIGUOUS = Stage(0, State.PENDING, "TA", "DP00800001000")


def _number(ending: int, title: str, mtn: Stage | Outcome, airtel: Stage | Outcome) -> TestNumber:
    return TestNumber(
        str(ending),
        title,
        *(found if isinstance(found, Outcome) else Outcome((found,)) for found in (mtn, airtel)),
    )


def _delayed(first: Stage | None, last: Stage) -> Outcome:
    late = replace(last, after_s=DELAYED_S)
    return Outcome((first, late) if first else (late,))


TEST_NUMBERS = {
    number.ending: number
    for number in (
        _number(450, "failed", _mtn_failed("INTERNAL_PROCESSING_ERROR"), _airtel_failed("1007")),
        _number(451, "rejected", _mtn_failed("APPROVAL_REJECTED"), _airtel_failed("1008")),
        _number(452, "expired", _mtn_failed("EXPIRED"), _airtel_failed("1029", "TE")),
        _number(453, "ongoing", Outcome(()), Outcome(())),
        _number(454, "delayed", _delayed(None, _MTN_SUCCESS), _delayed(None, _AIRTEL_SUCCESS)),
        _number(455, "payer_not_found", _mtn_failed("PAYER_NOT_FOUND"), _airtel_failed("1009")),
        _number(
            456,
            "payee_not_allowed",
            _mtn_failed("PAYEE_NOT_ALLOWED_TO_RECEIVE"),
            _airtel_failed("1010"),
        ),
        _number(457, "not_allowed", _mtn_failed("NOT_ALLOWED"), _airtel_failed("1002")),
        _number(
            458,
            "environment",
            _mtn_failed("NOT_ALLOWED_TARGET_ENVIRONMENT"),
            _airtel_failed("1003"),
        ),
        _number(
            459, "callback_host", _mtn_failed("INVALID_CALLBACK_URL_HOST"), _airtel_failed("1005")
        ),
        _number(
            460,
            "currency",
            _mtn_failed("INVALID_CURRENCY"),
            Outcome((), refusal="DP00800001004"),
        ),
        _number(461, "internal", _mtn_failed("INTERNAL_PROCESSING_ERROR"), _AMBIGUOUS),
        _number(
            462,
            "unavailable",
            _mtn_failed("SERVICE_UNAVAILABLE"),
            _delayed(_AMBIGUOUS, _AIRTEL_SUCCESS),
        ),
        _number(
            463,
            "not_performed",
            _mtn_failed("COULD_NOT_PERFORM_TRANSACTION"),
            _airtel_failed("1024", "TE"),
        ),
        _number(
            464,
            "transfer_type",
            _mtn_failed("TRANSFER_TYPE_UNKNOWN"),
            Outcome((_AIRTEL_SUCCESS,), is_answered_ambiguously=True),
        ),
    )
}
"""By the last three digits. Where MTN's case has no counterpart, Airtel shows one of its own."""

_TITLES = {number.title: number for number in TEST_NUMBERS.values()}
OUTCOME_NAMES = ("successful", *_TITLES)

MTN_REFUND_REFERENCES = {
    "2": "450",
    "3": "451",
    "4": "452",
    "5": "453",
    "6": "454",
    "7": "457",
    "8": "458",
    "9": "459",
    "10": "460",
    "11": "461",
    "12": "462",
    "13": "463",
}
"""MTN's documented ``referenceIdToRefund`` for tests, as endings of numbers; "1" is not found."""


def named_outcome(name: str, network: Network, after_s: float) -> Outcome:
    """Return the outcome of a name, settled ``after_s`` seconds after it was accepted.

    Raises:
        ValueError: no outcome has this name.

    """
    if name == "successful":
        return Outcome((success(network, after_s),))
    if name not in _TITLES:
        raise ValueError(f"{name!r} is no outcome; there are {', '.join(OUTCOME_NAMES)}")
    return _settled_after(_TITLES[name].outcome(network), after_s)


def payment_outcome(network: Network, phone: str, prompt_s: float) -> Outcome:
    """Return what becomes of a payment from a number."""
    # MTN documents that its own test numbers are through at once.
    after_s = 0 if phone.startswith(OFFICIAL_RANGE) else prompt_s
    return _by_number(network, phone, PAYMENT_PREFIX, after_s)


def refund_outcome(network: Network, phone: str, prompt_s: float) -> Outcome:
    """Return what becomes of a refund to a number."""
    return _by_number(network, phone, REFUND_PREFIX, prompt_s)


def numbered_outcome(network: Network, ending: str, prompt_s: float) -> Outcome:
    """Return the outcome of three last digits; any others succeed."""
    number = TEST_NUMBERS.get(ending)
    if number is None:
        return Outcome((success(network, prompt_s),))
    return _settled_after(number.outcome(network), prompt_s)


def _by_number(network: Network, phone: str, prefix: str, prompt_s: float) -> Outcome:
    last = phone[-6:]
    return numbered_outcome(network, last[3:] if last.startswith(prefix) else "", prompt_s)


def _settled_after(outcome: Outcome, prompt_s: float) -> Outcome:
    return replace(
        outcome,
        stages=tuple(
            stage
            if stage.state is State.PENDING
            else replace(stage, after_s=max(stage.after_s, prompt_s))
            for stage in outcome.stages
        ),
    )

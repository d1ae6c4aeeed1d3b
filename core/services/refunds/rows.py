"""What is weighed before a refund is decided, as windows and commands show it: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass

from core.services.rows import PaymentRow, RefundRow


@dataclass(frozen=True, slots=True)
class Check:
    """One fact a manager weighs: whether it speaks for the act, and a sentence.

    One that did not pass and does not forbid is a warning.
    """

    passed: bool
    text: str
    forbids: bool = True


@dataclass(frozen=True, slots=True)
class DrawerFact:
    """What should be in the open drawer of the person who asked, in minor units."""

    user_name: str
    desk: str
    expected_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What a manager needs to decide a refund.

    ``drawer`` is None where no cash goes back or the person who asked has no open till.
    ``is_for_owner``: it is above what a manager approves, and nobody passed it on yet.
    """

    refund: RefundRow
    payment: PaymentRow
    refunded_before_minor: int
    also_waiting_minor: int
    left_after_minor: int
    requests_today: int
    drawer: DrawerFact | None
    points_earned: int
    is_for_owner: bool
    checks: tuple[Check, ...]

    @property
    def may_approve(self) -> bool:
        """Tell whether no check forbids it."""
        return not self.why_not

    @property
    def why_not(self) -> str:
        """The first check that forbids the approval; empty where none does."""
        return next((each.text for each in self.checks if not each.passed and each.forbids), "")

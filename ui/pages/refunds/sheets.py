"""Opens what a refund is decided, carried out, settled or withdrawn by, with fresh facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.errors import KnownError
from core.services.gateways.rows import AttemptRow
from core.services.refunds.network_refunds import RefundWays
from core.services.refunds.rows import RefundFacts
from core.services.refunds.rules import RefundRules
from core.services.rows import RefundRow
from ui.pages.page import Page
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.decision import DecisionSheet
from ui.pages.refunds.dialogs import Done, ReasonsDialog, RejectDialog, WithdrawDialog
from ui.pages.refunds.settle import SettleSheet

ReadT = TypeVar("ReadT")


class RefundSheets:
    """One sheet at a time: what was asked for last is what opens."""

    def __init__(self, page: Page, on_done: Done, on_error: Callable[[KnownError], object]) -> None:
        self._page = page
        self._context = page.context
        self._on_done = on_done
        self._on_error = on_error

    def decide(
        self, refund: RefundRow, *, on_the_spot: bool = False, passes_on: bool = False
    ) -> None:
        """Show all that is weighed, to approve it or leave it to the owner."""
        app, actor = self._context.app, self._context.actor

        def show(facts: RefundFacts) -> None:
            sheet = DecisionSheet(
                self._context,
                facts,
                self._on_done,
                self.reject,
                self._page,
                on_the_spot=on_the_spot,
                passes_on=passes_on,
            )
            self._page.open_form(sheet)

        self._read(
            lambda: app.refunds.facts(actor, refund.refund_id, on_the_spot=on_the_spot), show
        )

    def reject(self, refund: RefundRow) -> None:
        """Ask why it is refused."""
        self._page.open_form(RejectDialog(self._context, refund, self._on_done, self._page))

    def withdraw(self, refund: RefundRow) -> None:
        """Take one's own request back."""
        self._page.open_form(WithdrawDialog(self._context, refund, self._on_done, self._page))

    def keep_reasons(self) -> None:
        """Show the list of reasons to be changed."""

        def show(rules: RefundRules) -> None:
            self._page.open_form(ReasonsDialog(self._context, rules, self._on_done, self._page))

        self._read(self._context.app.refund_rules.load, show)

    def carry_out(self, refund: RefundRow) -> None:
        """Show by which ways the money may leave."""
        app, actor = self._context.app, self._context.actor
        mobile = refund.payment_method.is_mobile_money

        def read() -> tuple[RefundFacts, RefundWays | None]:
            ways = app.network_refunds.ways(actor, refund.refund_id) if mobile else None
            return app.refunds.facts(actor, refund.refund_id), ways

        def show(found: tuple[RefundFacts, RefundWays | None]) -> None:
            self._page.open_form(CarryOutSheet(self._context, *found, self._on_done, self._page))

        self._read(read, show)

    def settle(self, refund: RefundRow, attempt: AttemptRow | None) -> None:
        """Ask how a refund ended whose network does not tell."""
        app, actor = self._context.app, self._context.actor

        def show(facts: RefundFacts) -> None:
            self._page.open_form(
                SettleSheet(self._context, facts, attempt, self._on_done, self._page)
            )

        self._read(lambda: app.refunds.facts(actor, refund.refund_id), show)

    def _read(self, read: Callable[[], ReadT], show: Callable[[ReadT], object]) -> None:
        self._context.tasks.query(
            self._page, read, on_success=show, on_known_error=self._on_error, latest="sheet"
        )

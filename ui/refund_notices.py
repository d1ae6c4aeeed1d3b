"""Tells a person, on whatever page they are, what somebody else did with a refund."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import timedelta

from PySide6.QtCore import QCoreApplication, QObject

from core.model.refunds import RefundStatus
from core.money import display
from core.permissions import Permission
from core.services.refunds.news import RefundNews
from ui.context import PageContext
from ui.words import count_text

translate = QCoreApplication.translate

LOOK_BACK = timedelta(minutes=15)
"""How far back is read at each change: the clocks of two desks need not agree."""

_MOST_SENTENCES = 3


class RefundNotices(QObject):
    """Reads what moved on at every change of refunds, and tells what was not told yet.

    What had happened before the window opened is no news: the badge counts it.
    """

    def __init__(
        self, context: PageContext, tell: Callable[[str], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._tell = tell
        self._told: set[tuple[str, int]] | None = None
        self._read()

    def changes_arrived(self, topics: AbstractSet[str]) -> None:
        """Look whether a change of refunds concerns the person."""
        if "refunds" in topics:
            self._read()

    def _read(self) -> None:
        app, actor = self._context.app, self._context.actor
        if not actor.may(Permission.VIEW_REFUNDS):
            return
        clock = app.configuration.clock
        self._context.tasks.query(
            self,
            lambda: app.refund_news.since(actor, clock() - LOOK_BACK),
            on_success=self._on_read,
            latest="refund-news",
        )

    def _on_read(self, found: tuple[RefundNews, ...]) -> None:
        now = {(each.refund.refund_id, each.refund.version) for each in found}
        told, self._told = self._told, now | (self._told or set())
        if told is None:
            return
        fresh = [e for e in found if (e.refund.refund_id, e.refund.version) not in told]
        sentences = [news_sentence(each) for each in fresh]
        shown, more = sentences[-_MOST_SENTENCES:], len(sentences) - _MOST_SENTENCES
        if more > 0:
            told_more = translate("RefundNotices", "%1 more refunds moved on")
            shown.append(told_more.replace("%1", count_text(more)))
        if shown:
            self._tell("\n".join(shown))


def news_sentence(news: RefundNews) -> str:
    """Return what happened to a refund, for the person it concerns."""
    refund = news.refund
    sentence = {
        RefundStatus.REQUESTED: translate(
            "RefundNotices", "%2 asks for a refund of %1; it waits for a decision"
        ),
        RefundStatus.APPROVED: translate(
            "RefundNotices", "%3 approved your refund of %1; it can be paid back now"
        ),
        RefundStatus.REJECTED: translate("RefundNotices", "%4 rejected your refund of %1: %9"),
        RefundStatus.WITHDRAWN: translate(
            "RefundNotices", "%2 withdrew the request to refund %1; pay nothing back"
        ),
        RefundStatus.PROCESSING: translate("RefundNotices", "%5 is paying %1 back"),
        RefundStatus.COMPLETED: translate("RefundNotices", "The refund of %1 was paid back"),
        RefundStatus.FAILED: translate(
            "RefundNotices", "The refund of %1 did not go back; it may be tried again"
        ),
        RefundStatus.UNKNOWN: translate(
            "RefundNotices",
            "It is not known yet whether the refund of %1 went back: do not pay it again",
        ),
    }[refund.status]
    if refund.status is RefundStatus.REQUESTED and refund.passed_on_by:
        sentence = (
            translate("RefundNotices", "%6 passed your refund of %1 on to the owner")
            if news.is_mine
            else translate("RefundNotices", "%6 leaves a refund of %1 to you: %8")
        )
    values = (
        ("%1", display(refund.refund_amount_minor, refund.currency)),
        ("%2", refund.requested_by),
        ("%3", refund.approved_by),
        ("%4", refund.rejected_by),
        ("%5", refund.processed_by),
        ("%6", refund.passed_on_by),
        ("%8", refund.passed_on_note),
        ("%9", refund.response_notes),
    )
    for mark, value in values:
        sentence = sentence.replace(mark, value)
    return sentence

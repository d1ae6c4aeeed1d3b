"""The counts in the left navigation: what on each page needs a look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.app import App
from core.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class PageCount:
    """What is counted beside a page's title, for those who can do something about it.

    ``read`` is called on the database thread, again whenever one of ``topics`` changed.
    """

    page: str
    permission: Permission
    topics: frozenset[str]
    read: Callable[[App, Actor], int]


PAGE_COUNTS = (
    PageCount(
        "payments",
        Permission.COMPLETE_BY_HAND,
        frozenset({"payments", "refunds"}),
        lambda app, actor: len(app.gateways.unresolved(actor)),
    ),
    PageCount(
        "refunds",
        Permission.VIEW_REFUNDS,
        frozenset({"refunds"}),
        lambda app, actor: app.refund_news.waiting(actor),
    ),
    PageCount(
        "subscriptions",
        Permission.MANAGE_SUBSCRIPTIONS,
        frozenset({"subscriptions", "payments"}),
        lambda app, actor: app.subscription_lists.needing_a_look(actor),
    ),
    PageCount(
        "mail",
        Permission.SEND_MAIL,
        frozenset({"mail"}),
        lambda app, actor: app.mail_queue.needing_a_look(actor),
    ),
)

"""What the tests of the reports page do again and again."""

from core.services.reports.contract import ReportName
from ui.gallery_shop import MANAGER
from ui.models.roles import DISPLAY
from ui.pages.reports.page import ReportsPage
from ui.pages.reports.spans import RangeChoice, Span


def open_page(qtbot, shop, actor=MANAGER, opener=lambda _url: True, **more):
    page = ReportsPage(shop.context(actor), opener=opener, **more)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(
        lambda: page.is_settled and page.view.report is not None and not shop.tasks.is_busy
    )


def choose(qtbot, shop, page, name, first, last):
    page.choose(ReportName(name), RangeChoice(Span.CUSTOM, first, last))
    settle(qtbot, shop, page)


def cells(table):
    model = table.rows
    return [
        [model.index(row, column).data(DISPLAY) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def digits(text):
    """Return a shown amount as a number."""
    return int("".join(c for c in text if c.isdigit()))

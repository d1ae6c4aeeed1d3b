import pytest

from tests.core.database.tampering import heads
from tests.core.services.conftest import (
    admin,
    bent_books,
    cashier,
    clerk,
    clock,
    database,
    empty_shop,
    empty_shop_file,
    manager,
    shop_url,
)

__all__ = [
    "admin",
    "bent_books",
    "cashier",
    "clerk",
    "clock",
    "database",
    "empty_shop",
    "empty_shop_file",
    "manager",
    "shop_url",
]


@pytest.fixture
def kept_heads(trail):
    """The heads of a trail's chains, as a day's report keeps them."""
    return heads(trail)

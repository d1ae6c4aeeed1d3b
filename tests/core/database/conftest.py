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

from tests.core.services.conftest import (
    admin,
    bent_books,
    cashier,
    clerk,
    clock,
    database,
    empty_shop,
    manager,
)

__all__ = ["admin", "bent_books", "cashier", "clerk", "clock", "database", "empty_shop", "manager"]

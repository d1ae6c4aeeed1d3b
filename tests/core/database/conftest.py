from tests.core.services.conftest import (
    admin,
    cashier,
    clerk,
    clock,
    database,
    empty_shop,
    manager,
    shop_url,
)

__all__ = ["admin", "cashier", "clerk", "clock", "database", "empty_shop", "manager", "shop_url"]

from tests.core.services.conftest import admin, cashier, clerk, clock, database, manager

__all__ = ["admin", "cashier", "clerk", "clock", "database", "manager"]

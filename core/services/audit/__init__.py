"""The audit trail: looked at as a list, and proven."""

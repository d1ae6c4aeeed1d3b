"""Customers with their accounts, and the orders they owe."""

"""Subscriptions: their periods, and the charges that renew them."""

"""Loyalty points: the ledger, the tiers and the rules."""

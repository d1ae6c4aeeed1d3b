"""Payments: taken, imported, listed, searched and counted."""

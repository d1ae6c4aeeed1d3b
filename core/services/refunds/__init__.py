"""Refunds: asked for, decided, carried out, and found on a statement."""

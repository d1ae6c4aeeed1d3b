"""Painting of table cells: the badge, the amount, plain text."""

"""Requests to the mobile networks: made once, followed to their end, or decided by a person."""

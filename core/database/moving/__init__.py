"""Carries a shop of one desk, whole, into a shop that many desks share on a server."""

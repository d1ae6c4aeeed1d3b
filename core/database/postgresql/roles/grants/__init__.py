"""What each group may write: table by table, and of written rows column by column.

It follows from what the services write for those whom :mod:`core.permissions` lets them act for. A
table that is not named here is written by nobody but the shop's own triggers.
"""

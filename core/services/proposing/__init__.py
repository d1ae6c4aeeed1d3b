MATCHING_ARGUMENT = "--match-a-statement"
"""The only argument of a program without Python that is to be ``process`` and nothing else.

It stands here, where nothing heavy is imported, as every start of the program compares with it.
"""

MANY_LINES = 2_000
"""So many lines take longer to match than a process takes to start: half a second."""

MANY_PAYMENTS = 20_000
"""As with :data:`MANY_LINES`, a search among so many takes longer than a process to start."""

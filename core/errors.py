"""The two kinds of failure: known errors, told to the person, and bugs, which are everything else.

A known error says the money fact first ("Nothing was charged."), then what happened, then what
to do. Raw text from a driver or a network goes into ``details``, never into the message.
"""

from __future__ import annotations

NOTHING_CHANGED = "Nothing was changed."
NOT_SIGNED_IN = "You are not signed in."
"""How a refused sign-in begins; proven for one act alone, its money fact stands in its place."""


class KnownError(Exception):
    """A condition that the program expects and that a person can understand and act on.

    ``message`` is one or two plain sentences without a line break; ``details`` is raw text for
    the person's helper (a driver's message, a line of a file), shown only when asked for.
    """

    def __init__(self, message: str, *, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInputError(KnownError):
    """What was typed or given cannot be used; ``field`` names the input it belongs to."""

    def __init__(self, message: str, *, field: str = "", details: str = "") -> None:
        super().__init__(message, details=details)
        self.field = field


class NotAllowedError(KnownError):
    """The person's role, or the four-eyes rule, forbids the act."""


class NotFoundError(KnownError):
    """The thing named does not exist in this shop."""


class ConflictError(KnownError):
    """Somebody else was first, or the state no longer allows the act."""


class AlreadyPaidError(ConflictError):
    """The sale was paid before; charging it again needs a person to say so."""


class UnreadableFileError(KnownError):
    """A file from outside cannot be read; the message names file, line and column where known."""


class StorageError(KnownError):
    """The database or the disk refuses: full, read-only, locked, newer version, damaged."""


class OutcomeUnknownError(StorageError):
    """The server went away between a commit and its answer: done or not, nobody can tell yet."""


class ReadCancelledError(KnownError):
    """Nobody waits for this answer any more."""


class SignInError(KnownError):
    """Wrong name or password, or the account is disabled."""

"""SWIFT MT 940, customer statement, and MT 942, interim report."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.checking import balance_problems
from core.statements.mt940.fields import Message, is_other_message, messages_of
from core.statements.mt940.statements import statements_of
from core.statements.mt940.text import decoded, is_swift_statement
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Problem, StatementFile


class Mt940Reader:
    """Reads MT 940 and MT 942, as sent over SWIFT or saved by a bank's own program."""

    format = "mt940"

    def accepts(self, source: Source) -> bool:
        """Tell by a line that begins with a tag of SWIFT's statements."""
        return is_swift_statement(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file; ``profile`` has nothing to say about fixed fields.

        Raises:
            UnreadableFileError: not text, another SWIFT message, without an account, or too long.

        """
        text, encoding = decoded(source.content, source.name)
        messages = messages_of(text, source.name)
        if not any(_says_something(message) for message in messages) and is_other_message(text):
            raise UnreadableFileError(
                f"“{source.name}” is a SWIFT message, but not an account statement: ask the bank"
                " for MT940."
            )
        _require_account(messages, source.name)
        statements, problems = statements_of(messages, currency, source.progress)
        problems += balance_problems(statements)
        if not any(_says_something(message) for message in messages):
            problems.append(Problem(None, "There is no transaction in this file."))
        return StatementFile(
            format=self.format,
            profile="MT942" if all(message.is_interim for message in messages) else "MT940",
            statements=statements,
            problems=tuple(problems),
            sha256=source.sha256,
            encoding=encoding,
        )


def _says_something(message: Message) -> bool:
    return bool(message.entries or message.openings or message.closings)


def _require_account(messages: list[Message], name: str) -> None:
    """Refuse whole messages of which none names its account: nobody can tell whose money it is."""
    if any(message.account for message in messages):
        return
    whole = [message for message in messages if message.reference and message.openings]
    if whole:
        raise UnreadableFileError(
            f"“{name}” does not name its account (field 25 is missing): ask the bank for the file"
            " again."
        )

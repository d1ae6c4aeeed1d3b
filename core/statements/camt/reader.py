"""ISO 20022 CAMT.052, 053 and 054: account reports, statements and notifications."""

from __future__ import annotations

from functools import partial

from core.errors import UnreadableFileError
from core.statements.camt.assembling import page_problems, statements_of
from core.statements.camt.markup import encoding_of, is_message, is_utf8, parse
from core.statements.camt.parts import Message, Part
from core.statements.camt.shapes import table
from core.statements.camt.vocabulary import message_shapes
from core.statements.checking import balance_problems
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementFile


class CamtReader:
    """Reads ISO 20022 CAMT.052, 053 and 054 in all their versions, by local name."""

    format = "camt"

    def accepts(self, source: Source) -> bool:
        """Tell XML that holds a bank-to-customer message."""
        return is_message(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return a statement for every account of the message and each of its currencies.

        Raises:
            UnreadableFileError: a DOCTYPE, damaged or cut off, or no entry can be read.

        """
        problems: list[Problem] = []
        encoding = encoding_of(source.content)
        if encoding == "utf-8" and not is_utf8(source.content):
            encoding = "cp1252"
            problems.append(
                Problem(None, "The file is not in the encoding it names; letters may be wrong.")
            )
        message = Message(source.name, currency)
        shapes = message_shapes(lambda: message, partial(Part, message))
        parse(source, encoding, table(shapes), message)
        message.require_readable()
        if not message.parts:
            raise UnreadableFileError(f"“{source.name}” is a message without any account in it.")
        statements: list[Statement] = []
        for part in message.parts:
            found, told = statements_of(part, currency)
            statements += found
            problems += told
        problems += [*page_problems(message.parts), *message.problems()]
        return StatementFile(
            format=self.format,
            profile=profile.name if profile else "",
            statements=tuple(statements),
            problems=(*problems, *balance_problems(statements)),
            sha256=source.sha256,
            encoding=encoding,
        )

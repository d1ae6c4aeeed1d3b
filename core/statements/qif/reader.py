"""Quicken interchange files."""

from __future__ import annotations

import re

from core.statements.checking import balance_problems
from core.statements.decoding import decoded_text, head_text
from core.statements.profile import ColumnProfile
from core.statements.qif.assembling import Assembler
from core.statements.qif.habits import Habits
from core.statements.qif.records import QifDocument, document_of
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementFile

_MARK = re.compile(r"\s*!\s*(?:Type|Account|Option|Clear)\b", re.IGNORECASE)
_LINES_IN_FRONT = 6
"""Notes before the first header; a text that only quotes one further down is no QIF file."""


class QifReader:
    """Reads Quicken interchange files."""

    format = "qif"

    def accepts(self, source: Source) -> bool:
        """Tell by a header that begins with an exclamation mark, among the first lines."""
        filled = [line for line in head_text(source.content).splitlines() if line.strip()]
        return any(_MARK.match(line) for line in filled[: _LINES_IN_FRONT + 1])

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file; the profile's date order and encoding count.

        Raises:
            UnreadableFileError: the bytes are not text.

        """
        text, encoding = decoded_text(
            source.content, source.name, profile.encoding if profile else ""
        )
        document = document_of(text, source.progress)
        assumed = (profile.currency if profile else "") or currency
        habits = Habits(document, assumed, profile.date_order if profile else "")
        assembler = Assembler(document, habits, assumed, source.progress)
        statements = assembler.statements()
        problems = [
            *_whole_file_problems(document, statements),
            *habits.problems(),
            *assembler.problems,
            *balance_problems(statements),
        ]
        return StatementFile(
            format=self.format,
            profile="",
            statements=tuple(statements),
            problems=tuple(problems),
            sha256=source.sha256,
            encoding=encoding,
            date_order_unsure=habits.date_order_unsure,
        )


def _whole_file_problems(document: QifDocument, statements: list[Statement]) -> list[Problem]:
    problems = []
    if not any(statement.lines for statement in statements):
        problems.append(Problem(None, "There is no transaction in this file."))
    if document.investments:
        message = (
            f"Investment records ({document.investments}) were not counted: they say what happened"
            " to securities."
        )
        problems.append(Problem(None, message))
    problems += [
        Problem(None, f"“{kind}” is no known kind of account; its records were read as money.")
        for kind in dict.fromkeys(document.unknown_kinds)
    ]
    problems += [
        Problem(
            number,
            f"Transaction {number} has no end (^): the file was cut there, or a line is missing."
            " It was counted; check its amount.",
        )
        for number in document.unclosed
    ]
    return problems

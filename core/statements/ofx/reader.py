"""OFX 1 and 2, QFX and QBO."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.checking import balance_problems
from core.statements.ofx.assembling import Assembler
from core.statements.ofx.habits import Habits
from core.statements.ofx.markup import document_text, is_ofx, plain_value
from core.statements.ofx.outline import Outline, leaves, outline_of
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementFile


class OfxReader:
    """Reads OFX 1 and 2, QFX and QBO."""

    format = "ofx"

    def accepts(self, source: Source) -> bool:
        """Tell by the OFX header or its root element."""
        return is_ofx(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file.

        Raises:
            UnreadableFileError: not text, hostile, or cut off in the middle.

        """
        text, encoding = document_text(source.content, source.name)
        outline = outline_of(text, source.progress)
        booked = sum(len(written.booked) for written in outline.statements)
        if outline.cut or not (outline.closed or outline.statements):
            raise UnreadableFileError(
                f"“{source.name}” is cut off in the middle, after {booked} whole transactions;"
                " download it again."
            )
        habits = Habits(outline, profile.date_order if profile else "")
        assembler = Assembler(outline, habits, currency, source.progress)
        statements = assembler.statements()
        problems = [
            *_whole_file_problems(outline, statements),
            *assembler.problems,
            *habits.problems(),
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


def _whole_file_problems(outline: Outline, statements: list[Statement]) -> list[Problem]:
    problems = []
    if not outline.closed:
        message = (
            "The file has no end (</OFX>): what came after the last transaction is missing;"
            " download it again if you can."
        )
        problems.append(Problem(None, message))
    for inside in outline.statuses:
        status = {tag: plain_value(value) for tag, value in leaves(inside).items()}
        if status.get("SEVERITY", "").upper() not in ("", "INFO"):
            said = ", ".join(
                part for part in (status.get("CODE", ""), status.get("MESSAGE", "")) if part
            )
            kind = status["SEVERITY"].lower()
            problems.append(Problem(None, f"The bank says ({kind}): {said.rstrip('.')}."))
    if not any(statement.lines for statement in statements):
        problems.append(Problem(None, "There is no transaction in this file."))
    if outline.stray_amounts > 0:
        message = (
            "Amounts outside of a transaction, or second in one, were not counted"
            f" ({outline.stray_amounts}): transfers asked for, or the file is damaged."
        )
        problems.append(Problem(None, message))
    return problems

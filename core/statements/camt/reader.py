"""ISO 20022 CAMT.052, 053 and 054: account reports, statements and notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import UnreadableFileError
from core.statements.camt.assembling import statements_of
from core.statements.camt.entries import Batch
from core.statements.camt.markup import PARTS, elements, encoding_of, is_message, is_utf8
from core.statements.camt.names import LOCAL
from core.statements.camt.parts import Part
from core.statements.checking import balance_problems
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementFile

if TYPE_CHECKING:
    from lxml.etree import _Element


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
        encoding = encoding_of(source.content)
        problems: list[Problem] = []
        if encoding == "utf-8" and not is_utf8(source.content):
            encoding = "cp1252"
            problems.append(
                Problem(None, "The file is not in the encoding it names; letters may be wrong.")
            )
        message = _Message(currency)
        for element in elements(source, encoding):
            message.take(element)
        message.require_readable(source.name)
        statements = message.statements
        return StatementFile(
            format=self.format,
            profile=profile.name if profile else "",
            statements=tuple(statements),
            problems=(*problems, *message.problems, *balance_problems(statements)),
            sha256=source.sha256,
            encoding=encoding,
        )


class _Message:
    """The parts of a message as they go by; each element is let go once it was read."""

    def __init__(self, assumed_currency: str) -> None:
        self.statements: list[Statement] = []
        self.problems: list[Problem] = []
        self._assumed = assumed_currency
        self._part: Part | None = None
        self._batch = Batch()
        self._entries = 0
        self._failed = 0
        self._parts = 0

    def take(self, element: _Element) -> None:
        """Take an element that has just ended, with everything before it in its parent."""
        name = LOCAL[element.tag]
        parent = element.getparent()
        if name == "TxDtls":
            self._batch.add(element)
            element.clear()
            _drop_before(element, "TxDtls")
        elif name in PARTS:
            part = self._part or Part(self._assumed)
            for child in element:
                part.take(child)
            self._finish(part)
            element.clear()
            _drop_before(element, name)
        elif parent is not None and LOCAL[parent.tag] in PARTS:
            self._take_entry(element, parent)

    def _take_entry(self, element: _Element, parent: _Element) -> None:
        if self._part is None:
            self._part = Part(self._assumed)
        while (before := parent[0]) is not element:
            self._part.take(before)
            del parent[0]
        self._entries += 1
        self._part.add_entry(self._entries, element, self._batch)
        self._batch = Batch()

    def _finish(self, part: Part) -> None:
        statements, problems = statements_of(part, self._assumed)
        self.statements += statements
        self.problems += problems
        self._failed += part.failed
        self._parts += 1
        self._part = None

    def require_readable(self, name: str) -> None:
        """Refuse a message that holds no account, or none of whose entries could be read.

        Raises:
            UnreadableFileError: it cannot be trusted at all.

        """
        if not self._parts:
            raise UnreadableFileError(f"“{name}” is a CAMT message without any account in it.")
        if self._entries and self._entries == self._failed:
            raise UnreadableFileError(
                f"“{name}” is refused: not one of its entries can be read. {self._why_not()}"
            )

    def _why_not(self) -> str:
        return next((each.message for each in self.problems if each.line), "")


def _drop_before(element: _Element, name: str) -> None:
    """Let go of the element of the same name before this one; its place in the tree stays."""
    before = element.getprevious()
    parent = element.getparent()
    if before is not None and parent is not None and LOCAL[before.tag] == name:
        parent.remove(before)

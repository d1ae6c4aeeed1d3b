"""Where the parts of an OFX document lie: its statements, their transactions and balances.

One regular expression finds the few tags that make the structure; what lies between them is
looked at when it is needed. Every place is a pair of positions in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

Place = tuple[int, int]

_STRUCTURE = re.compile(
    r"<(/?)(STMTTRNP?|LOANSTMTTRN|BANKTRANLISTP?|INVTRANLIST|LOANTRANLIST"
    r"|(?:[A-Z]{2,4})?STMTRS|(?:[A-Z]{2,4})ACCTFROM"
    r"|LEDGERBAL|AVAILBAL|BALLIST|STATUS|CURDEF|DTSTART|DTEND|OFX)>"
)
_LEAF = re.compile(r"<([A-Z][A-Z0-9._-]*)>([^<]*)")
_TRANSACTIONS = frozenset({"STMTTRN", "STMTTRNP", "LOANSTMTTRN"})
_STATEMENT, _ACCOUNT = "STMTRS", "ACCTFROM"
"""What the names end with: CCSTMTRS, INVSTMTRS, BANKACCTFROM, LOANACCTFROM, ..."""
_LISTS = frozenset({"BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "LOANTRANLIST"})
_EVERY = 1000


@dataclass(slots=True)
class StatementPlaces:
    """One statement: single values as text, transactions and balances as places."""

    kind: str
    account: str = ""
    currency: str = ""
    start: str = ""
    end: str = ""
    booked: list[Place] = field(default_factory=list)
    pending: int = 0
    loan_movements: int = 0
    ledger: Place | None = None


@dataclass(slots=True)
class Outline:
    """The document: ``closed`` when its root ends, ``cut`` when a list or transaction does not."""

    statements: list[StatementPlaces] = field(default_factory=list)
    statuses: list[Place] = field(default_factory=list)
    closed: bool = False
    cut: bool = False


def leaves(text: str, place: Place) -> dict[str, str]:
    """Return the values inside a place by their tags, as written; of equal tags the last."""
    return dict(_LEAF.findall(text, place[0], place[1]))


def outline_of(text: str, progress: Callable[[int, int], None]) -> Outline:
    """Return where everything lies in a document of the one form that ``markup`` makes."""
    walk = _Walk(text)
    for number, match in enumerate(_STRUCTURE.finditer(text)):
        if number % _EVERY == 0:
            progress(match.start(), 2 * len(text))
        closing, name = match.groups()
        if name == "STMTTRN":
            walk.end_block(match.start())
            if not closing:
                walk.begin_block(name, match.end())
        elif closing:
            walk.close(name, match.start())
        else:
            walk.open(name, match.start(), match.end())
    walk.finish()
    return walk.outline


class _Walk:
    """Follows the tags; a block is a part without structure of its own, such as a balance."""

    def __init__(self, text: str) -> None:
        self.outline = Outline()
        self._text = text
        self._statement: StatementPlaces | None = None
        self._block = ""
        self._block_start = 0
        self._list = ""

    def open(self, name: str, start: int, end: int) -> None:
        """Take a start tag."""
        if name in ("CURDEF", "DTSTART", "DTEND"):
            self._value(name, end)
            return
        account = name.endswith(_ACCOUNT)
        if (account or name == "STATUS") and self._block in _TRANSACTIONS:
            return
        self.end_block(start)
        if name.endswith(_STATEMENT):
            self._statement = StatementPlaces(name)
            self.outline.statements.append(self._statement)
            self._list = ""
        elif name in _LISTS:
            self._list = name
        elif name == "OFX":
            self.outline.closed = False
        else:
            if name in ("LEDGERBAL", "AVAILBAL", "BALLIST"):
                self._list = ""
            self.begin_block(name, end)

    def close(self, name: str, start: int) -> None:
        """Take an end tag."""
        if name == self._block:
            self.end_block(start)
        elif name.endswith(_STATEMENT) or name in _LISTS or name == "OFX":
            self.end_block(start)
            self._list = ""
            if name.endswith(_STATEMENT):
                self._statement = None
            elif name == "OFX":
                self.outline.closed = True

    def begin_block(self, name: str, start: int) -> None:
        """Remember where a block begins."""
        self._block, self._block_start = name, start

    def end_block(self, end: int) -> None:
        """Keep the block that ends here, if one is open."""
        name, place = self._block, (self._block_start, end)
        if not name:
            return
        self._block = ""
        if name == "STATUS":
            self.outline.statuses.append(place)
        elif name == "STMTTRN" and self._list != "BANKTRANLISTP":
            self._current().booked.append(place)
        elif name in ("STMTTRN", "STMTTRNP"):
            self._current().pending += 1
        elif name == "LOANSTMTTRN":
            self._current().loan_movements += 1
        elif self._statement is not None:
            self._keep(self._statement, name, place)

    def finish(self) -> None:
        """Take the end of the text: what is open now was cut off."""
        self.outline.cut = self._block in _TRANSACTIONS or bool(self._list)
        if not self.outline.cut:
            self.end_block(len(self._text))

    def _current(self) -> StatementPlaces:
        if self._statement is None:
            self._statement = StatementPlaces("STMTRS")
            self.outline.statements.append(self._statement)
        return self._statement

    def _keep(self, statement: StatementPlaces, name: str, place: Place) -> None:
        if name == "LEDGERBAL":
            statement.ledger = statement.ledger or place
        elif name.endswith(_ACCOUNT) and not statement.account:
            statement.account = leaves(self._text, place).get("ACCTID", "")

    def _value(self, name: str, start: int) -> None:
        if self._statement is None:
            return
        stop = self._text.find("<", start)
        value = self._text[start : stop if stop >= 0 else len(self._text)].strip()
        if name == "CURDEF":
            self._statement.currency = self._statement.currency or value
        elif name == "DTSTART":
            self._statement.start = self._statement.start or value
        else:
            self._statement.end = self._statement.end or value

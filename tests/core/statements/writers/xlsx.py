"""Writes statements as XLSX, in the dialects of the programs that make such files."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from core.statements.statement import Statement, StatementFile
from tests.core.statements.writers import samples
from tests.core.statements.writers.grid import Grid, Value, grid, statements_of

TRANSITIONAL = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types'
    ' xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program spells a workbook; the default is Excel's way."""

    strict: bool = False
    """ISO 29500 strict namespaces."""
    prefix: str = ""
    """A prefix for every element, as some libraries write ("x")."""
    inline: bool = False
    """Texts in the cells (openpyxl, exporters) instead of in one shared part."""
    rich: bool = False
    """Shared texts in runs, with a phonetic hint that is no text."""
    references: bool = True
    """Cells and rows say where they are."""
    absolute: bool = False
    """Relationships name their targets from the package's root."""
    from_1904: bool = False
    trailing_zero: bool = False
    """Whole numbers as 1500.0 (Apache POI)."""
    pretty: bool = False
    """Every element on a line of its own."""
    iso_dates: bool = False
    """Dates as ``t="d"``."""
    formulas: bool = False
    """Balances are formulas with the value they had."""
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    states: tuple[str, ...] = ()
    """The state of each sheet: visible, hidden, veryHidden."""


EXCEL = Dialect()


def write(
    file: StatementFile | Sequence[Statement],
    dialect: Dialect = EXCEL,
    *,
    preamble: bool = True,
    totals: bool = False,
) -> bytes:
    """Return a workbook with one sheet for every statement."""
    grids = [grid(s, preamble=preamble, totals=totals) for s in statements_of(file)]
    return workbook(grids, dialect)


def workbook(grids: Sequence[Grid], dialect: Dialect = EXCEL) -> bytes:
    """Return a workbook whose sheets have these rows."""
    return _Writer(dialect).workbook(grids)


def sample_files() -> list[bytes]:
    """Return small workbooks in varied dialects."""
    dialects = [
        EXCEL,
        Dialect(inline=True),
        Dialect(strict=True, rich=True),
        Dialect(prefix="x", absolute=True),
        Dialect(references=False),
        Dialect(from_1904=True, trailing_zero=True),
        Dialect(pretty=True, inline=True),
        Dialect(iso_dates=True, formulas=True),
        Dialect(hidden_rows=frozenset({9})),
        Dialect(states=("visible", "hidden")),
    ]
    pair = [samples.shop(), samples.dollars()]
    return [write(pair if d.states else pair[at % 2 :][:1], d) for at, d in enumerate(dialects)]


class _Writer:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.strings: dict[str, int] = {}

    def workbook(self, grids: Sequence[Grid]) -> bytes:
        sheets = [self._sheet(rows) for rows in grids]
        base = STRICT if self.dialect.strict else TRANSITIONAL
        relations = f"{base}/officeDocument/{'' if self.dialect.strict else '2006/'}relationships"
        root = "/xl/" if self.dialect.absolute else ""
        numbered = list(enumerate(sheets, start=1))
        parts = {
            "[Content_Types].xml": _types(len(sheets)),
            "_rels/.rels": _rels([("rId1", f"{relations}/officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": self._book(len(sheets), relations),
            "xl/_rels/workbook.xml.rels": _rels(
                [
                    (f"rId{n}", f"{relations}/worksheet", f"{root}worksheets/sheet{n}.xml")
                    for n, _ in reversed(numbered)
                ]
                + [
                    ("rId98", f"{relations}/styles", f"{root}styles.xml"),
                    ("rId99", f"{relations}/sharedStrings", f"{root}sharedStrings.xml"),
                ]
            ),
            "xl/styles.xml": self._styles(),
            "xl/sharedStrings.xml": self._shared(),
            **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in numbered},
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    def _tag(self, element: str, body: str = "", /, **attributes: str) -> str:
        mark = f"{self.dialect.prefix}:" if self.dialect.prefix else ""
        written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        line = "\n" if self.dialect.pretty else ""
        return f"<{mark}{element}{written}>{body}</{mark}{element}>{line}"

    def _document(self, name: str, body: str, more: str = "") -> str:
        strict = self.dialect.strict
        main = (
            f"{STRICT}/spreadsheetml/main" if strict else f"{TRANSITIONAL}/spreadsheetml/2006/main"
        )
        space = f"xmlns:{self.dialect.prefix}" if self.dialect.prefix else "xmlns"
        mark = f"{self.dialect.prefix}:" if self.dialect.prefix else ""
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return f'{head}<{mark}{name} {space}="{main}"{more}>{body}</{mark}{name}>'

    def _book(self, count: int, relations: str) -> str:
        states = (*self.dialect.states, *["visible"] * count)
        sheets = "".join(
            self._tag(
                "sheet",
                name=f"Account {n}",
                sheetId=str(n),
                state=states[n - 1],
                **{"r:id": f"rId{n}"},
            )
            for n in range(1, count + 1)
        )
        body = self._tag("workbookPr", date1904="1" if self.dialect.from_1904 else "0")
        return self._document(
            "workbook", body + self._tag("sheets", sheets), f' xmlns:r="{relations}"'
        )

    def _styles(self) -> str:
        formats = self._tag("numFmt", numFmtId="164", formatCode='yyyy\\-mm\\-dd hh:mm:ss;"date"')
        formats += self._tag("numFmt", numFmtId="165", formatCode='#,##0.00\\ "USD day"')
        kinds = "".join(self._tag("xf", numFmtId=code) for code in ("0", "14", "164", "165"))
        parts = self._tag("numFmts", formats) + self._tag("fonts", self._tag("font"))
        parts += self._tag("fills", self._tag("fill", self._tag("patternFill")))
        parts += self._tag("borders", self._tag("border"))
        parts += self._tag("cellStyleXfs", self._tag("xf", numFmtId="14"))
        parts += self._tag("cellXfs", kinds)
        normal = self._tag("cellStyle", name="Normal", xfId="0", builtinId="0")
        return self._document("styleSheet", parts + self._tag("cellStyles", normal))

    def _shared(self) -> str:
        items = []
        for text in self.strings:
            if self.dialect.rich:
                half = len(text) // 2
                runs = "".join(
                    self._tag("r", self._tag("rPr") + self._text(part))
                    for part in (text[:half], text[half:])
                )
                hint = self._tag("rPh", self._tag("t", "not text"), sb="0", eb="1")
                items.append(self._tag("si", runs + hint))
            else:
                items.append(self._tag("si", self._text(text)))
        return self._document("sst", "".join(items))

    def _text(self, text: str) -> str:
        return self._tag("t", escape(text).replace("\n", "_x000A_"), **{"xml:space": "preserve"})

    def _sheet(self, rows: Grid) -> str:
        written = []
        for number, row in enumerate(rows, start=1):
            hidden = {"hidden": "1"} if number in self.dialect.hidden_rows else {}
            named = {"r": str(number)} if self.dialect.references else {}
            cells = [self._cell(value, at, number) for at, value in enumerate(row)]
            if row or not self.dialect.references:
                written.append(self._tag("row", "".join(cells), **named, **hidden))
        body = self._tag("dimension", ref="A1:XFD1048576") + self._tag(
            "sheetData", "".join(written)
        )
        return self._document("worksheet", body + self._tag("pageMargins", left="0.7"))

    def _cell(self, value: Value, at: int, number: int) -> str:
        named = {"r": f"{chr(65 + at)}{number}"} if self.dialect.references else {}
        if value is None:
            return "" if self.dialect.references else self._tag("c")
        if isinstance(value, str):
            if self.dialect.inline:
                return self._tag("c", self._tag("is", self._text(value)), **named, t="inlineStr")
            index = self.strings.setdefault(value, len(self.strings))
            return self._tag("c", self._tag("v", str(index)), **named, t="s")
        if isinstance(value, Decimal):
            text = str(value)
            if self.dialect.trailing_zero and "." not in text:
                text += ".0"
            formula = self._tag("f", f"SUM(A{number})") if self.dialect.formulas else ""
            return self._tag("c", formula + self._tag("v", text), **named, s="3")
        timed = isinstance(value, dt.datetime)
        if self.dialect.iso_dates:
            return self._tag("c", self._tag("v", value.isoformat()), **named, t="d")
        style = "2" if timed else "1"
        return self._tag("c", self._tag("v", self._serial(value)), **named, s=style)

    def _serial(self, value: dt.date) -> str:
        epoch = dt.date(1904, 1, 1) if self.dialect.from_1904 else dt.date(1899, 12, 30)
        if not isinstance(value, dt.datetime):
            return str((value - epoch).days)
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr((value.date() - epoch).days + seconds / 86_400)


def _types(count: int) -> str:
    named = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    named |= {f"worksheets/sheet{n}": "worksheet" for n in range(1, count + 1)}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}{kind}+xml"/>'
        for part, kind in named.items()
    )
    return f"{_TYPES}{overrides}</Types>"


def _rels(found: Sequence[tuple[str, str, str]]) -> str:
    body = "".join(
        f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"/>'
        for identifier, kind, target in found
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?>\n<Relationships xmlns="{space}">{body}</Relationships>'


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as sink:
        for info in source.infolist():
            data = source.read(info)
            sink.writestr(
                zipfile.ZipInfo(info.filename), change(data) if info.filename == part else data
            )
    return buffer.getvalue()

"""A report as a file; what writes each format is loaded when it is first wanted."""

from __future__ import annotations

from core.services.reports.contract import ExportFormat, Report
from core.services.reports.csv_export import csv_bytes
from core.services.reports.json_export import json_bytes


def report_bytes(report: Report, format_: ExportFormat, shop_name: str) -> bytes:
    """Return a report as a file. What was shown is what is handed out: nothing is asked again."""
    match format_:
        case ExportFormat.CSV:
            return csv_bytes(report)
        case ExportFormat.JSON:
            return json_bytes(report)
        case ExportFormat.XLSX:
            from core.services.reports.xlsx_export import xlsx_bytes  # noqa: PLC0415 - see above

            return xlsx_bytes(report, shop_name)
        case ExportFormat.PDF:
            from core.services.reports.pdf_export import pdf_bytes  # noqa: PLC0415 - see above

            return pdf_bytes(report, shop_name)

"""The heads of the audit chains as a day's report bears them, read back to hold the chains to."""

from __future__ import annotations

import json
from pathlib import Path

from core.database.audit_chains import ChainHead
from core.errors import InvalidInputError, StorageError
from core.services.reports.contract import ReportName
from core.services.reports.day_close import AUDIT

_LARGEST_BYTES = 50_000_000


def heads_of_report(path: Path) -> tuple[ChainHead, ...]:
    """Return the chains' heads on a day's report that was kept as JSON.

    Raises:
        StorageError: the file cannot be read.
        InvalidInputError: it is no such report, or bears no heads.

    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _not_a_report(path)
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise StorageError(f"{path} cannot be read.", details=str(error)) from error
    except ValueError as error:
        raise _not_a_report(path) from error
    try:
        if document["report"] != ReportName.DAY_CLOSE:
            raise _not_a_report(path)
        heads = tuple(
            ChainHead(str(row["person"]), int(row["count"]), str(row["note"]))
            for row in document["rows"]
            if row["group"] == AUDIT
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _not_a_report(path) from error
    if not heads:
        raise _not_a_report(path)
    return heads


def _not_a_report(path: Path) -> InvalidInputError:
    return InvalidInputError(
        f"{path} is not a day's close as JSON with the heads of the audit trail: make one with"
        " “sanduku reports day-close --format json -o FILE”.",
        field="against",
    )

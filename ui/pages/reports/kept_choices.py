"""Which range each person chose last for each report, kept in a small file of theirs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import quote

from core.services.reports.contract import Grouping, ReportName
from ui.pages.reports.spans import RangeChoice, Span

_FOLDER = "choices"
_LONGEST_FILE = 100_000


class ChoiceFile:
    """One person's file; every method touches the disk, so call it off the GUI thread."""

    def __init__(self, data_dir: Path, user_name: str) -> None:
        name = quote(user_name.casefold(), safe="")
        self.path = data_dir / _FOLDER / f"reports-{name}.json"

    def load(self) -> dict[ReportName, RangeChoice]:
        """Return the choices; what is missing or cannot be understood is left out."""
        try:
            if self.path.stat().st_size > _LONGEST_FILE:
                return {}
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(kept, dict):
            return {}
        found = {name: _choice(kept.get(name)) for name in ReportName}
        return {name: choice for name, choice in found.items() if choice is not None}

    def save(self, choices: Mapping[ReportName, RangeChoice]) -> None:
        """Keep the choices; the old file stays whole until the new one is."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({name: _kept(choice) for name, choice in choices.items()}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)


def _kept(choice: RangeChoice) -> dict[str, str]:
    return {
        "span": choice.span,
        "first_day": choice.first_day.isoformat(),
        "last_day": choice.last_day.isoformat(),
        "grouping": choice.grouping,
    }


def _choice(kept: object) -> RangeChoice | None:
    try:
        return RangeChoice(
            Span(kept["span"]),  # type: ignore[index]  # what is no mapping is caught
            date.fromisoformat(kept["first_day"]),  # type: ignore[index]
            date.fromisoformat(kept["last_day"]),  # type: ignore[index]
            Grouping(kept["grouping"]),  # type: ignore[index]
        )
    except (KeyError, TypeError, ValueError):
        return None

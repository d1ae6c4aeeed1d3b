"""The unfinished payment of a person, kept in a small file so that a power cut loses nothing."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import quote

from ui.widgets.sale_lines import LineDraft

DRAFT_FOLDER = "drafts"
_LONGEST_FILE = 100_000


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A form as typed, with the key it was opened with; everything is text."""

    key: str = ""
    method: str = ""
    reference: str = ""
    customer_name: str = ""
    phone: str = ""
    amount: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    lines: tuple[LineDraft, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed that is worth keeping."""
        typed = (self.reference, self.customer_name, self.phone, self.amount)
        return not (any(typed) or any(self.evidence.values()) or self.lines)


class DraftFile:
    """One person's file; every method touches the disk, so call it off the GUI thread."""

    def __init__(self, data_dir: Path, user_name: str) -> None:
        self.path = data_dir / DRAFT_FOLDER / f"{quote(user_name.casefold(), safe='')}.json"

    def load(self) -> PaymentDraft | None:
        """Return the draft; None where there is none or it cannot be understood."""
        try:
            if self.path.stat().st_size > _LONGEST_FILE:
                return None
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return _draft(kept)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def save(self, draft: PaymentDraft) -> None:
        """Keep a draft; an empty one removes the file. The old one stays whole until the new is."""
        if draft.is_empty:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(asdict(draft), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)


def _draft(kept: dict[str, object]) -> PaymentDraft | None:
    texts = {
        one.name: _text(kept.get(one.name))
        for one in fields(PaymentDraft)
        if one.name not in {"evidence", "lines"}
    }
    evidence, lines = kept.get("evidence"), kept.get("lines")
    return PaymentDraft(
        **texts,
        evidence={str(name): _text(value) for name, value in evidence.items()}
        if isinstance(evidence, dict)
        else {},
        lines=tuple(
            LineDraft(**{name: _text(line.get(name)) for name in LineDraft.__slots__})
            for line in (lines if isinstance(lines, list) else [])
        ),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

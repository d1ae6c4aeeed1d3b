"""The originals: kept under our own name by their content, checked whenever they are handed out."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

from core.clock import shop_time
from core.errors import ConflictError, InvalidInputError, StorageError
from core.statements.statement import StatementFile

ARCHIVE_FOLDER = "archive"
OPENED_FOLDER = "opened"
PASTED_FOLDER = "pasted"
MAX_PASTED_CHARACTERS = 5_000_000

_USUAL: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt", ".tsv"),
    "xlsx": (".xlsx", ".xlsm"),
    "xls": (".xls",),
    "ofx": (".ofx", ".qfx", ".qbo"),
    "qif": (".qif",),
    "mt940": (".sta", ".mt940", ".940", ".mt942", ".942", ".swi", ".fin", ".txt"),
    "mt942": (".mt942", ".942", ".sta", ".mt940", ".940", ".swi", ".fin", ".txt"),
    "camt": (".xml",),
    "bai2": (".bai", ".bai2", ".txt"),
    "pdf": (".pdf",),
    "sms": (".txt", ".sms"),
    "html": (".html", ".htm", ".xls"),
    "xml": (".xml", ".xls"),
}
"""Endings by format, the one given where the sender's is not among them first."""

_PACKED = ((b"PK\x03\x04", ".zip"), (b"\x1f\x8b", ".gz"))
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def suffix_for(name: str, file_format: str, content: bytes) -> str:
    """Return the ending an original is kept under, so that the system opens it by its content.

    The sender's own counts only where it is usual for what the file turned out to be. A workbook
    is a zip file of its own: one packed once more is known by its name.
    """
    given = Path(name).suffix.lower()
    kind = next((kind for kind in _USUAL if file_format.lower().startswith(kind)), "")
    packed = next((suffix for mark, suffix in _PACKED if content.startswith(mark)), "")
    if packed and (kind != "xlsx" or given == packed):
        return packed
    usual = _USUAL.get(kind, ())
    if given in usual:
        return given
    return usual[0] if usual else ".dat"


def keep_original(folder: Path, path: Path, file: StatementFile) -> str:
    """Copy a file into the shop's folder and return its place there.

    Raises:
        ConflictError: the file is not the one that was read any more.
        StorageError: it can no longer be read, or the copy cannot be written.

    """
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"Nothing was imported. “{path.name}” can no longer be read.", details=str(error)
        ) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ConflictError(
            f"Nothing was imported. “{path.name}” was changed since it was read; open it again."
        )
    suffix = suffix_for(path.name, file.format, content)
    name = f"{ARCHIVE_FOLDER}/{file.sha256[:2]}/{file.sha256}{suffix}"
    target = folder / name
    if not (target.is_file() and _is_whole(target, file.sha256)):
        write_document(target, content)
    return name


def original_content(folder: Path, kept_as: str, sha256: str, file_name: str) -> bytes:
    """Return an original's bytes.

    Raises:
        StorageError: it is missing, or not what was imported.

    """
    place = folder / kept_as
    if not kept_as or not place.is_file():
        raise StorageError(f"The original of “{file_name}” is not in the shop's folder any more.")
    try:
        content = place.read_bytes()
    except OSError as error:
        raise StorageError(
            f"The original of “{file_name}” cannot be read.", details=str(error)
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StorageError(
            f"The original of “{file_name}” was changed on the disk; it is not what was imported."
            " Restore it from a backup.",
            details=str(place),
        )
    return content


def copy_name(file_name: str, kept_as: str) -> str:
    """Return a safe name for a copy: the sender's words, our ending."""
    stem = _UNSAFE.sub("_", Path(file_name).stem).strip(" .")[:120] or "statement"
    return stem + Path(kept_as).suffix


def keep_pasted(folder: Path, text: str, now: datetime) -> Path:
    """Keep pasted text as a file that is read and imported as any other.

    Raises:
        InvalidInputError: there is no text, or more than anybody pastes.
        StorageError: it cannot be written.

    """
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    if not text.strip():
        raise InvalidInputError("Nothing was pasted: the clipboard holds no text.", field="text")
    if len(text) > MAX_PASTED_CHARACTERS:
        raise InvalidInputError("Nothing was pasted: the text is too long for messages.")
    content = text.encode("utf-8", errors="replace")
    digest = hashlib.sha256(content).hexdigest()
    place = folder / PASTED_FOLDER / digest[:16]
    earlier = next(iter(sorted(place.glob("*.txt"))), None) if place.is_dir() else None
    target = earlier or place / f"Pasted {shop_time(now):%Y-%m-%d %H.%M}.txt"
    write_document(target, content)
    return target


def drop_pasted(folder: Path, path: Path) -> None:
    """Take pasted text away again, once it is imported (and archived) or not wanted."""
    if path.parent.parent == folder / PASTED_FOLDER:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def _is_whole(target: Path, sha256: str) -> bool:
    return hashlib.sha256(target.read_bytes()).hexdigest() == sha256

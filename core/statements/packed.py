"""Packed files: what lies in a ZIP or GZIP, inflated only as far as a statement can be large."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from core.errors import UnreadableFileError
from core.statements.sources import Source

MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MEMBERS = 1_000
MAX_CANDIDATES = 20
MAX_RATIO = 400
"""Statements shrink to a twentieth, never to a four-hundredth."""

_CHUNK = 1024 * 1024
_UNSUSPICIOUS_BYTES = 20 * _CHUNK
_DIRECTORY_ENTRY = b"PK\x01\x02"
_DOCUMENT_PARTS = ("[Content_Types].xml", "mimetype", "xl/", "word/", "ppt/", "META-INF/")
_ENCRYPTED = 1
_GZIP = b"\x1f\x8b"


def is_packed(content: bytes) -> bool:
    """Tell a ZIP or GZIP of files from other bytes, also from documents that are a ZIP inside."""
    if content.startswith(_GZIP):
        return True
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.replace("\\", "/") for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return not any(part.encode() in content for part in _DOCUMENT_PARTS)
    return not any(name.startswith(_DOCUMENT_PARTS) for name in names)


def unpacked(source: Source) -> tuple[Source, ...]:
    """Return the files in a packed file that may be statements; each keeps the outer digest.

    Raises:
        UnreadableFileError: damaged, encrypted, empty, or larger inside than a statement can be.

    """
    try:
        if source.content.startswith(_GZIP):
            return (_gunzipped(source),)
        return _unzipped(source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise UnreadableFileError(
            f"“{source.name}” is damaged: the packed file is cut off or was changed on the way.",
            details=repr(error),
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(
            f"“{source.name}” is packed in a way that cannot be read; unpack it first.",
            details=repr(error),
        ) from error


def _unzipped(source: Source) -> tuple[Source, ...]:
    if source.content.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
        raise _too_many(source)
    with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
        parts = [part for part in archive.infolist() if _may_be_a_statement(part)]
        if not parts:
            raise UnreadableFileError(f"“{source.name}” is a packed file with nothing in it.")
        if len(parts) > MAX_CANDIDATES:
            raise _too_many(source)
        members = []
        room = MAX_UNPACKED_BYTES
        for part in parts:
            if part.flag_bits & _ENCRYPTED:
                raise UnreadableFileError(
                    f"“{source.name}” is protected by a password; unpack it first."
                )
            with archive.open(part) as stream:
                content = _inflated(stream, room, len(source.content), source)
            room -= len(content)
            members.append(_member(source, PurePosixPath(part.filename).name, content))
    return tuple(members)


def _may_be_a_statement(part: zipfile.ZipInfo) -> bool:
    """Leave out folders and what systems add unasked."""
    path = PurePosixPath(part.filename.replace("\\", "/"))
    unasked = path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini")
    return not (part.is_dir() or unasked or "__MACOSX" in path.parts or not path.name)


def _gunzipped(source: Source) -> Source:
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    content = inflater.decompress(source.content, MAX_UNPACKED_BYTES + 1)
    if len(content) > MAX_UNPACKED_BYTES or _swollen(len(content), len(source.content)):
        raise _bomb(source)
    if not inflater.eof:
        raise EOFError("the end is missing")
    name = source.name[:-3] if source.name.lower().endswith(".gz") else "its content"
    return _member(source, name, content)


def _inflated(stream: IO[bytes], room: int, packed_bytes: int, source: Source) -> bytes:
    """Inflate while there is room, whatever size the file states."""
    content = bytearray()
    while chunk := stream.read(_CHUNK):
        content += chunk
        if len(content) > room or _swollen(len(content), packed_bytes):
            raise _bomb(source)
    return bytes(content)


def _member(source: Source, name: str, content: bytes) -> Source:
    return Source(f"{name} in {source.name}", content, source.sha256, source.progress)


def _swollen(inflated_bytes: int, packed_bytes: int) -> bool:
    return inflated_bytes > max(_UNSUSPICIOUS_BYTES, MAX_RATIO * packed_bytes)


def _bomb(source: Source) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{source.name}” is refused: unpacked it is larger than a statement can be."
    )


def _too_many(source: Source) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{source.name}” holds too many files; unpack it, and read each statement by itself."
    )

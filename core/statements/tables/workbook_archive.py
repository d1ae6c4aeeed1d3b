"""The zip archive around a workbook: measured before anything in it is believed."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from core.errors import UnreadableFileError

MAX_INFLATED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 400
MAX_TOKEN_BYTES = 2 * 1024 * 1024
"""No tag or attribute of a spreadsheet comes near this; a parser must hold one in memory whole."""

_CHUNK = 1024 * 1024
_STEP = 32 * 1024
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")

StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]


class Archive:
    """The parts of a workbook by name.

    Raises:
        UnreadableFileError: damaged, protected by a password, or a zip bomb.

    """

    def __init__(self, content: bytes, file_name: str) -> None:
        check_archive(content, file_name)
        self.file_name = file_name
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = {_plain_name(name): name for name in self._archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return _plain_name(name) in self._names

    def parse(
        self,
        name: str,
        start: StartHandler,
        end: EndHandler | None = None,
        text: Callable[[str], None] | None = None,
        done: Callable[[], bool] = lambda: False,
        taken: Callable[[bytes], bytes] = lambda chunk: chunk,
    ) -> None:
        """Stream a part through the handlers, in constant memory, until ``done`` says so.

        ``taken`` may take bytes out before the parser; it is called with b"" at the end.

        Raises:
            UnreadableFileError: not well-formed, or with a DOCTYPE.

        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        fed = 0
        try:
            with self._archive.open(self._names[_plain_name(name)]) as stream:
                while chunk := stream.read(_STEP):
                    left = taken(chunk)
                    parser.Parse(left)
                    fed += len(left)
                    if done():
                        return
                    if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                        raise damaged(self.file_name, f"{name}: a tag without end")
                parser.Parse(taken(b""), True)
        except (
            expat.ExpatError,
            LookupError,  # an encoding that there is not
            ValueError,
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
        ) as error:
            raise damaged(self.file_name, f"{name}: {error!r}") from error

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise _not_plain(self.file_name)


def local(name: str) -> str:
    """Return a tag's name without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def resolved(base: str, target: str) -> str:
    """Return the part that a relationship's target names, seen from the part that holds it."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def damaged(file_name: str, details: str) -> UnreadableFileError:
    """Return the refusal of a workbook that does not follow its format."""
    return UnreadableFileError(
        f"“{file_name}” is damaged: the spreadsheet cannot be opened.", details=details
    )


def is_workbook(content: bytes) -> bool:
    """Tell whether the bytes are an XLSX workbook and not another kind of zip."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(_plain_name(name).startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return b"xl/workbook" in content


def check_archive(content: bytes, file_name: str) -> None:
    """Inflate every part once, counting, before a parser trusts the sizes that the file states.

    Raises:
        UnreadableFileError: damaged, protected, with a DOCTYPE, or larger than a statement.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            stated = sum(part.file_size for part in parts)
            if len(parts) > MAX_ENTRIES or stated > MAX_INFLATED_BYTES or _swollen(stated, content):
                raise _bomb(file_name)
            total = 0
            for part in parts:
                if part.flag_bits & 1:
                    raise UnreadableFileError(
                        f"“{file_name}” is protected by a password; save it without one."
                    )
                total += _inflated(archive, part, MAX_INFLATED_BYTES - total, file_name)
            if _swollen(total, content):
                raise _bomb(file_name)
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise UnreadableFileError(
            f"“{file_name}” is damaged: it is cut off or was changed on the way.",
            details=repr(error),
        ) from error


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, file_name: str) -> int:
    total = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if total == 0 and _DECLARATION.search(chunk[:8192].replace(b"\0", b"")):
                raise _not_plain(file_name)
            total += len(chunk)
            if total > room:
                raise _bomb(file_name)
    return total


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _swollen(inflated: int, content: bytes) -> bool:
    return inflated > 20 * _CHUNK and inflated > MAX_RATIO * len(content)


def _not_plain(file_name: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{file_name}” is not a plain spreadsheet: it holds a DOCTYPE, which is not read."
    )


def _bomb(file_name: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{file_name}” is refused: unpacked it is larger than"
        f" {MAX_INFLATED_BYTES // _CHUNK} MB, more than a statement can be."
    )

"""Documents on disk: complete or not there at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StorageError

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def write_document(path: Path, content: bytes) -> str:
    """Write a document so that a power cut leaves the old file or the new one, never a part.

    Returns:
        The SHA-256 of the content in hexadecimal.

    Raises:
        StorageError: the disk is full, read-only or refuses; what was there before is untouched.

    """
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a file to write into that takes ``path``'s name once it is written and on the disk.

    Raises:
        StorageError: the disk is full, read-only or refuses; what was there before is untouched.

    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, because a rename is atomic only inside one file system.
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        _sync_file(temporary)
        temporary.replace(path)
        temporary = None
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(_refusal(path, error), details=str(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows has no such call and needs none on NTFS."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder; the file itself is already safe.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def _refusal(path: Path, error: OSError) -> str:
    if error.errno in _DISK_FULL:
        why = "the disk is full; free some space and try again"
    elif error.errno in _REFUSED:
        why = (
            "the folder or the file may not be written; close the file if it is open elsewhere,"
            " or choose another folder"
        )
    else:
        why = "the disk refused; check the folder and try again"
    return f"“{path.name}” was not saved in {path.parent}: {why}."

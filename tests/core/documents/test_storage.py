"""Writing a document: all of it or nothing."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from core.documents.storage import write_document
from core.errors import StorageError


def test_the_file_holds_the_content_and_the_hash_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "INV-1.pdf"
    digest = write_document(path, b"content")
    assert digest == hashlib.sha256(b"content").hexdigest()
    assert path.read_bytes() == b"content"
    assert list(path.parent.iterdir()) == [path]


def test_a_second_print_replaces_the_first(tmp_path: Path) -> None:
    path = tmp_path / "INV-1.pdf"
    write_document(path, b"old")
    write_document(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "may not be written"), (errno.EIO, "refused")],
)
def test_when_the_disk_refuses_the_old_file_stays_and_no_part_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    path = tmp_path / "INV-1.pdf"
    write_document(path, b"old")

    def refuse(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match=words) as caught:
        write_document(path, b"new")
    assert caught.value.message.startswith("“INV-1.pdf” was not saved")
    assert "\n" not in caught.value.message
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "INV-1.pdf", []
    real = os.fsync

    def watched(descriptor: int) -> None:
        seen.append(path.exists())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    write_document(path, b"content")
    assert seen[0] is False
    assert os.name == "nt" or seen == [False, True]


def test_a_file_in_the_place_of_the_folder_is_a_clear_refusal(tmp_path: Path) -> None:
    (tmp_path / "invoices").write_bytes(b"")
    with pytest.raises(StorageError, match="was not saved"):
        write_document(tmp_path / "invoices" / "INV-1.pdf", b"content")

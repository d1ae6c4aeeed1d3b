"""What tests of statements matched in a process of their own begin from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.services.matching.small_statement import fill_small


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that has taken nothing in, and a statement beside it."""
    folder = tmp_path_factory.mktemp("made")
    fill_small(folder)
    return folder

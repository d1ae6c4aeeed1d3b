"""The frozen folder starts where there is no Python and answers its own check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_frozen_folder_checks_itself_without_python(tmp_path: Path) -> None:
    pytest.importorskip("PyInstaller")
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "PyInstaller",
            "--noconfirm",
            "--distpath",
            tmp_path / "dist",
            "--workpath",
            tmp_path / "build",
            "build.spec",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]

    program = tmp_path / "dist" / "sanduku" / "sanduku"
    answered = subprocess.run(
        [program, "--self-test"],
        env={"HOME": str(tmp_path), "PATH": "", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    print(answered.stdout)
    assert answered.returncode == 0, answered.stdout + answered.stderr

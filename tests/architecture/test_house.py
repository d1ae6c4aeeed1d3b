"""The house as rules: what stands at the top, how long a file may grow, which way imports run."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("desktop", "ui", "core", "resources")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
GENERATED = ("core/database/migrations/versions",)

TOP_LEVEL = {
    "desktop",
    "ui",
    "core",
    "resources",
    "tests",
    "pyproject.toml",
    "build.spec",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
}


def sources() -> list[Path]:
    return [
        path
        for room in (*ROOMS, "tests")
        for path in sorted((ROOT / room).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(GENERATED)
    ]


def test_the_top_level_holds_only_what_the_house_names() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tracked.returncode != 0:
        pytest.skip("not a git checkout")
    top = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_no_file_grows_beyond_what_a_reader_holds() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources()
    }
    allowed = {
        name: 2 * LONGEST_FILE if name.startswith("tests/") else LONGEST_FILE for name in lengths
    }
    assert {name: n for name, n in lengths.items() if n > allowed[name]} == {}


def test_no_function_grows_beyond_what_a_reader_holds() -> None:
    long = {}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT).as_posix()}:{node.name}"] = length
    assert long == {}


def test_imports_run_downwards_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_pages_never_import_each_other() -> None:
    pages = ROOT / "ui" / "pages"
    offences = []
    for path in pages.rglob("*.py"):
        own = path.relative_to(pages).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ui.pages."):
                other = (node.module or "").split(".")[2]
                if other not in {own, "page"} and own.endswith(".py") is False:
                    offences.append(f"{path.relative_to(ROOT)} imports {node.module}")
    assert offences == []


def test_no_float_touches_money() -> None:
    """Amounts are integers: nothing is turned into a float where money is kept and reckoned."""
    offences = []
    for room in ("core/model", "core/services", "core/database", "core/statements"):
        for path in (ROOT / room).rglob("*.py"):
            offences.extend(
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if _makes_a_float(node) or _is_a_float_amount(node)
            )
    assert offences == []


def _makes_a_float(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in {"float", "Float", "Numeric"}
    return isinstance(node, ast.Name) and node.id in {"Float", "Numeric"}


def _is_a_float_amount(node: ast.AST) -> bool:
    if isinstance(node, ast.arg):
        name, annotation = node.arg, node.annotation
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        name, annotation = node.target.id, node.annotation
    else:
        return False
    return name.endswith("_minor") and annotation is not None and "float" in ast.unparse(annotation)

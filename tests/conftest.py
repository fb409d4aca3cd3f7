"""What all rings share: rings whose server is missing are named at the end, and fail where CI=true."""

import gc
import os
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import postgres as server
from tests.servers.postgres import Postgres

# Duplicates: copies beyond the first, each after a doubt. Unknowns: mails that rest because nobody can tell.
SUMS = ("mails in", "tickets", "sends", "duplicates", "unknowns", "kills", "seeds")
CORPUS = "corpus:"  # a skip that begins so is no missing server: the mails are private


if "CI" not in os.environ:  # there Hypothesis does the same by itself: how busy a machine is proves nothing
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of a process; each test has a database of its own."""
    if reason := server.available():
        pytest.skip(reason)
    # Walks on ENGINE see it as a server that is to be trusted; the other tests need none that survives a power cut.
    with Postgres(fsync="ENGINE" in os.environ) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(
        key=lambda item: "walk" not in item.path.parts
    )  # the long ones first: no process waits for another's last


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests that every later collection would look through


def _skipped(reporter: pytest.TerminalReporter) -> dict[str, int]:
    reasons: dict[str, int] = defaultdict(int)
    for report in reporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    return reasons


def _forbidden(reasons: dict[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in reasons.items() if not reason.startswith(CORPUS)}


def _sums(reporter: pytest.TerminalReporter) -> Counter[str]:
    """What the tests that kill, and those that simulate, have counted in all."""
    reports = [report for report in reporter.stats.get("passed", []) if report.when == "call"]
    sums: Counter[str] = Counter()
    for counted in (value for report in reports for name, value in report.user_properties if name == "sums"):
        sums.update(counted)
    return sums


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, count in sorted(_skipped(terminalreporter).items()):
        terminalreporter.write_line(f"NOT RUN: {count} tests: {reason}", yellow=True)
    if sums := _sums(terminalreporter):
        terminalreporter.write_line("SUMS: " + ", ".join(f"{name} {sums[name]}" for name in SUMS))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    strict = os.environ.get("CI") == "true" and exitstatus == pytest.ExitCode.OK
    if strict and reporter and _forbidden(_skipped(reporter)):
        reporter.write_line("CI=true: a ring that is not run is a failure", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

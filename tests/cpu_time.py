"""A pytest plugin: which tests took the most CPU time, their own and that of the processes that they waited for.

``make.py test`` ends with the list. Fixtures are listed by file, since those that tests share are made for the first
and closed after the last of them: what a verifier's or a browser's processes used is known only when they end.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Generator

import pytest
from pytest import CallInfo, Item, TerminalReporter, TestReport  # noqa: PT013 - types

SHOWN = 10
FILES = 5
MOST = 4.0
"""CPU seconds above which a test is to be marked ``slow``."""
_USED = pytest.StashKey[dict[str, float]]()
_CPU, _FIXTURES, _SLOW = "cpu_seconds", "fixtures_cpu_seconds", "slow"


def _used() -> float:
    own, waited_for = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + waited_for.ru_utime + waited_for.ru_stime


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: Item) -> None:
    """Note the CPU time before the test's fixtures."""
    item.stash[_USED] = {"begin": _used()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Item, call: CallInfo[None]) -> Generator[None, TestReport, TestReport]:
    """Give the last report of a test its CPU time; xdist takes it to the process that prints."""
    report = yield
    used = item.stash[_USED]
    used[call.when] = _used()
    if call.when == "teardown":
        slow = item.get_closest_marker("slow") is not None
        own = used["call"] - used["setup"] if "call" in used else 0.0
        fixtures = used["teardown"] - used["begin"] - own
        report.user_properties = [*report.user_properties, (_CPU, own), (_FIXTURES, fixtures), (_SLOW, slow)]
    return report


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """List the tests and the fixtures that took longest, in a run of more tests than are listed."""
    found = []
    fixtures: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            known = dict(getattr(report, "user_properties", ()))
            if _CPU in known:
                found.append((known[_CPU], known[_SLOW], report.nodeid))
                fixtures[report.nodeid.partition("::")[0]] += known[_FIXTURES]
    if len(found) <= SHOWN:
        return
    total = sum(seconds for seconds, _, _ in found) + sum(fixtures.values())
    terminalreporter.section(f"CPU time: {total:.0f} s in {len(found)} tests")
    for seconds, slow, name in sorted(found, reverse=True)[:SHOWN]:
        wanted = "  to be marked slow" if seconds > MOST and not slow else ""
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}{wanted}")
    for name, seconds in fixtures.most_common(FILES):
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}, fixtures")

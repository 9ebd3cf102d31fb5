"""Progress on a terminal."""

from __future__ import annotations

import io
import sys

import pytest
from rich.progress import Progress

from auditor.cli.progress import TerminalProgress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_time_left_goes_by_cost_and_the_count_by_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine cheap programs of ten are a small part of the work if the tenth costs as much as ninety-one."""
    monkeypatch.setattr(sys, "stderr", _Terminal())
    with TerminalProgress() as progress:
        advance = progress.stage("verifying", 10, 100.0)
        bars = progress._bars
        assert isinstance(bars, Progress)
        advance(9, 9.0)
        (task,) = bars.tasks
        assert (task.percentage, task.fields["count"]) == (pytest.approx(9), " 9/10")
        advance(1, 91.0)
        assert (task.percentage, task.fields["count"]) == (pytest.approx(100), "10/10")
        progress.stage("scoring style", 4)(2)
        assert (bars.tasks[1].percentage, bars.tasks[1].fields["count"]) == (pytest.approx(50), "2/4")


def test_a_log_shows_no_pace_of_the_first_units(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one unit took includes the start: a pace is shown from the fifth on."""
    monkeypatch.setattr("auditor.cli.progress.LINE_SECONDS", 0.0)
    with TerminalProgress() as progress:
        advance = progress.stage("scoring style", 23)
        advance(1)
        advance(8)
    first, second = [line for line in capsys.readouterr().err.splitlines() if " of 23" in line]
    assert first.endswith("scoring style: 1 of 23")
    assert second.rstrip().endswith("/s")

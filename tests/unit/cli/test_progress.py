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


def test_a_weighted_bar_is_full_when_every_unit_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs whose sum misses their total by a rounding error still fill the bar."""
    monkeypatch.setattr(sys, "stderr", _Terminal())
    costs = [0.1] * 10
    with TerminalProgress() as progress:
        advance = progress.stage("verifying", 10, 1.0)
        for cost in costs:
            advance(1, cost - 1e-12)
        assert progress._bars is not None
        (task,) = progress._bars.tasks
        assert (task.completed, task.finished) == (1.0, True)


def test_what_is_kept_is_on_the_bar_and_in_no_pace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A resumed stage starts at its kept units; its pace and time left are those of the new ones."""
    moments = iter([0.0, *[10.0] * 20])
    monkeypatch.setattr("auditor.cli.progress.time.monotonic", lambda: next(moments))
    monkeypatch.setattr("auditor.cli.progress.LINE_SECONDS", 0.0)
    with TerminalProgress() as progress:
        progress.stage("sampling m", 840, kept=800)(20)
    assert capsys.readouterr().err.endswith("sampling m: 820 of 840, 2/s\n")
    monkeypatch.undo()
    monkeypatch.setattr(sys, "stderr", _Terminal())
    with TerminalProgress() as progress:
        progress.stage("sampling m", 840, kept=800)
        assert progress._bars is not None
        (task,) = progress._bars.tasks
        assert (task.completed, task.fields["count"]) == (800, "800/840")

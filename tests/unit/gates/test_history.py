"""Several runs over time: paired figures, verdicts, and what else changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import GateConfig
from auditor.errors import UsageError
from auditor.gates import RunView, evaluate
from auditor.gates.baseline import save_baseline
from auditor.gates.compare import compare
from auditor.gates.compare.measure import Direction
from auditor.gates.history import NamedRun, history, history_of, to_json, to_markdown, to_text
from auditor.gates.history.changes import other_changes
from auditor.gates.history.lines import short_names
from auditor.results import (
    ChangeVerdict,
    History,
    HistoryFigure,
    Judgement,
    OtherKind,
    ReportDocument,
    TaskRow,
    from_json,
)
from auditor.results import (
    to_json as as_json,
)
from tests.e2e.command import inside
from tests.examples import examples
from tests.unit.gates.builders import CountRow, counts, document, entry

TASKS = 40


def rows(seed: int, shift: float = 0.0) -> list[CountRow]:
    """Counts of tasks that differ, better by a shift."""
    rng = np.random.default_rng(seed)
    passing = np.clip(rng.beta(2, 2, TASKS) + shift, 0, 1)
    base = rng.binomial(10, passing)
    return [(f"T/{at:04d}", 10, int(b), int(rng.binomial(b, 0.8))) for at, b in enumerate(base)]


def task(name: str, **more: Any) -> TaskRow:
    made: dict[str, Any] = {
        "task_id": name, "entry_point": "f", "base_tests": 1, "plus_tests": 3, "unfit": None, "excluded": None,
        "reference": "", "prompt": "double", "tests_digest": "a" * 16,
    }  # fmt: skip
    return TaskRow(**made | more)


def run(name: str, *entries: Any, tasks: tuple[TaskRow, ...] = ()) -> NamedRun:
    return NamedRun(name, RunView.of(replace(document(*entries), tasks=tasks), where=name))


def figure(found: History, at: int, metric: str, model: int = 0) -> HistoryFigure:
    one = found.models[model].points[at].figure(metric)
    assert one is not None
    return one


@examples(6)
@given(st.integers(0, 1000))
def test_a_run_against_itself_is_equal_and_unmarked(seed: int) -> None:
    """Every change is exactly 0 and equal, and nothing else changed."""
    one = entry("m", rows(seed))
    found = history([run("a", one, tasks=(task("T/0000"),)), run("b", one, tasks=(task("T/0000"),))])
    changes = [each.change for each in found.models[0].points[1].figures if each.change is not None]
    assert len(changes) >= 4
    assert {change.verdict for change in changes} == {ChangeVerdict.EQUAL}
    assert {(change.difference.value, change.difference.low, change.difference.high) for change in changes} == {
        (0, 0, 0)
    }
    assert [each.change for each in found.models[0].points[0].figures] == [None] * 6
    assert not found.runs[1].since_baseline
    assert not found.runs[1].since_previous


@examples(6)
@given(st.integers(0, 1000))
def test_a_change_is_what_gate_and_compare_compute(seed: int) -> None:
    """Difference, interval and verdict are those of `compare` and of a margin against a baseline."""
    old, new = run("a", entry("m", rows(seed))), run("b", entry("m", rows(seed + 1, 0.1)))
    found = history([old, new])
    compared = {row.metric: row for row in compare(old.view, new.view).pairs[0].rows if "fp_cost" not in row.parameters}
    for metric in ("single_sample_accuracy", "acceptance", "false_discovery_rate"):
        change = figure(found, 1, metric).change
        assert change is not None
        other = compared[metric].difference
        ours = change.difference
        assert (ours.value, ours.low, ours.high, ours.tasks) == (other.value, other.low, other.high, other.tasks)
        words = {Direction.UNCLEAR: "open"}
        assert change.verdict.value == words.get(compared[metric].change, compared[metric].change.value)
        (judged,) = evaluate([GateConfig(metric=metric, margin=0.0)], new.view, old.view)
        assert (judged.value, judged.low, judged.high) == (ours.value, ours.low, ours.high)


def test_verdicts_are_corrected_for_the_number_of_runs() -> None:
    """A difference that is just clear alone is open among many that show nothing; a large one stays clear."""
    base = [(f"T/{at:04d}", 10, 10, 5) for at in range(TASKS)]
    slightly = [(name, n, b, 6) for name, n, b, _ in base]
    much = [(name, n, b, 9) for name, n, b, c in base]
    runs = [run(name, entry("m", given)) for name, given in (("a", base), ("b", slightly))]
    alone = figure(history(runs), 1, "single_sample_accuracy").change
    assert alone is not None
    assert alone.verdict is ChangeVerdict.BETTER
    noisy = [(name, n, b, 4 + at % 3) for at, (name, n, b, c) in enumerate(base)]
    crowd = [run(f"n{at}", entry("m", noisy)) for at in range(20)]
    among = history([*runs, run("much", entry("m", much)), *crowd])
    change = figure(among, 1, "single_sample_accuracy").change
    assert change is not None
    assert (change.difference.value, change.difference.low) == (alone.difference.value, alone.difference.low)
    assert change.difference.p_adjusted > change.difference.p
    assert change.verdict is ChangeVerdict.OPEN
    big = figure(among, 2, "single_sample_accuracy").change
    assert big is not None
    assert big.verdict is ChangeVerdict.BETTER


def changed(before: ReportDocument, after: ReportDocument) -> list[tuple[str, str, str, str]]:
    found = other_changes(RunView.of(before), RunView.of(after), [("m", "m")])
    return [(one.kind.value, one.name, one.before, one.after) for one in found]


def test_everything_else_that_changed_is_named() -> None:
    """Tasks added, removed, reworded, tested otherwise and left out; versions, environment, settings, rubric."""
    whole = document(entry("m", rows(1)))
    then = replace(
        whole.provenance,
        auditor="9.8",
        tools={"ruff": "0.15.0"},
        sandbox="landlock+seccomp",
        config={
            "analysis": {"confidence": 0.95}, "verify": {"workers": 1, "timeout": 1.0},
            "model": [{"name": "m", "temperature": 0.8, "concurrency": 1}],
        },
    )  # fmt: skip
    now = replace(
        then,
        auditor="9.9",
        tools={"ruff": "0.15.1"},
        sandbox="seccomp",
        config={
            "analysis": {"confidence": 0.9}, "report": {"title": "other"}, "verify": {"workers": 8, "timeout": 2.0},
            "model": [{"name": "m", "temperature": 0.2, "concurrency": 99}],
        },
        rubric=then.rubric and replace(then.rubric, hash="0" * 64),
    )  # fmt: skip
    old = replace(whole, tasks=tuple(map(task, ("A", "B", "C", "D"))), provenance=then)
    tasks = (
        task("B", prompt="double it"),
        task("C", tests_digest="b" * 16),
        task("D", excluded="contradicted"),
        task("E"),
    )
    new = replace(whole, tasks=tasks, provenance=now)
    found = changed(old, new)
    assert ("task added", "E", "", "") in found
    assert ("task removed", "A", "", "") in found
    assert ("task's text", "B", "", "") in found
    assert ("task's tests", "C", "", "") in found
    assert ("task left out", "D", "analysed", "contradicted") in found
    assert ("version", "auditor", "9.8", "9.9") in found
    assert ("version", "ruff", "0.15.0", "0.15.1") in found
    assert ("sandbox", "", "landlock+seccomp", "seccomp") in found
    assert ("setting", "analysis.confidence", "0.95", "0.9") in found
    assert ("setting", "verify.timeout", "1.0", "2.0") in found
    assert ("setting", "temperature", "0.8", "0.2") in found
    assert [one for one in found if "workers" in one[1] or "concurrency" in one[1] or "title" in one[1]] == []
    assert len([one for one in found if one[0] == "rubric"]) == (then.rubric is not None)


def test_tasks_tested_otherwise_are_in_no_change() -> None:
    """The difference is over the tasks whose tests are the same, though their names are."""
    old, new = rows(1), rows(1)
    new = [(name, n, b, 0 if at < 10 else c) for at, (name, n, b, c) in enumerate(new)]
    names = [name for name, *_ in old]
    before = run("a", entry("m", old), tasks=tuple(map(task, names)))
    otherwise = tuple(task(name, tests_digest=("b" if at < 10 else "a") * 16) for at, name in enumerate(names))
    after = run("b", entry("m", new), tasks=otherwise)
    change = figure(history([before, after]), 1, "single_sample_accuracy").change
    assert change is not None
    assert (change.verdict, change.difference.tasks) == (ChangeVerdict.EQUAL, TASKS - 10)


def test_a_baseline_file_serves_as_a_run(tmp_path: Path) -> None:
    """Its counts give the figures and the very changes of the run that it was saved from."""
    old, new = run("a", entry("m", rows(3))), run("b", entry("m", rows(4, 0.2)))
    folder = tmp_path / "new" / "report"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(as_json(new.view.document))
    save_baseline(old.view, tmp_path / "old.json")
    found = history_of([tmp_path / "old.json", tmp_path / "new"])
    assert [one.name for one in found.runs] == ["old.json", "new"]
    whole = history([old, new])
    for metric in ("single_sample_accuracy", "false_discovery_rate", "best_utility"):
        assert figure(found, 1, metric).change == figure(whole, 1, metric).change
        assert figure(found, 0, metric).value == figure(whole, 0, metric).value
    swapped = history_of([tmp_path / "old.json", tmp_path / "new"], baseline=tmp_path / "new")
    assert [one.baseline for one in swapped.runs] == [False, True]
    one, other = (figure(each, at, "single_sample_accuracy").change for each, at in ((found, 1), (swapped, 0)))
    assert one is not None
    assert other is not None
    assert one.difference.value == pytest.approx(-other.difference.value)


def test_models_match_by_name_or_as_told() -> None:
    """Runs of one model each are one line whatever its name; else a mapping says which are versions of one."""
    one, other = run("a", entry("small-1", rows(1))), run("b", entry("small-2", rows(2)))
    (line,) = history([one, other]).models
    assert (line.model, [point.model for point in line.points]) == ("small-2", ["small-1", "small-2"])
    many = run("c", entry("small-2", rows(3)), entry("large", rows(4)))
    with pytest.raises(UsageError, match="no model in common"):
        history([one, many])
    told = history([one, many], models={"small-2": ["small-1"]})
    assert [(each.model, len(each.points)) for each in told.models] == [("small-2", 2)]
    found = history([other, many])
    assert ([each.model for each in found.models], found.alone) == (["small-2"], ("large",))
    with pytest.raises(UsageError, match="one model"):
        history([one, many], models={"small-2": ["small-1", "large"]})
    with pytest.raises(UsageError, match="no run has a model 'nobody'"):
        history([one, many], models={"nobody": []})
    with pytest.raises(UsageError, match="two runs"):
        history([one])


def test_the_rules_are_judged_on_every_run_and_against_the_baseline() -> None:
    """One verdict per run, model and rule; a margin is judged against the history's baseline, which passes itself."""
    worse = [(name, n, b, 0) for name, n, b, _ in rows(5)]
    runs = [run("a", entry("m", rows(5))), run("b", entry("m", worse))]
    found = history(runs, rules=[GateConfig(metric="single_sample_accuracy", margin=0.05)])
    assert [[gate.verdict for gate in one.gates] for one in found.runs] == [[Judgement.PASS], [Judgement.FAIL]]
    renamed = history(
        [run("a", entry("old", rows(5))), runs[1]],
        models={"m": ["old"]},
        rules=[GateConfig(metric="single_sample_accuracy", min=0.0, models=("m",))],
    )
    assert [[gate.model for gate in one.gates] for one in renamed.runs] == [["m"], ["m"]]


def test_it_is_written_in_every_form() -> None:
    """Text fits 80 columns, Markdown holds a table per model, JSON reads back as the very history."""
    names = ("2026-09-a-long-name-of-a-folder", "2026-10", "2026-11")
    runs = [run(name, entry("m", rows(at, at / 10)), entry("other", rows(9 + at))) for at, name in enumerate(names)]
    found = history(runs, rules=[GateConfig(metric="single_sample_accuracy", min=0.4)])
    text = to_text(found)
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", to_text(found, width=80)).splitlines()) <= 80
    assert text.startswith("3 runs; changes are against 2026-09-a-long-name-of-a-folder, paired by task")
    assert text.count("baseline") == 6
    assert ("“not clear”: the deciding interval" in text) == ("not clear" in text.split("“")[0])
    gates = "gates: 2026-09-a-long-name-of-a-folder: "
    assert text.count(gates) == 2
    assert not any("pass" in line for line in text.splitlines() if not line.startswith(gates)), "no verdict is a value"
    assert re.search(r"gates: \S+: 1 (pass|fail|inconclusive); 2026-10: 1 \w+; 2026-11: 1 \w+", to_markdown(found))
    assert to_markdown(found).count("#### ") == 2
    assert from_json(History, to_json(found)) == found
    assert json.loads(to_json(found))["schema"] == "auditor/history/1"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["x/a", "x/b"], ["a", "b"]),
        (["x/a", "y/a"], ["x/a", "y/a"]),
        (["x/a/report/report.json", "x/b"], ["a", "b"]),
        (["x/a", "x/a"], None),
    ],
)
def test_runs_are_named_by_what_tells_them_apart(paths: list[str], names: list[str] | None) -> None:
    found = short_names([Path(path) for path in paths])
    if names is None:
        assert len(set(found)) == len(found)
    else:
        assert found == names


def test_a_model_missing_from_the_baseline_has_no_change() -> None:
    """Its values are there, and nothing is paired."""
    one = run("a", entry("m", rows(1)))
    two, three = (run(name, entry("m", rows(2)), entry("new", rows(3))) for name in "bc")
    found = history([one, two, three])
    new = next(model for model in found.models if model.model == "new")
    assert [[each.change for each in point.figures] for point in new.points] == [[None] * 6] * 2
    assert OtherKind.RUBRIC not in {change.kind for change in found.runs[1].since_baseline}


def test_counts_without_style_have_no_style() -> None:
    found = history([run("a", entry("m", counts(9, 5, 4, 3))), run("b", entry("m", counts(9, 5, 4, 2)))])
    assert figure(found, 1, "style_score").value.value is None
    assert figure(found, 1, "style_score").change is None


def test_analyses_of_counts_are_runs_and_other_files_are_named(tmp_path: Path) -> None:
    """What `auditor analyze --counts` writes can be followed; anything else is refused with what it is."""
    counted = tmp_path / "counts.csv"
    counted.write_text("model,task_id,n,base_passes,correct\nm,T/0,9,4,3\nm,T/1,9,9,8\n")
    analysis = tmp_path / "analysis.json"
    inside("analyze", "--counts", str(counted), "-o", str(analysis), "--quiet", cwd=tmp_path)
    found = history_of([analysis, analysis])
    (model,) = found.models
    assert [point.figures[0].value.value for point in model.points] == [pytest.approx(11 / 18)] * 2
    other = tmp_path / "other.json"
    for text, why in (
        ("", "the file holds no JSON"),
        ("[" * 100_000, "the file holds no JSON"),
        ("[1]", "it has no schema"),
        ('{"schema": "auditor/choice/2"}', "its schema is auditor/choice/2"),
    ):
        other.write_text(text)
        with pytest.raises(UsageError) as refused:
            history_of([analysis, other])
        assert str(refused.value).startswith(f"{other}: not a run: {why} — name a run folder")

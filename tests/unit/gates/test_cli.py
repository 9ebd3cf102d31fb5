"""The commands as a user gives them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from junitparser import JUnitXml

from auditor.cli import main
from auditor.gates.metrics import METRICS
from tests.unit.gates.builders import MadeRun
from tests.unit.gates.sarif_schema import SCHEMA

Answer = tuple[int, str, str]
Call = Callable[..., Answer]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line; return exit code, stdout, stderr."""

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A run of two models, good and bad, on forty tasks."""
    run = MadeRun(tmp_path / "run")
    for index in range(40):
        task = f"T/{index:02d}"
        run.add("good", task, "right", times=9, score=0.9)
        run.add("good", task, "no", kind="tn")
        run.add("bad", task, "false", kind="fp", times=8, score=0.2)
        run.add("bad", task, "no", kind="tn", times=2)
    run.gates = [{"metric": "single_sample_accuracy", "min": 0.5}]
    (tmp_path / "audit.toml").write_text('[[gate]]\nmetric = "single_sample_accuracy"\nmin = 0.5\n')
    run.store.meta.settings_file = "../audit.toml"
    return run.write()


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., Path]:
    """Write a rules file."""

    def write(text: str) -> Path:
        path = tmp_path / "gates.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[[gate]]\nmetric = "coverage"\nmin = 0.5\n', 0),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.5\n', 3),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.5\nmodels = ["good"]\n', 0),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.5\nseverity = "warning"\n', 0),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.89\nmodels = ["good"]\n', 4),
        ('[[gate]]\nmetric = "acuracy"\nmin = 0.5\n', 2),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.9\n[[gate]]\nmetric = "accuracy"\nmax = 0.5\n', 2),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.5\nmodels = ["god"]\n', 2),
    ],
)
def test_exit_codes(call: Call, made: Path, rules: Callable[..., Path], text: str, code: int) -> None:
    """0 passed, 2 cannot be judged, 3 failed, 4 inconclusive; a refusal leaves stdout empty and is one line."""
    found, out, err = call("gate", made, "--rules", rules(text))
    assert found == code, err
    assert (out == "") == (code == 2)
    assert err.count("\n") == (code == 2)


def test_the_runs_own_rules_count_by_default(call: Call, made: Path) -> None:
    """Without --rules the rules of the run's audit.toml are judged, as the file is now."""
    code, out, err = call("gate", made)
    assert (code, err) == (3, "")
    assert "FAIL          bad: “single answers that are correct" in out
    assert "pass          good: “single answers that are correct" in out
    path = made.parent / "audit.toml"
    path.write_text(path.read_text().replace("0.5", "0.01") + 'models = ["good"]\n')
    code, out, err = call("gate", made)
    assert (code, err) == (0, f"rules: {path}, edited since the report was written; `auditor report` updates it\n")


def test_what_holds_no_run_is_refused(call: Call, tmp_path: Path) -> None:
    """No folder, no report, an empty run and a foreign file end with 2, by name."""
    empty = MadeRun(tmp_path / "empty").write()
    (tmp_path / "report.json").write_text('{"schema": "other"}')
    for place, words in (
        (tmp_path / "gone", "no such folder"),
        (empty, "empty"),
        (tmp_path / "report.json", "not a report"),
    ):
        for command in (("gate", place), ("choose", place, "--cost", 1), ("compare", place, place)):
            code, out, err = call(*command)
            assert (code, out) == (2, "")
            assert words in err
            assert str(place) in err


def test_a_run_without_rules_says_what_to_do(call: Call, tmp_path: Path) -> None:
    """No rules anywhere is bad input, with the remedy."""
    run = MadeRun(tmp_path / "run")
    run.add("m", "T/1", "right")
    code, _, err = call("gate", run.write())
    assert code == 2
    assert "--rules" in err


def test_rule_sets_add_up(call: Call, made: Path, rules: Callable[..., Path]) -> None:
    """Several --rules are judged together, and contradictions between them are refused."""
    mine = rules('[[gate]]\nmetric = "coverage"\nmax = 0.4\n')
    code, out, _ = call("gate", made, "--rules", "hygiene", "--rules", "style", "--format", "json")
    assert code in {3, 4}
    assert {"tasks", "style_score"} <= {gate["metric"] for gate in json.loads(out)["gates"]}
    code, _, err = call("gate", made, "--rules", "hygiene", "--rules", mine)
    assert code == 2
    assert "contradictory rules on coverage" in err


def test_a_damaged_report_is_refused(call: Call, made: Path) -> None:
    """A report with a hole in it ends with 1 and its name, not with a traceback."""
    path = made / "report" / "report.json"
    whole = json.loads(path.read_text())
    for model in ({"model": "m", "per_task": [{"task_id": "T"}]}, {"name": "m"}, [], None):
        path.write_text(json.dumps(whole | {"models": [model]}))
        code, out, err = call("gate", made, "--rules", "lenient")
        assert (code, out) == (2, "")
        assert "models[0]" in err


def test_forms_go_to_stdout_or_a_file(call: Call, made: Path, tmp_path: Path) -> None:
    """Each form is whole on stdout, the same in a file, with nothing else on either; the exit code stays."""
    for form in ("text", "json", "markdown", "junit", "sarif", "github"):
        code, out, err = call("gate", made, "--format", form)
        path = tmp_path / "deep" / f"gate.{form}"
        again = call("gate", made, "-f", form, "-o", path)
        assert (code, err) == (3, "")
        assert again == (3, "", "")
        assert path.read_text(encoding="utf-8") == out
    json.loads((tmp_path / "deep" / "gate.json").read_text())
    assert len(list(JUnitXml.fromfile(str(tmp_path / "deep" / "gate.junit")))) == 1
    jsonschema.validate(json.loads((tmp_path / "deep" / "gate.sarif").read_text()), SCHEMA)


def test_a_file_that_cannot_be_written_is_said(call: Call, made: Path) -> None:
    """An output that is a folder, or lies under a file, ends with 1 and its name."""
    under = made / "report" / "report.json" / "deeper"
    for option, place in (("-o", made), ("-o", under), ("--save-baseline", made), ("--programs", under)):
        code, _, err = call("gate", made, option, place)
        assert code == 1
        assert str(made) in err
        assert err.count("\n") == 1


def test_a_margin_needs_a_baseline(call: Call, made: Path) -> None:
    """--margin without --baseline is refused rather than ignored."""
    code, out, err = call("gate", made, "--margin", 0.1)
    assert (code, out) == (2, "")
    assert "--baseline" in err


def test_programs_are_written_beside(call: Call, made: Path, tmp_path: Path) -> None:
    """--programs writes the accepted programs and says how many on stderr."""
    _, _, err = call("gate", made, "-f", "sarif", "-o", tmp_path / "s.sarif", "--programs", tmp_path / "out")
    assert "80 programs" in err
    assert len(list((tmp_path / "out").rglob("*.py"))) == 80


def test_save_a_baseline_and_compare_with_it(call: Call, made: Path, tmp_path: Path) -> None:
    """A baseline passes against itself within a wide margin; saving it judges nothing."""
    path = tmp_path / "baseline.json"
    assert call("gate", made, "--save-baseline", path) == (0, "", f"baseline: {path}\n")
    code, out, _ = call("gate", made, "--rules", "lenient", "--baseline", path, "--margin", 0.2, "-f", "json")
    assert code == 3
    against = [gate for gate in json.loads(out)["gates"] if gate["kind"] == "baseline"]
    assert {gate["value"] for gate in against} == {0.0}
    assert {gate["verdict"] for gate in against} == {"pass"}


def test_metrics_are_listed_without_a_run(call: Call) -> None:
    """--list-metrics names every metric, and needs nothing else."""
    code, out, _ = call("gate", "--list-metrics")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(METRICS)


def test_choose_answers_in_each_form(call: Call, made: Path) -> None:
    """The choice is the same in text, JSON and Markdown, and a dear mistake turns it into none."""
    assert call("choose", made, "--cost", 1)[1].startswith("No requirement is set")
    data = json.loads(call("choose", made, "--cost", 1, "--format", "json")[1])
    assert data["decision"]["kind"] == "no requirement"
    assert data["best"] == "good"
    assert "use good with up to" in call("choose", made, "--cost", 1, "--format", "markdown")[1]
    code, out, _ = call("choose", made, "--cost", 1, "--draw-cost", 3)
    assert code == 0
    assert "use no model if" in " ".join(out.lower().split())
    assert call("choose", made, "--cost", 1, "--draw-cost", 1, "--value", 1)[0] == 2


def test_compare_answers_in_each_form(call: Call, made: Path) -> None:
    """Each form compares the two models; an unknown model is refused."""
    names = ("--model-a", "good", "--model-b", "bad")
    for form, start in (("text", "A: "), ("markdown", "### "), ("html", "<!doctype html>"), ("json", "{")):
        code, out, _ = call("compare", made, made, *names, "--format", form)
        assert code == 0
        assert out.startswith(start)
        assert "worse" in out
    assert call("compare", made, made, "--model-a", "gone")[0] == 2

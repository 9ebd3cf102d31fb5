"""``auditor select``: programs are observed, rules compared, and the report of the same samples shows the result."""

from __future__ import annotations

import json

import pytest

from auditor.cli.app import app
from auditor.cli.select import as_text
from auditor.pipeline import Run, carry_out
from auditor.pipeline.document import document
from auditor.pipeline.select import SelectOptions, select
from auditor.report.sentences.selection import NOT_COMPARED
from auditor.report.suites_section import section
from auditor.results import Selection, SelectionRule, Selections

PROMPT = "def smallest(xs, n):\n"
BODIES = {
    "return sorted(xs)[:n]": 3,
    "ys = list(xs)\n    ys.sort()\n    return ys[0:n]": 2,
    "return sorted(set(xs))[:n]": 4,
    "return xs[:n] if len(xs) > 6 else sorted(xs)[:n]": 1,
    "return xs[:n]": 2,
}
"""Body → samples: five right ones in two programs, two wrong programs that pass base, one that fails it."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("select")
    tasks, samples = [], []
    for number in range(4):
        tasks.append({
            "task_id": f"S/{number}", "prompt": PROMPT, "entry_point": "smallest",
            "reference": f"{PROMPT}    return sorted(xs)[:n]\n",
            "base": {"inputs": [[[3, 1, 2], 2], [[9, 7, 8, 1], 3]]},
            "plus": {"inputs": [[[2, 2, 1], 3], [[7, 6, 5, 4, 3, 2, 1], 2]]},
        })  # fmt: skip
        for body, times in BODIES.items():
            samples += [{"task_id": f"S/{number}", "solution": f"{PROMPT}    {body}\n"}] * times
    for name, rows in (("tasks", tasks), ("samples", samples)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "tests.jsonl").write_text(
        "".join(
            json.dumps({"task_id": f"S/{number}", "tests": ["assert smallest([5, 5, 4], 3) == [4, 5, 5]"]}) + "\n"
            for number in range(4)
        )
    )
    (folder / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[verify]\nworkers = 1\n[analysis]\nresamples = 50\n'
        '[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
    )
    found = Run.open(folder / "audit.toml")
    carry_out(found, ("sample", "verify", "analyze"))
    return found


def test_classes_and_written_tests_choose_the_right_programs(run: Run) -> None:
    """Both right programs are one class of five samples; the wrong ones are told apart by inputs made from base."""
    with run.store(create=False) as store:
        found = select(run, store, SelectOptions(inputs=30, tests=run.folder.parent.parent / "tests.jsonl"))
        assert select(run, store, SelectOptions(inputs=30, tests=run.folder.parent.parent / "tests.jsonl")) == found
    (one,) = found.models
    assert one.tasks == 4
    assert (one.programs, one.observed, one.written_tests) == (16, 4, 4)
    assert one.ceiling.value == pytest.approx(5 / 10)
    at_most = {rule.rule: rule.points[-1].accuracy.value for rule in one.rules}
    assert at_most[SelectionRule.LARGEST_CLASS] == 1.0
    assert at_most[SelectionRule.TESTS] == pytest.approx(5 / 6), "one wrong program passes the written test, too"
    assert at_most[SelectionRule.ANY] == pytest.approx(0.5)
    assert at_most[SelectionRule.ORACLE] == 1.0
    heads, *rows = as_text(found).splitlines()[3 : 4 + len(one.rules)]
    assert {row[: heads.index("  minus")].rstrip()[-1] for row in rows} == {"%"}, "every row ends at its column"
    assert "resampling itself" in rows[0]


def test_the_report_shows_it_while_the_samples_are_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app(["select", str(run.folder.parent.parent / "audit.toml"), "--inputs", "20", "--subsets", "5", "--quiet"])
    assert ended.value.code in (0, None)
    said = capsys.readouterr().out
    assert "largest class" in said
    assert "agreement with written tests" not in said
    carry_out(run, ("report",))
    (model,) = json.loads((run.report_folder / "report.json").read_text())["models"]
    assert isinstance(model["selection"], dict)
    page = (run.report_folder / "m.html").read_text()
    assert "Which accepted answer to take" in page
    assert "have not been compared" not in (run.report_folder / "index.html").read_text()
    with run.store(create=False) as store:
        kept = store.meta.selections
        assert kept is not None
        (one,) = kept.models
        fields = {name: getattr(one, name) for name in Selection.__dataclass_fields__}
        store.meta.selections = Selections(models=(Selection(**{**fields, "samples": one.samples + 1}),))
        made = document(run, store)
        assert made.models[0].selection is None, "made of other samples"
        assert NOT_COMPARED in section(made).remedies

"""The data of the browser of samples: complete, consistent, harmless, in files of bounded size."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import (
    FailingTest,
    FailureKind,
    InputSuite,
    Outcome,
    ResultCode,
    Sample,
    SampleStatus,
    SuiteName,
    Task,
    Verdict,
)
from auditor.report.diff import diff, runs
from auditor.report.samples import write as writing
from auditor.report.samples.entries import LONGEST, MOST_LINES, program_entries, read_as, source, text
from auditor.report.text import visible
from auditor.store import Store
from auditor.targets import Target, TargetKind
from tests.unit.report.sample_run import HUGE, make_run, read_data, write_run

LINES = st.lists(st.sampled_from(["a", "b", "    c", "", "d = '''"]), max_size=12)


@given(LINES, LINES)
def test_runs_lead_from_one_text_to_the_other(first: list[str], second: list[str]) -> None:
    """Kept, dropped and added lines in order consume the first text and give the second."""
    at, built = 0, []
    for run in runs(first, second):
        built += first[at : at + run.kept]
        at += run.kept + run.dropped
        built += run.added
    assert at == len(first)
    assert built == list(second)


@given(LINES, LINES)
def test_a_difference_shows_every_changed_line(first: list[str], second: list[str]) -> None:
    """Lines marked as dropped and added are all that runs drop and add; the numbers are those of their texts."""
    found = diff("\n".join(first) + "\n", "\n".join(second) + "\n")
    assert sum(line.mark == "-" for line in found.lines) == found.dropped
    assert sum(line.mark == "+" for line in found.lines) == found.added
    for mark in "-+":
        numbers = [int(line.number) for line in found.lines if line.mark == mark]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("size", [writing.CHUNK, 1], ids=["one file", "a file per sample"])
def test_every_sample_in_the_store_is_in_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Index and files hold each sample of the store once, in the same order, with its own answer and program."""
    monkeypatch.setattr(writing, "CHUNK", size)
    monkeypatch.setattr(writing, "INDEXED", 7)
    document, store = make_run(tmp_path)
    model = document.models[0].model
    with store:
        writing.write_samples(document, store, tmp_path / "report")
        stored = {(s.task_id, s.sample_index, s.raw, s.solution) for s in store.samples(model)}
        total = len(list(store.samples(model)))
    (folder,) = (path for path in (tmp_path / "report" / "samples").iterdir() if path.is_dir())
    parts = sorted(folder.glob("index-*.js"), key=lambda path: int(path.stem.split("-")[1]))
    index = [read_data(path) for path in parts]
    number = [one for part in index for one in part["number"]]
    assert len(number) == total == sum(index[0]["counts"])
    assert len(parts) == -(-total // 7)
    chunks = [read_data(folder / f"{place}.js") for place in range(len(index[0]["starts"]))]
    assert (len(chunks) > 1) == (size == 1)
    assert [sum(len(one["samples"]) for one in chunks[:place]) for place in range(len(chunks))] == index[0]["starts"]
    tasks = [place for place, count in enumerate(index[0]["counts"]) for _ in range(count)]
    samples = [(chunk, sample) for chunk in chunks for sample in chunk["samples"]]
    shown = set()
    for task, at, (chunk, sample) in zip(tasks, number, samples, strict=True):
        entry = chunk["programs"].get(sample["program"])
        assert (entry is None) == (sample["program"] is None)
        code = None if entry is None else "\n".join(entry["source"]["lines"])
        answer = code if sample["raw"] is None else sample["raw"]["text"]
        shown.add((chunk["tasks"][str(task)]["id"], at, answer, code))
    whole = {
        (t, n, visible(r[:LONGEST]), s and visible(s).removesuffix("\n")) for t, n, r, s in stored if HUGE not in r
    }
    assert whole <= shown
    assert len(shown) == len(stored)


def test_findings_of_the_rubric_are_apart_and_wrong_programs_carry_the_nearest_right_one(tmp_path: Path) -> None:
    """A finding without criterion is among the others; the false positive has a difference, the right one none."""
    _, page = write_run(tmp_path)
    data = read_data(page.with_suffix("") / "0.js")
    for entry in data["programs"].values():
        assert [one[2] for one in entry["findings"]] == ["N802"]
        assert [one[2] for one in entry["others"]] == ["C0103"]
        assert {one[4] for one in entry["findings"]} == {""}, "an address that is not the web's"
        right = entry["suites"]["plus"] and entry["suites"]["plus"]["outcome"] == "pass"
        assert (entry["nearest"] is None) == bool(right)


def test_a_program_with_lone_surrogates_is_shown(tmp_path: Path) -> None:
    """It is stored with escapes in their place, and its sample still has the program."""
    document, store = make_run(tmp_path)
    model, task = document.models[0].model, document.tasks[0].task_id
    body = "x = '\ud800'\n"
    with store:
        store.add_samples([Sample(model, task, 99, "9" * 64, SampleStatus.OK, body, body, "raw/1")])
        (page,) = writing.write_samples(document, store, tmp_path / "report")
    data = read_data(page.with_suffix("") / "0.js")
    (sample,) = (one for one in data["samples"] if "ud800" in str(data["programs"].get(one["program"])))
    assert data["programs"][sample["program"]]["source"]["lines"] == ["x = '\\ud800'"]


def test_large_texts_are_cut_and_say_so() -> None:
    """What is shown and what is left out come to the whole."""
    shown = text("a" * (LONGEST + 7))
    assert shown == {"text": "a" * LONGEST, "more": 7}
    code = source("x = 1\n" * (MOST_LINES + 5))
    assert (len(code["lines"]), code["more"]) == (MOST_LINES, 5)  # type: ignore[arg-type]
    assert source("x = 1\ny = 2\n") == {"lines": ["x = 1", "y = 2"], "more": 0}


def test_each_extraction_rule_is_said_in_words() -> None:
    """Every rule that the documentation lists has words, and keeps its name in brackets."""
    text = (Path(__file__).parents[3] / "docs" / "sampling.md").read_text(encoding="utf-8")
    table = text.partition("| rule | the program is |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    rules = [name for row in rows for name in re.findall(r"`([a-z]+)[-…a-z]*`", row)]
    assert {"fence", "continuation", "given", "raw", "none"} <= set(rules)
    for rule in rules:
        assert read_as(f"{rule}/3").endswith(f" (rule {rule}/3)"), rule
    assert read_as("") == ""
    assert "never reached" in read_as("continuation-cut/3")


@given(st.lists(st.sampled_from(list(ResultCode)), max_size=6), st.sampled_from([Outcome.FAIL, Outcome.TIMEOUT]))
def test_a_number_of_passed_tests_is_given_only_where_each_test_ran(ran: list[ResultCode], outcome: Outcome) -> None:
    """A suite that stopped early says how many tests were not run, never how many pass."""
    with TemporaryDirectory() as folder, Store(Path(folder) / "audit.db") as store:
        store.add_tasks([Task("t", "", Target(TargetKind.FUNCTION, "f"), "", InputSuite(()), InputSuite(()))])
        sample = Sample("m", "t", 0, "0" * 64, SampleStatus.OK, "x = 1\n", "x = 1\n", "raw/1")
        store.add_samples([sample])
        failing = FailingTest(3, "f()", "1", "2", FailureKind.WRONG_VALUE)
        store.add_verdicts([Verdict(str(sample.program), SuiteName.BASE, outcome, 6, bytes(ran), failing)])
        (program,) = program_entries(store.programs_of("m", "t", None), {}).values()
    shown = program["suites"]["base"]  # type: ignore[index]
    assert shown["not_run"] == ran.count(ResultCode.NOT_RUN)
    complete = bool(ran) and ResultCode.NOT_RUN not in ran and outcome is Outcome.FAIL
    assert shown["passed"] == (ran.count(ResultCode.PASSED) if complete else None)

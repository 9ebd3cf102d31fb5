"""Style of recorded programs of a real model, through the store, against the command lines."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from auditor.records import Program, Sample, SampleStatus, StyleResult
from auditor.store import Store
from auditor.style import load_rubric, score_programs
from auditor.style.source import Unparsable, read_source
from tests.integration.test_style_linters import pylint_says, ruff_says
from tests.real_data import CODET, programs, prompts
from tests.style_help import found, program


def keep(store: Store, chosen: list[Program]) -> None:
    store.add_samples(
        Sample("m", p.task_id, index, str(index), SampleStatus.OK, "", p.solution, "raw/1")
        for index, p in enumerate(chosen)
    )


def test_a_second_run_does_no_work_and_another_rubric_starts_over(tmp_path: Path) -> None:
    """The store says what is done under a hash; results come back as they went in, findings too."""
    chosen = [program(text) for text in ("import os\n", "def f(:\n", "x = 1\n")]
    rubric, other = load_rubric("pep8"), load_rubric("paper")
    with Store(tmp_path / "audit.db") as store:
        keep(store, chosen)
        results = list(score_programs(chosen, {}, rubric, workers=1))
        store.add_style(results)
        assert store.style_programs(rubric.hash) == {p.program for p in chosen}
        assert store.style_programs(other.hash) == set()
        assert sorted(store.style(rubric.hash, findings=True), key=_name) == sorted(results, key=_name)
        store.add_style(score_programs(chosen, {}, other, workers=1))
        assert sorted(store.style(rubric.hash, findings=True), key=_name) == sorted(results, key=_name)


def _name(result: StyleResult) -> str:
    return result.program


def test_results_stream_before_all_programs_are_read() -> None:
    """Ten thousand programs are never in memory at once."""
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield program(f"x = {taken}\n")

    stream = score_programs(endless(), {}, load_rubric("paper"), workers=1)  # type: ignore[arg-type]
    assert len(list(islice(stream, 50))) == 50
    assert taken < 300
    stream.close()  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.data
def test_real_programs_get_the_findings_of_the_command_lines(data: Path) -> None:
    """Rule by rule and line by line, with the prompt's lines told apart from the model's."""
    given = prompts(data)
    chosen = random.Random(11).sample(programs(data, CODET), 40)
    results = {r.program: r for r in score_programs(chosen, given, load_rubric("pep8"))}
    texts: dict[str, str] = {}
    for one in chosen:
        try:
            texts[f"p{one.program}"] = read_source(one.solution, given[one.task_id]).text
        except Unparsable:
            assert not results[one.program].parses
    assert len(texts) > 30
    with tempfile.TemporaryDirectory() as folder:
        by_pylint = pylint_says(Path(folder), texts)
        for one in chosen:
            stem = f"p{one.program}"
            if not results[one.program].parses:
                continue
            result = results[one.program]
            assert sorted(found(result, "pylint")) == by_pylint[stem]
            assert sorted(found(result, "ruff")) == ruff_says(Path(folder), texts[stem])
            lines = given[one.task_id].count("\n")
            places = Counter(f.in_prompt for f in result.findings if f.line > lines)
            assert not places[True]


@pytest.mark.data
def test_what_a_model_wrote_is_what_follows_the_prompt(data: Path) -> None:
    """On recorded completions the model's lines are exactly those after the prompt's."""
    given = prompts(data)
    checked = 0
    for one in random.Random(2).sample(programs(data, CODET), 200):
        try:
            source = read_source(one.solution, given[one.task_id])
        except Unparsable:
            continue
        checked += 1
        assert source.prompt_lines == frozenset(range(1, given[one.task_id].count("\n") + 1))
    assert checked > 150

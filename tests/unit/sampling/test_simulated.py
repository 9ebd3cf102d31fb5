"""The simulated model: the same from the same seed, weaker if it should be, and honest about what it is."""

from __future__ import annotations

import ast
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig
from auditor.mutation.mutate import plain, subtle
from auditor.records import Sample
from auditor.sampling import SimulatedServer, extract, sample_model
from auditor.sampling.simulated.persona import STRENGTHS, difficulties
from auditor.sampling.simulated.restyle import HABITS, restyle
from auditor.sampling.simulated.writer import AnswerWriter

TASKS = load_benchmark("demo").tasks


def test_the_same_seed_writes_the_same() -> None:
    """Two writers of one seed agree on every answer, and those of two seeds do not."""

    def texts(seed: int) -> list[str]:
        writer = AnswerWriter(TASKS, seed)
        return [writer.answer(task, "weak", number, chat=True).text for task in TASKS[:6] for number in range(5)]

    assert texts(1) == texts(1) != texts(2)


def test_weaker_is_wrong_more_often_and_more_often_accepted() -> None:
    """A weaker strength is right less often, and what it gets accepted is false more often."""
    shares = {}
    for name, strength in STRENGTHS.items():
        table = [strength.chances(place / 50) for place in range(51)]
        assert all(abs(sum(row.values()) - 1) < 1e-9 for row in table)
        right = sum(row["right"] for row in table) / 51
        shares[name] = (right, sum(row["subtle"] / (row["subtle"] + row["right"]) for row in table) / 51)
    assert shares["weak"][0] < shares["medium"][0] < shares["strong"][0]
    assert shares["weak"][1] > shares["medium"][1] > shares["strong"][1]


def test_difficulties_are_ranks() -> None:
    """Difficulties spread evenly from 0 to 1, whatever the tasks."""
    assert sorted(difficulties(TASKS, 3).values()) == [place / (len(TASKS) - 1) for place in range(len(TASKS))]


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_habits_keep_a_program_whole(habit: object) -> None:
    """Every habit gives a program that compiles and defines the same functions, and changes some program."""
    documented = 'def f(some_value):\n    """Say."""\n    return 1 if some_value is None else 2\n'
    changed = 0
    for source in [documented, *(task.reference for task in TASKS)]:
        after = restyle(source, [habit], Random(1))  # type: ignore[list-item]
        before, tree = ast.parse(source), ast.parse(after)
        compile(after, "program", "exec")
        names = [[node.name for node in t.body if isinstance(node, ast.FunctionDef)] for t in (before, tree)]
        assert names[0] == names[1]
        changed += after != source
    assert changed > 0


@given(st.integers(0, 10**6), st.integers(0, len(TASKS) - 1))
def test_mutants_differ_and_compile(seed: int, place: int) -> None:
    """A mutant is another program than the reference, and one that compiles."""
    for mutate in (subtle, plain):
        mutant = mutate(TASKS[place].reference, Random(seed))
        if mutant is not None:
            assert ast.dump(ast.parse(mutant)) != ast.dump(ast.parse(TASKS[place].reference))


def test_its_answers_can_be_extracted() -> None:
    """Nearly every answer, in every wrapping, yields a program; what does not is a refusal or says so in prose."""
    writer = AnswerWriter(TASKS, 0)
    rules = Counter(
        extract(writer.answer(task, "strong", number, chat=True).text, task).rule.split("/")[0]
        for task in TASKS
        for number in range(8)
    )
    assert rules["none"] / rules.total() < 0.05
    assert rules["broken"] / rules.total() < 0.05
    assert {"fence", "program"} <= set(rules)


@pytest.mark.parametrize("endpoint", ["chat", "completions"])
def test_it_calls_itself_simulated(endpoint: str) -> None:
    """Every sample carries the word in the served model and in the fingerprint, on both endpoints."""
    samples: list[Sample] = []
    with SimulatedServer(TASKS[:3], seed=5) as server:
        model = server.serve(ModelConfig(name="any", simulated="weak", samples_per_task=4, endpoint=endpoint))
        sample_model(model, TASKS[:3], write=samples.extend)
    assert {s.served_model for s in samples} == {"simulated-weak"}
    assert {s.fingerprint for s in samples} == {"simulated-5"}
    assert len({s.raw for s in samples}) > 6

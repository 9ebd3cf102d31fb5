"""``auditor tasks strengthen``: more plus tests, none of which rejects a right program."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from auditor.benchmark import load_benchmark
from auditor.benchmark.contracts import contract_of
from auditor.config import VerifyConfig
from auditor.grading.changes import Changer
from auditor.grading.explore import Exploration, explore
from auditor.grading.ground import _KNOWN, Ground, ProgramPool
from auditor.grading.inputs import COUNTABLE, NewInput, generate, largest
from auditor.grading.strengthen import Strengthened, choose, strengthen
from auditor.grading.strengthen import tests_of as chosen_of
from auditor.grading.strengthened_text import as_json, as_row, as_text, from_row
from auditor.grading.stronger_file import Options, strengthen_file
from auditor.grading.variants import variants
from auditor.records import InputSuite, Task
from auditor.targets import Target
from auditor.verify import Verifier
from auditor.verify.observe import Observer
from tests.benchmarks.strengthen_causes import failing, first_failing

CLIP = """\
def clip(x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x
"""
SWAPPED = "def clip(x, low, high):\n    return min(high, max(low, x))\n"
"""Differs from the reference if low exceeds high."""
ROWS = [
    {
        "task_id": "Own/clip", "prompt": "def clip(x, low, high):\n", "entry_point": "clip", "reference": CLIP,
        "correct": ["def clip(x, low, high):\n    return max(low, min(x, high))\n"],
        "base": {"inputs": [[5, 0, 10]], "outputs": [5]}, "plus": {"inputs": [[6, 0, 10]], "outputs": [6]},
    },
    {
        "task_id": "Own/contract", "prompt": "def clip(x, low, high):\n", "entry_point": "clip", "reference": CLIP,
        "contract": "assert low <= high\nassert all(type(one) is int for one in (x, low, high))",
        "base": {"inputs": [[5, 0, 10]]}, "plus": {"inputs": [[6, 0, 10]]},
    },
    {
        "task_id": "Own/stdin", "prompt": "Print it.\n", "reference": "print(input())\n",
        "base": {"stdin": ["1\n"], "stdout": ["1\n"]}, "plus": {"stdin": ["2 3\n4\n"], "stdout": ["2 3\n"]},
    },
]  # fmt: skip
CONFIG = VerifyConfig(workers=1)
OPTIONS = Options(inputs=80, tests=8)
WRONG = "def clip(x, low, high):\n    return max(low, x)\n"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Strengthened], Path]:
    folder = tmp_path_factory.mktemp("strengthen")
    path, samples = folder / "tasks.jsonl", folder / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    samples.write_text(
        "".join(json.dumps({"task_id": "Own/contract", "solution": one}) + "\n" for one in (CLIP, WRONG))
    )
    text, found = strengthen_file(path, CONFIG, OPTIONS, samples=[samples], journal=folder / "out.part")
    stronger = folder / "stronger.jsonl"
    stronger.write_text(text)
    return text, found, stronger


def test_accepted_programs_are_caught(done: tuple[str, list[Strengthened], Path]) -> None:
    """Suites that never leave the range accept a dropped guard; new inputs outside it do not."""
    _, (clip, contract, program), _ = done
    assert 2 <= clip.caught < clip.suspects  # shifted bounds mean the same
    assert len(clip.tests) <= OPTIONS.tests
    assert program.skipped
    assert not program.tests
    assert "sample 2" in {name for test in contract.tests for name in test.kills}
    assert "sample 1" not in {name for test in contract.tests for name in test.kills}


def test_no_right_program_is_rejected(done: tuple[str, list[Strengthened], Path]) -> None:
    """If low exceeds high the two right programs differ: those inputs are listed, none is a test."""
    _, (clip, *_), stronger = done
    assert any(low > high for _, low, high in (one.arguments for one in clip.underspecified))  # type: ignore[operator, misc]
    assert not {test.arguments for test in clip.tests} & {one.arguments for one in clip.underspecified}
    tasks = {task.task_id: task for task in load_benchmark(stronger).tasks}
    with Verifier(tasks, CONFIG) as verifier:
        assert verifier.check_references() == {}


def test_a_contract_decides_what_is_valid(done: tuple[str, list[Strengthened], Path]) -> None:
    """No test breaks the contract, and nothing is assumed."""
    _, (clip, contract, _), _ = done
    for test in contract.tests:
        assert all(type(one) is int for one in test.arguments)
        assert test.arguments[1] <= test.arguments[2]  # type: ignore[operator]
    assert contract.assumed == ()
    assert "argument 0: int, from 0 to 13" in clip.assumed


def test_counterexamples_are_small(done: tuple[str, list[Strengthened], Path]) -> None:
    """A test that fails a program is smaller than any input that it was made of."""
    _, (_, contract, _), _ = done
    test = next(test for test in contract.tests if "sample 2" in test.kills)
    assert sum(abs(one) for one in test.arguments) < 10  # type: ignore[arg-type]
    assert test.expected != test.got


def test_rows_keep_all_else(done: tuple[str, list[Strengthened], Path]) -> None:
    """Base and the old plus inputs stay; other kinds of task come out as they were."""
    text, (clip, *_), _ = done
    first, _, last = map(json.loads, text.splitlines())
    assert first["base"] == ROWS[0]["base"]
    assert first["plus"]["inputs"] == [[6, 0, 10], *[list(test.arguments) for test in clip.tests]]
    assert last == ROWS[2]


def test_an_interrupted_command_goes_on(
    done: tuple[str, list[Strengthened], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the journal holds is not made again, a damaged line is, and the output is the same to the byte."""
    text, _, stronger = done
    journal = stronger.with_name("again.part")
    lines = stronger.with_name("out.part").read_text().splitlines()
    journal.write_text(f"{lines[0]}\n{lines[1][:40]}\n")
    made: list[str] = []
    import auditor.grading.stronger_file as module

    real = module.strengthen
    monkeypatch.setattr(
        module, "strengthen", lambda task, *rest, **named: made.append(task.task_id) or real(task, *rest, **named)
    )
    again, _ = strengthen_file(
        stronger.with_name("tasks.jsonl"), CONFIG, OPTIONS, journal=journal,
        samples=[stronger.with_name("samples.jsonl")],
    )  # fmt: skip
    assert again == text
    assert made == ["Own/contract", "Own/stdin"]


def test_report_says_what_each_test_kills(done: tuple[str, list[Strengthened], Path]) -> None:
    """Text and JSON name the programs that a test fails, and JSON can be read back."""
    _, found, _ = done
    text = as_text(found)
    assert f"{found[0].caught} of {found[0].suspects} accepted programs fail them" in text
    assert "left as it is: no grammar" in text
    assert "no contract: inputs were taken to be" in text
    assert all(as_text([one]).count("\n") < 10 for one in found)
    one = next(one for one in found if len(one.assumed) > 2 and len(one.tests) > 2)
    brief, whole = as_text([one]).splitlines(), as_text([one], whole=True).splitlines()
    assert brief[1] == whole[1] == "  no contract: inputs were taken to be"
    assert f"{len(one.assumed) - 2} more assumption" in brief[-1]
    assert f"{len(one.tests) - 2} more test" in brief[-1]
    assert [line.strip() for line in whole[2 : 2 + len(one.assumed)]] == [text[:100] for text in one.assumed]
    assert len([line for line in whole if " → " in line]) >= len(one.tests)
    first = json.loads(json.dumps(as_json(found)))["tasks"][0]
    assert first["tests"][0]["kills"] == list(found[0].tests[0].kills) != []
    assert from_row(json.loads(json.dumps(as_row(found[0])))) == replace(
        found[0], cpu_seconds=round(found[0].cpu_seconds, 3)
    )


def test_inputs_repeat_and_differ() -> None:
    """The same seed gives the same inputs, each once; nothing comes of no seeds."""
    seeds = [([1, 9], "ab", True), ([3, 4, 5], "abcd", False)]
    first = [one.arguments for one in generate(seeds, [7, 100], 50, Random(3))]
    assert first == [one.arguments for one in generate(seeds, [7, 100], 50, Random(3))]
    assert len({repr(one) for one in first}) == len(first) == 50
    assert [one.arguments for one in generate(seeds, [], 5, Random(3), known=first)] != first[:5]
    assert list(generate([], [], 5, Random(0))) == list(generate([()], [], 5, Random(0))) == []


def test_small_values_keep_their_shape() -> None:
    """Small values have the types of those they replace, and few different numbers in an input."""
    changer = Changer([], [], Random(5))
    for _ in range(40):
        numbers, pair, text, flag = changer.small([[7, 8, 9], (4, "x"), "word", True])
        assert isinstance(numbers, list)
        assert {type(one) for one in numbers} <= {int}
        assert len({*numbers, pair[0]}) <= 3  # type: ignore[index]
        assert [type(one) for one in pair] == [int, str]  # type: ignore[attr-defined]
        assert isinstance(text, str)
        assert isinstance(flag, bool)


def test_stand_ins_pass_what_is_there() -> None:
    """Changed samples are kept where they answer the known inputs as the reference does; each is a new program."""
    task = task_of(CLIP, "", [(5, 0, 10), (6, 0, 10)])
    samples = (SWAPPED, "def clip(x, low, high):\n    return low if x < low else min(high, x)\n")
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(samples=samples))
        made = variants(ground, list(ground.samples), Random(0))
        assert made
        assert ground.accepted(made) == list(made)
        assert not set(made.values()) & {CLIP, *samples}


LARGEST = "def largest(numbers):\n    return numbers[0] if len(numbers) == 1 else max(numbers)\n"


def test_types_that_only_the_reference_takes_are_disputed() -> None:
    """A contract that names no types of items lets texts in; samples that raise on them keep them out of the tests."""
    contract = contract_of("assert type(numbers) == list and len(numbers) > 0", LARGEST, "largest")
    task = task_of(LARGEST, contract, [([1],), ([3],), ([3, 1],)])
    samples = tuple(f"def largest(numbers):\n    return max(n + {k} for n in numbers) - {k}\n" for k in range(4))
    with Observer(CONFIG) as observer:
        found = strengthen(task, observer, ProgramPool(samples=samples), inputs=500, tests=20)
        alone = strengthen(task, observer, inputs=500, tests=20)
    assert any(isinstance(one.arguments[0][0], str) for one in found.underspecified)  # type: ignore[index]
    for test in (*found.tests, *alone.tests):
        assert not any(isinstance(one, str) for one in test.arguments[0])  # type: ignore[attr-defined]


def task_of(reference: str, contract: str, inputs: list[tuple[object, ...]]) -> Task:
    """Return a function task whose inputs are all in base."""
    name = reference.partition("(")[0].removeprefix("def ")
    suite, none = InputSuite(tuple(inputs)), InputSuite(())
    return Task("t", "", Target.function(name), reference, suite, none, contract=contract)


def test_new_inputs_are_cheap_and_known_ones_may_be_slow() -> None:
    source = "def count(n):\n    found = 0\n    for _ in range(n):\n        found += 1\n    return found\n"
    suite = InputSuite(((8_000_000,),))
    task = Task("Own/count", "", Target.function("count"), source, suite, replace(suite, inputs=()))
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(mutants=()))
        assert ground.answers_to_seeds([]).places == (0,)
        assert ground.ask([(1000,), (8_000_001,), (7,)], []).places == (0, 2)


ENDLESS = "def clip(x, low, high):\n    while {}:\n        pass\n    return max(low, min(x, high))\n"
SLOW_CONTRACT = "def valid(x, low, high):\n    return sum(range(500_000)) > 0 and low <= high\n"


@pytest.mark.slow
@pytest.mark.parametrize(("condition", "contract"), [
    ("True", "assert low <= high"), ("x != 5", "assert low <= high"), ("False", SLOW_CONTRACT),
])  # fmt: skip
def test_a_task_keeps_its_limit(monkeypatch: pytest.MonkeyPatch, condition: str, contract: str) -> None:
    """Programs that never end, on known inputs or on new ones, and slow contracts take no more; samples still vote."""
    limit = 6.0
    monkeypatch.setattr("auditor.grading.ground.TASK_SECONDS", limit)
    task = task_of(CLIP, contract_of(contract, CLIP, "clip"), [(5, 0, 10), (5, 1, 10)])
    endless = tuple(ENDLESS.format(condition) + f"# {number}\n" for number in range(20))
    other = tuple(f"def clip(x, low, high):\n    return {k} if x == 0 else 5\n" for k in (7, "7 + 0", "+7"))
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(wrong=endless, samples=other))
        found = explore(ground, most=300, seed=0)
        made = chosen_of(ground, found, tests=10, seed=0, vote=True)
        assert ground.spent < 2 * limit  # one program more, and what this process does meanwhile; else 20 and more
    assert found is not None
    assert made.underspecified
    assert made.cpu_seconds < ground.spent


@pytest.mark.slow
def test_the_limit_of_known_inputs_grows_with_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is as slow as a slow reference is accepted, whatever the least that a program gets."""
    monkeypatch.setattr("auditor.grading.ground._KNOWN", replace(_KNOWN, least=0.01))
    slow = "def f(n):\n    for _ in range(1_000_000 * n):\n        pass\n    return n\n"
    task = task_of(slow, "", [(1,), (2,), (5,)])
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(mutants=()))
        assert ground.accepted({"as slow": f"{slow}\n"}) == ["as slow"]


def test_an_input_that_takes_right_programs_too_long_is_disputed() -> None:
    """One divides up to the root, the others up to the number: the prompt asks for no speed."""
    head = "def prime(n):\n    return n > 1 and all(n % d for d in range(2, {}))\n"
    task = task_of(head.format("int(n ** 0.5) + 1"), "", [(7,), (9,)])
    samples = [head.format("n"), head.format("n // 2 + 1"), *(head.format(f"int(n ** 0.5) + {one}") for one in (2, 3))]
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(samples=tuple(samples), mutants=()))
        inputs: list[tuple[object, ...]] = [(10_000_000_019,), (11,)]
        answered = ground.ask(inputs, ground.samples)
        found = ground.disputes(inputs, answered, ground.samples)
    assert [(one.arguments, one.other, one.votes, one.against) for one in found.values()] == [
        ((10_000_000_019,), "no answer", 2, 2)
    ]
    told = as_text([Strengthened("t", underspecified=tuple(found.values()))])
    assert "the reference and 2 samples return True, 2 samples run out of time" in told


def test_a_chosen_input_that_slow_samples_do_not_reach_is_disputed() -> None:
    """A sample that spends its time on the first of several large numbers is late on all of them."""
    head = "def power(n, p):\n    return {}\n"
    task = task_of(head.format("pow(2, n, p)"), "", [(3, 5), (1101, 101)])
    samples = [head.format("2 ** n % p"), *(head.format(f"pow(2, n + {k}, p)") for k in ("0", "00", "0 * n"))]
    large = [(10_000_000_019 + k, 31) for k in range(6)]
    inputs: list[tuple[object, ...]] = [*large, (4, 7), (9, 5)]
    with Observer(CONFIG) as observer:
        ground = Ground(task, observer, ProgramPool(samples=tuple(samples), mutants=()))
        found = ground.disputed(inputs, list(ground.samples))
    assert [inputs[place] for place in sorted(found)] == large
    assert {(one.other, one.votes, one.against) for one in found.values()} == {("no answer", 1, 3)}


def test_numbers_stay_countable_without_samples_to_ask() -> None:
    task = task_of("def twice(n):\n    return 2 * n\n", "def valid(n):\n    return type(n) is int\n", [(7,), (9,)])
    same = tuple(f"def twice(n):\n    return n + n + {zero}\n" for zero in ("0", "00", "0 * n"))
    with Observer(CONFIG) as observer:
        for samples, most in (((), COUNTABLE), (same, 2**53)):
            found = explore(Ground(task, observer, ProgramPool(samples=samples, mutants=())), most=200, seed=0)
            assert found is not None
            numbers = [largest(one.arguments) for one in found.candidates]
            assert COUNTABLE / 200 < max(numbers) <= most
            assert (max(numbers) > COUNTABLE) is bool(samples)


def test_inputs_with_unlike_outputs_are_chosen() -> None:
    """Of equal cases, one whose output no chosen test has goes first."""
    made = tuple(NewInput((n,), "") for n in range(11, 91))
    outputs = tuple(b"v[]" if n % 10 else f"v{n}".encode() for (n,) in (one.arguments for one in made))
    found = Exploration(made, 80, 80, tuple(range(80)), (), outputs, {}, frozenset())
    chosen = [made[place].arguments[0] for place in choose(found, 8)]
    assert sum(n % 10 == 0 for n in chosen if isinstance(n, int)) >= 6


def test_first_failing_test_is_found_wherever_it_is() -> None:
    task = task_of("def same(n):\n    return n\n", "", [(0,)])
    programs = {f"wrong from {n}": f"def same(n):\n    return n + (n >= {n})\n" for n in (0, 5, 19)}
    programs["right"] = "def same(n):\n    return +n\n"
    inputs = [(n,) for n in range(20)]
    with Observer(CONFIG) as observer:
        found = first_failing(task, inputs, programs, observer)
        assert {name: min(places, default=None) for name, places in found.items()} == {
            "wrong from 0": 0, "wrong from 5": 5, "wrong from 19": 19, "right": None
        }  # fmt: skip
        assert found["wrong from 0"].keys() < failing(task, inputs, programs, observer)["wrong from 0"].keys()

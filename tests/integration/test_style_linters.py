"""The linters' traps: each test fails if its remedy is taken away."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.records import StyleResult
from auditor.style import job, load_rubric, runner
from auditor.style.linters import ruff
from auditor.style.linters.pylint import Pylint
from auditor.style.linters.ruff import Ruff
from auditor.style.source import read_source
from tests.style_help import found, program, score, warm

BAD = "import os\ndef F(a,b=[]):\n    l = 1\n    if a == None: return 1\n"
GOOD = 'def total(values: list[int]) -> int:\n    """Add up."""\n    return sum(values)\n'


def ruff_says(folder: Path, text: str, *without: str) -> list[tuple[str, str, int]]:
    """Run ruff as a user would; ``without`` are options left out."""
    (folder / "p1.py").write_text(text, newline="")
    arguments = [word for word in ruff.arguments() if word not in without]
    done = subprocess.run(
        [ruff.ruff_command(), *arguments, "p1.py"], cwd=folder, capture_output=True, text=True, check=True
    )
    return sorted(("ruff", row["code"], row["location"]["row"]) for row in json.loads(done.stdout))


def pylint_says(folder: Path, texts: dict[str, str]) -> dict[str, list[tuple[str, str, int]]]:
    """Run pylint as a user would, on files in a folder of their own."""
    for stem, text in texts.items():
        (folder / f"{stem}.py").write_text(text, newline="")
    (folder / "rc").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "pylint", "--rcfile=rc", "--persistent=n", "--output-format=json2",
         f"--disable={','.join(Pylint.exclusions)}", *(f"{stem}.py" for stem in texts)],
        cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PYLINTHOME": str(folder)},
    )  # fmt: skip
    says: dict[str, list[tuple[str, str, int]]] = {stem: [] for stem in texts}
    for row in json.loads(done.stdout)["messages"]:
        says[row["module"]].append(("pylint", row["messageId"], row["line"]))
    return {stem: sorted(rows) for stem, rows in says.items()}


def test_findings_are_those_of_the_command_lines(tmp_path: Path) -> None:
    """In one warm process as in one process each, rule by rule and line by line."""
    texts = [BAD, GOOD, BAD.replace("F", "G"), "x = 1\n\n\n\n\ndef f(): pass\n", "import re, sys\nre.x()\n'%s' % ()\n"]
    results = warm(texts)
    stems = {f"p{index}": text for index, text in enumerate(texts)}
    by_pylint = pylint_says(tmp_path, stems)
    for (stem, text), result in zip(stems.items(), results, strict=True):
        assert sorted(found(result, "pylint")) == by_pylint[stem]
        assert sorted(found(result, "ruff")) == ruff_says(tmp_path, text)


def test_unparsable_is_not_one_finding_more() -> None:
    """A syntax error gives no score, no adherence and no count, and says why."""
    [broken, fine] = warm(["def f(:\n", GOOD])
    assert (broken.parses, broken.score, broken.adherence, broken.metrics) == (False, None, {}, {})
    assert [f.rule for f in broken.findings] == ["unparsable"]
    assert fine.parses
    assert fine.score == 1.0


def test_ruffs_own_syntax_errors_count_as_unparsable() -> None:
    """What Python's parser takes and its compiler refuses is no program either."""
    [result] = warm(["def f(a, a):\n    return a\n"])
    assert not result.parses
    assert "Duplicate parameter" in result.findings[0].message


def test_what_judges_the_file_is_left_out(tmp_path: Path) -> None:
    """A lone file in our own folder would be blamed for the folder, the file's name and its end."""
    text = "#!/usr/bin/python\n" + GOOD.rstrip("\n")
    blamed = {rule for _, rule, _ in ruff_says(tmp_path, text, "--ignore", ",".join(sorted(Ruff.exclusions)))}
    assert {"D100", "EXE001", "W292"} <= blamed
    [result] = warm([text])
    assert not {rule for _, rule, _ in found(result)} & {*Ruff.exclusions, "C0114", "C0304", "C0305", "E0401", "R0801"}
    assert result.score == 1.0


def test_same_content_in_two_tasks_and_changed_content_are_each_linted_afresh() -> None:
    """pylint keeps what it saw under a path; unique stems mean that nothing stale comes back."""
    rubric = load_rubric("pep8")
    programs = [program(text, task) for task in ("A/0", "B/0") for text in (BAD, GOOD, BAD.replace("l = 1", "n = 1"))]
    results = list(runner.score_programs(programs, {}, rubric, workers=1))
    assert len({r.program for r in results}) == 6
    shapes = [found(r) for r in results]
    assert shapes[:3] == shapes[3:]
    assert shapes[0] != shapes[2]
    assert not shapes[1]


@pytest.mark.slow
def test_batches_workers_and_order_do_not_change_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time in fresh processes, or all at once and shuffled: the same bytes for every program."""
    texts = [BAD, GOOD, "x = [i for i in range(3)]\n", "class a: pass\n", "def f(:\n"]
    once = {r.program: r for r in score(texts)}
    monkeypatch.setattr(runner, "BATCH", 1)
    monkeypatch.setattr(job, "BATCHES_PER_PROCESS", 2)
    random.Random(5).shuffle(texts)
    singly = score(texts, workers=2)
    assert [r.program for r in singly] == [program(text).program for text in texts]
    assert {r.program: r for r in singly} == once


@pytest.mark.slow
def test_workers_are_replaced_before_they_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its batches a worker is retired, so memory stays flat."""
    started: list[int] = []
    process = job.LinterProcess

    class Counted(process):  # type: ignore[misc, valid-type]
        def __init__(self, *given: object) -> None:
            started.append(1)
            super().__init__(*given)

    monkeypatch.setattr(job, "LinterProcess", Counted)
    monkeypatch.setattr(runner, "BATCH", 1)
    monkeypatch.setattr(job, "BATCHES_PER_PROCESS", 2)
    assert len(score([f"x = {n}\n" for n in range(5)])) == 5
    assert len(started) == 3


def test_the_score_of_pylint_is_each_programs_own() -> None:
    """In a batch with bad ones a clean program still has 10 of 10."""
    results = warm([BAD, GOOD, BAD.replace("F", "H")])
    assert results[1].metrics["pylint_score"] == 10.0
    assert results[0].metrics["pylint_score"] == results[2].metrics["pylint_score"] < 5.0


@pytest.mark.parametrize(
    "pragma",
    ["# pylint: disable=all", "# pylint: skip-file", "# ruff: noqa", "# flake8: noqa", "# isort: skip_file"],
)
def test_a_candidate_cannot_silence_a_linter(pragma: str) -> None:
    """The same findings are reported, moved by the pragma's own line, and the pragma is counted."""
    [plain, silenced] = warm(["# a comment\n" + BAD, f"{pragma}\n" + BAD])
    assert found(silenced) == found(plain)
    assert (plain.pragmas, silenced.pragmas) == (0, 1)


def test_pragmas_at_the_end_of_lines_do_not_silence_either() -> None:
    """noqa, disable and type: ignore on every line hide nothing."""
    lines = BAD.splitlines()
    tail = "  # noqa  # pylint: disable=all  # type: ignore"
    [plain, silenced] = warm([BAD, "\n".join(line + tail for line in lines) + "\n"])
    assert set(found(plain)) <= set(found(silenced)) | {("ruff", "I001", 1)}
    assert silenced.pragmas == len(lines)


def test_a_pragma_in_a_docstring_does_not_hide_its_long_line() -> None:
    """pylint reads its pragma inside strings too, if rewriting would change the program."""
    text = f'def f():\n    """# pylint: disable=line-too-long {"x" * 90}"""\n'
    [result] = warm([text])
    assert ("pylint", "C0301", 2) in found(result)


def test_hundreds_of_hashes_do_not_cost_seconds() -> None:
    """On such comments pylint's pragma expression backtracks for minutes; here they get their answer."""
    text = GOOD + "".join(f"x{n} = 1  # {'# ' * 1500}\n" for n in range(6))
    [result] = score([text], seconds=60)
    assert "pylint_findings" in result.metrics
    assert "no-answer" not in {f.rule for f in result.findings}


def test_a_coding_cookie_does_not_change_what_is_linted() -> None:
    """A linter that decoded the file as rot13 would read another program."""
    [plain, cooked] = warm(["# a comment line\n" + BAD, "# coding: rot13\n" + BAD])
    assert found(plain) == found(cooked)


def test_a_rule_on_the_prompts_own_text_is_not_the_models() -> None:
    """Findings on the prompt's lines are marked; those on the model's are not."""
    prompt = "from typing import List\ndef F(A: List[int])->int:\n  ''' doc '''\n"
    [result] = warm([prompt + "  B = 1\n  return B\n"], prompt=prompt)
    assert {f.line for f in result.findings if f.in_prompt} <= {1, 2, 3}
    own = {(f.rule, f.line) for f in result.findings if not f.in_prompt}
    assert {"N806", "ARG001"} <= {rule for rule, _ in own} <= {"N806", "C0103", "ARG001", "W0613", "RET504", "W0311"}
    assert any(f.in_prompt and f.rule == "N802" for f in result.findings)


def test_a_rule_about_the_body_is_the_models_though_it_stands_on_the_signature() -> None:
    """Complexity, returns and unused arguments are reported on a line of the prompt and made by the model."""
    prompt = 'def f(a, b):\n    """Return."""\n'
    body = "".join(f"    if a == {n}:\n        return {n}\n" for n in range(16)) + "    return None\n"
    [result] = warm([prompt + body], prompt=prompt)
    own = {f.rule for f in result.findings if not f.in_prompt}
    assert {"C901", "R0911", "PLR0911", "R0912", "W0613", "ARG001"} <= own
    [helped] = warm([prompt + "    return a\n\n\ndef g():\n    return 1\n"], prompt=prompt)
    assert "W0613" in {f.rule for f in helped.findings if not f.in_prompt}


def test_one_defect_is_one_finding_in_a_score() -> None:
    """ruff's and pylint's view of one unused import is marked a repetition and counted once."""
    [result] = warm(["import os\n"])
    overlapping = [f for f in result.findings if f.rule in ("F401", "W0611")]
    assert [(f.tool, f.duplicate) for f in overlapping] == [("ruff", False), ("pylint", True)]


def test_radon_is_asked_only_what_it_can_take() -> None:
    """Separators that are line ends to radon alone, and nesting beyond it, cost no other number."""
    [odd, deep] = warm(["x = '\u2028'\n", "x = " + "lambda: " * 400 + "1\n"], rubric="paper")
    assert odd.metrics["loc"] == 1
    assert odd.score is not None
    assert deep.parses
    assert {f.rule for f in deep.findings} >= {"no-answer"}


def test_radons_numbers_are_those_of_its_command_line(tmp_path: Path) -> None:
    """Complexity, Halstead, raw lines and the index, from one shared tree."""
    text = (
        GOOD + "\n\nclass A:\n    def m(self, x):\n        # c\n        return [y for y in x if y] or (1 if x else 2)\n"
    )
    [result] = warm([text])
    (tmp_path / "p1.py").write_text(text)

    def radon(command: str) -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, "-m", "radon", command, "-j", "p1.py"], cwd=tmp_path, capture_output=True, check=True
        )
        return json.loads(done.stdout)["p1.py"]

    blocks = radon("cc")
    assert result.metrics["complexity"] == max(b["complexity"] for b in blocks if b["type"] != "class")
    assert result.metrics["maintainability_index"] == pytest.approx(radon("mi")["mi"])
    raw, halstead = radon("raw"), radon("hal")["total"]
    assert all(result.metrics[name] == value for name, value in raw.items())
    names = ("volume", "difficulty", "effort", "bugs")
    assert all(result.metrics[f"halstead_{name}"] == pytest.approx(halstead[name]) for name in names)


def test_the_text_that_is_linted_is_the_text_that_ran() -> None:
    """Apart from line ends and pragmas the linters read the program byte for byte."""
    text = 'def f():\n    """Ünï\x0ccode."""\n    return "é"\n'
    assert read_source(text).text == text


def summary(result: StyleResult) -> tuple[object, ...]:
    return (result.score, sorted(found(result)), result.adherence)


def test_nothing_of_this_machine_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configurations in the folder, at home or in the environment change no finding."""
    before = [summary(r) for r in warm([BAD, GOOD])]
    (tmp_path / "pylintrc").write_text("[MAIN]\ndisable=all\nload-plugins=evil\n")
    (tmp_path / ".pylintrc").write_text("[MAIN]\ndisable=all\n")
    (tmp_path / "ruff.toml").write_text('lint.select = ["E501"]\n')
    (tmp_path / "pyproject.toml").write_text('[tool.pylint.main]\ndisable = "all"\n[tool.ruff]\nline-length = 20\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYLINTRC", str(tmp_path / "pylintrc"))
    monkeypatch.setenv("RUFF_CONFIG", str(tmp_path / "ruff.toml"))
    assert [summary(r) for r in score([BAD, GOOD])] == before


FORGETS = """
import gc, sys
from pathlib import Path
from auditor.style.linters.interface import ProgramFile, Workspace
from auditor.style.linters.pylint import Pylint
from auditor.style.source import read_source
from astroid import nodes

folder = Path(sys.argv[1])
linter = Pylint().start(Workspace(folder, 20, lambda program: None))
names = []
for batch in range(3):
    paths = [folder / f"program{batch}_{number}.py" for number in range(4)]
    for path in paths:
        path.write_text("import nothing.here\\nfrom typing import List\\n\\nclass A(List):\\n"
                        "    def f(self, x):\\n        return nothing.here.there(x).y[0] + len(self.z)\\n")
    files = [ProgramFile(path.stem, path, read_source("")) for path in paths]
    assert all(report.remarks for report in linter.check(files).values())
    names.append([path.stem for path in paths])
gc.collect()
alive = {node.name for node in gc.get_objects() if isinstance(node, nodes.Module)}
print(sorted(name for batch in names[:-1] for name in batch if name in alive))
"""


def test_linted_programs_are_let_go(tmp_path: Path) -> None:
    """pylint's caches, and the failed imports it remembers, keep no syntax tree of an earlier batch alive."""
    done = subprocess.run([sys.executable, "-c", FORGETS, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_remembered_lines_give_radons_own_numbers() -> None:
    """Lines that were tokenized for another program, or could not be alone, count as they do in a fresh process."""
    text = 'def f():\n    """One\n    two"""\n    x = (1,\n         2)\n    return x  # three\n'
    again = score([text, text + "\n", text + "\n\nfoo = f()\n", text.replace("x", "y")])
    alone = [score([one])[0] for one in (text, text + "\n", text + "\n\nfoo = f()\n", text.replace("x", "y"))]
    assert [result.metrics for result in again] == [result.metrics for result in alone]
    assert again[0].metrics["multi"] == 2


def test_odd_characters_are_still_seen() -> None:
    """Only plain ASCII is spared pylint's search for characters that hide what code does."""
    texts = ['x = "\u202e"\n', 'x = "a\x1b"\n', 'x = "a\u200b"\n', 'x = "a\b"\n', 'x = "plain"\n']
    rules = [{f.rule for f in result.findings if f.rule.startswith("E25")} for result in warm(texts)]
    assert rules == [{"E2502"}, {"E2513"}, {"E2515"}, {"E2510"}, set()]


def test_complexity_is_of_methods_and_of_code_outside_functions_too() -> None:
    """Also of methods of a class inside a function, which radon passes over; the prompt's own code does not count."""
    branches = "".join(f"if x == {n}:\n    print({n})\n" for n in range(4))
    indented = "".join(f"            {line}\n" for line in branches.splitlines())
    nested = f"def outer():\n    class Inner:\n        def method(self, x):\n{indented}    return Inner\n"
    prompt = "x = 1\n" + branches
    script, method, plain, none = warm([prompt, nested, "x = 1\nprint(x)\n", "import os\n"], rubric="paper")
    assert [r.metrics.get("complexity") for r in (script, method, plain, none)] == [5.0, 5.0, 1.0, None]
    [given] = warm([prompt + "print(2)\n"], prompt=prompt, rubric="paper")
    assert given.metrics["complexity"] == 1.0


FUNCTION_CRITERIA = {
    "complexity": 'source = "radon:complexity"\nmax = 6',
    "function_length": 'source = "auditor:function_length"\nmax = 20',
    "top_level": 'source = "auditor:top_level_length"\nmax = 20',
    "docstrings": 'source = "auditor:docstrings"\nmin = 1.0',
    "names": 'source = "auditor:snake_case"\nmin = 1.0',
    "annotations": 'source = "ruff:ANN"',
    "comparisons": 'source = ["ruff:E711", "pylint:singleton-comparison"]',
    "nesting": 'source = ["pylint:too-many-nested-blocks", "pylint:too-many-branches"]',
    "unused": 'source = ["pylint:unused-variable", "ruff:F841"]',
}
EVERYWHERE = frozenset({"complexity", "names", "comparisons"})
"""Criteria that ask about code outside functions as well."""
OF_FUNCTIONS = EVERYWHERE | {"function_length", "docstrings", "annotations", "nesting", "unused"}
GOOD_BODY = "total_sum = values[0]\nif total_sum is None:\n    print(total_sum)\nprint(total_sum)\n"
BAD_BODY = (
    "totalSum = values[0]\nunused = 1\nif totalSum == None:\n    print(totalSum)\n"
    + "".join(f"{'    ' * n}if totalSum > {n}:\n" for n in range(7)) + f"{'    ' * 7}print(totalSum)\n"
    + "".join(f"if totalSum < {n}:\n    print({n})\n" for n in range(9))
)  # fmt: skip


def test_criteria_about_functions_apply_to_methods_and_to_code_outside_functions(tmp_path: Path) -> None:
    """What a rubric asks of a function it asks of a method, also of a class in a function, and of a script's own code.

    What only a function can have (a docstring, annotations, its length) is not asked of a script, whose code outside
    functions has a length of its own.
    """
    head = 'name = "own"\nversion = "1"\ntitle = "Own"\n'
    rows = "".join(
        f'[[criterion]]\nid = "{name}"\ntitle = "T"\nreason = "R"\n{text}\n' for name, text in FUNCTION_CRITERIA.items()
    )
    (tmp_path / "own.toml").write_text(head + rows)
    rubric = load_rubric(str(tmp_path / "own.toml"))
    good, bad = '    """Doc."""\n' + indent(GOOD_BODY), indent(BAD_BODY)
    typed, bare = "def show(values: list[int]) -> None:\n", "def show(values):\n"
    in_class = "class Table:\n    def show(self, values{}:\n".format
    method = 'class Table:\n    """Doc."""\n\n    def show(self, values: list[int]) -> None:\n' + indent(good)
    programs = {
        "a function": (typed + good, bare + bad, OF_FUNCTIONS),
        "a method": (method, in_class(")") + indent(bad), OF_FUNCTIONS),
        "a method of a class in a function": (
            'def make() -> type:\n    """Doc."""\n\n' + indent(method) + "\n    return Table\n",
            "def make():\n" + indent(in_class(")") + indent(bad)) + "\n    return Table\n", OF_FUNCTIONS,
        ),
        "a script": ("values = [1]\n" + GOOD_BODY, "values = [1]\n" + BAD_BODY, EVERYWHERE | {"top_level"}),
    }  # fmt: skip
    texts = [text for right, wrong, _ in programs.values() for text in (right, wrong)]
    results = score(texts, rubric=rubric)
    for place, (name, (_, _, asked)) in enumerate(programs.items()):
        right, wrong = results[2 * place : 2 * place + 2]
        assert {one for one, met in right.adherence.items() if met is False} == set(), (name, right.adherence)
        assert {one for one, met in wrong.adherence.items() if met is False} == asked, (name, wrong.adherence)


def indent(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def test_a_rule_about_a_classs_body_is_the_models_though_the_class_line_is_the_prompts() -> None:
    """Too many attributes are made in methods the model wrote; a missing docstring is the prompt's."""
    prompt = "class Point:\n    def __init__(self, a):\n"
    body = "".join(f"        self.name_{n} = a\n" for n in range(9))
    [result] = warm([prompt + body], prompt=prompt)
    by_rule = {f.rule: f.in_prompt for f in result.findings}
    assert by_rule["R0902"] is False
    assert by_rule["D101"] is by_rule["C0115"] is True
    [helped] = warm([prompt + body + "\n\ndef f():\n    return 1\n"], prompt=prompt + body)
    assert {f.rule: f.in_prompt for f in helped.findings}["R0902"] is True

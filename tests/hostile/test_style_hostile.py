"""Programs that attack or upset the linters: each gets a result, none costs the run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.style import load_rubric, process, runner
from auditor.style.job import StyleBatch, StyleJob
from tests.conftest import ROOT
from tests.style_help import program, score

UNREADABLE = {
    "nul": "x = 1\0\n",
    "surrogate": "x = '\ud800'\n",
    "surrogate name": "\udcff = 1\n",
    "deep brackets": "x = " + "(" * 300 + ")" * 300 + "\n",
    "deep unary": "x = " + "-" * 5000 + "1\n",
    "deep attribute": "x" + ".a" * 3000 + "\n",
    "tabs and spaces": "def f():\n\tif 1:\n        return 2\n",
    "unfinished": "x = 1 + \\\n\n",
    "huge number": "x = " + "9" * 5000 + "\n",
    "nonlocal": "nonlocal x\n",
}
ODD = {
    "empty": "",
    "byte order mark": "\ufeffx = 1\n",
    "blank": "\n\n",
    "crlf": "def f(x):\r\n    return  x\r\n",
    "lone cr": "x = 1\ry = 2\r",
    "form feed": "\x0cdef f():\n\x0c    return 1\n",
    "long line": "x = '" + "a" * 100_000 + "'\n",
    "long message": "raise ValueError(" + "x" * 100_000 + ")\n",
    "brackets": "x = " + "[" * 90 + "]" * 90 + "\n",
    "nested ifs": "".join("    " * i + "if x:\n" for i in range(90)) + "    " * 90 + "pass\n",
    "lambdas": "x = " + "lambda: " * 500 + "1\n",
    "elifs": "x=1\nif x: pass\n" + "elif x: pass\n" * 1500,
    "comprehensions": "x = " + "[i for i in " * 60 + "y" + "]" * 60 + "\n",
    "decorators": "@a\n" * 1000 + "def f(): pass\n",
    "separators": "x = '\u2028\x85'\n",
    "emoji and cyrillic": "\u0430 = '\U0001f600'\n\U0001d4cd = 1\n",
    "stars": "from os import *\nprint(path)\n",
    "type comment": "x = []  # type: List[int\n",
    "top-level yield": "yield 1\nreturn 2\nawait 3\n",
    "pragmas": "# pylint: skip-file\n# ruff: noqa\n# -*- coding: utf-16 -*-\nimport os\n",
    "hashes": "x = 1\n# " + "#" * 900 + "\n",
}
BOMBS = {
    "power": "x = 9**9**9**9\nx.y\n",
    "shift": "x = 1 << (10**10)\nx.y\n",
    "repeat": "x = 'a' * 10**10\ny = [0]*10**10\nz = (1,)*10**9\nx.a, y.a, z.a\n",
    "format": "x = '{:>9999999999}'.format('x')\ny = f\"{'x':>9999999999}\"\nz = '%9999999999d' % 1\nz.a\n",
    "doubling": "def f0(): return 1\n" + "".join(f"def f{i}(): return f{i - 1}() + f{i - 1}()\n" for i in range(1, 50)),
    "recursion": "def f():\n    return f()\nx = f()\nx.a.b.c()\nclass A(A): pass\nx = [x for x in x]\nx.append(x)\n",
    "regex": "import re\nre.compile('(a+)+$').match('a'*40)\n",
    "many findings": "".join(f"x{i}=1;y{i}=2;\n" for i in range(300)),
}


@pytest.mark.slow
def test_every_program_gets_a_result() -> None:
    """Unreadable ones are named with a reason, odd ones are linted, bombs end; neighbours are not harmed."""
    texts = {**UNREADABLE, **ODD, **BOMBS}
    neighbour = "def total(values):\n    return sum(values)\n"
    results = score([*texts.values(), neighbour], workers=2, seconds=8)
    assert len(results) == len(texts) + 1
    for name, result in zip(texts, results, strict=False):
        assert result.parses == (name not in UNREADABLE), name
        assert result.findings or result.parses
        assert all(len(f.message) <= 400 and f.line >= 1 and f.column >= 1 for f in result.findings), name
        assert len(result.findings) < 2100
    assert results[-1] == score([neighbour])[0]


@pytest.mark.slow
def test_a_program_that_stalls_a_tool_is_named_and_its_neighbours_are_not_harmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Out of CPU time, a worker ends; the culprit keeps what the other tools said and has no score."""
    slow = "import os\n" + "".join(f"x{i} = [j for j in range({i}) if j % 2]\n" for i in range(4000))
    monkeypatch.setattr(runner, "BATCH", 3)
    good = "def total(values):\n    return sum(values)\n"
    first, culprit, last = score([good, slow, good + "\n\nx = 1\n"], seconds=2)
    assert culprit.parses
    assert culprit.score is None
    notes = [f.message for f in culprit.findings if f.rule == "no-answer"]
    assert any("pylint" in note and "CPU time" in note for note in notes)
    assert any(f.tool == "ruff" for f in culprit.findings)
    for neighbour in (first, last):
        assert neighbour.score is not None
        assert "pylint_score" in neighbour.metrics


def test_no_code_of_a_candidate_runs_and_nothing_it_names_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules and extensions that lie about in the folder or on the path stay unimported."""
    canary = tmp_path / "canary"
    trap = f"open({str(canary)!r}, 'a').write(__name__)\n"
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for name in ("evilmod", "sitecustomize", "usercustomize", "evil_plugin"):
        (tmp_path / f"{name}.py").write_text(trap)
    (tmp_path / f"evilext{suffix}").write_bytes(b"not an extension")
    (tmp_path / "gi").mkdir()
    (tmp_path / "gi/__init__.py").write_text(trap)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "evilmod.py"))
    texts = [
        "import evilmod\nevilmod.run()\n",
        "import evilext\nevilext.run()\n",
        "from gi.repository import Evil\nEvil.x()\n",
        f"# pylint: load-plugins=evil_plugin\n# pylint: init-hook={trap!r}\n{trap}",
        f"import os\nos.system('touch {canary}')\n",
        f"class M(type):\n    def __new__(cls, *a):\n        {trap}\n\nclass A(metaclass=M): pass\n",
        "import antigravity, this, idlelib.idle\n",
    ]
    results = score(texts)
    assert all(r.parses for r in results)
    assert not canary.exists()


def test_secrets_of_the_environment_do_not_reach_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker starts with a clean environment of its own."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    started = process.LinterProcess(load_rubric("paper"), 5)
    try:
        environment, deadline = b"", time.monotonic() + 120
        while time.monotonic() < deadline:  # the kernel shows nothing until the new program is in place
            if environment := Path(f"/proc/{started._child.pid}/environ").read_bytes():
                break
            time.sleep(0.01)
        assert b"PYLINTHOME" in environment
        assert b"secret" not in environment
    finally:
        started.close()


def test_a_killed_worker_costs_no_result() -> None:
    """kill -9 in the middle: the program at hand is named, all others are as ever."""
    programs = [program(f"def f{n}(a):\n    return a + {n}\n") for n in range(90)]
    rubric = load_rubric("paper")
    whole = list(runner.score_programs(programs, {}, rubric, workers=1))
    results = []
    for number, result in enumerate(runner.score_programs(programs, {}, rubric, workers=1)):
        results.append(result)
        if number == 0:
            _kill_a_worker()
    assert [r.program for r in results] == [p.program for p in programs]
    assert sum(a != b for a, b in zip(results, whole, strict=True)) <= 1


def test_a_worker_killed_between_batches_costs_no_result() -> None:
    """The next batch goes to a new worker and every result is as ever."""
    worker = StyleJob(load_rubric("paper"), 20).open().worker(0)
    try:
        [batch] = runner.batches([program("x = 1\n")], {})
        first = list(worker.run(batch))
        _kill_a_worker()
        assert list(worker.run(batch)) == first
    finally:
        worker.close()


def test_the_unit_of_work_goes_to_another_process_and_back(tmp_path: Path) -> None:
    """Job and batch are picklable, and the records depend on nothing else."""
    rubric = load_rubric("paper")
    programs = [program("import os\n"), program("def f(:\n"), program("x = 1\n")]
    [batch] = runner.batches(programs, {"T/0": "import os\n"})
    sent: tuple[StyleJob, StyleBatch] = pickle.loads(pickle.dumps((StyleJob(rubric, 20), batch)))
    worker = sent[0].open().worker(0)
    try:
        [scored] = pickle.loads(pickle.dumps(list(worker.run(sent[1]))))
    finally:
        worker.close()
    assert list(scored.results) == list(runner.score_programs(programs, {"T/0": "import os\n"}, rubric, workers=1))


_STOPS = """
from auditor.style import worker
judge = worker.judge
def stop(program, source, *rest):
    with open({log!r}, "a") as log: log.write(program + "\\n")
    if "stop" in source.text: worker.os._exit(9)
    return judge(program, source, *rest)
worker.judge = stop
worker.main()
"""


@pytest.mark.slow
def test_many_programs_that_stop_their_worker_cost_each_neighbour_little(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A batch does not start over for each of them: no program is judged more than twice."""
    log = tmp_path / "log"
    monkeypatch.setattr(process, "_START", process._START.split("from auditor")[0] + _STOPS.format(log=str(log)))
    texts = [f"{'stop' if n % 2 else 'x'} = {n}\n" for n in range(10)]
    results = score(texts, rubric="paper")
    assert [r.program for r in results] == [program(text).program for text in texts]
    assert [r.score is None for r in results] == ["stop" in text for text in texts]
    assert all("ended with status 9" in r.findings[0].message for r in results[1::2])
    assert max(Counter(log.read_text().split()).values()) <= 2


def test_no_program_of_a_batch_can_import_another() -> None:
    """Neither by its id, as a file or as a module in memory, nor by what the worker writes for itself."""
    helper = program("def helper(a, b, c):\n    return a\n")
    names = [f"p{helper.program}", helper.program, "p0", "p1", "empty", "programs"]
    text = "".join(f"import {name}\nprint({name}.helper(1), {name}.nothing)\n" for name in names if name.isidentifier())
    text += f"from p{helper.program} import helper, nothing\nhelper(1)\n"
    [alone] = score([text])
    _, beside, _ = score([helper.solution, text, helper.solution + "\n"])
    assert beside == alone
    assert not {"E1101", "E1120"} & {finding.rule for finding in alone.findings}


ASSIGNS_TO_STDLIB = [
    ("import os\nos.nothing_here = 1\n", "import os\nprint(os.nothing_here)\n"),
    ("import threading\nt = threading.Thread()\nt.extra = 3\n", "import threading\nprint(threading.Thread().extra)\n"),
    ("import collections as c\nc.OrderedDict.boo = 2\n", "import collections as c\nprint(c.OrderedDict().boo)\n"),
    ("import string\nstring.capwords.seen = 1\n", "import string\nprint(string.capwords.seen)\n"),
]


@pytest.mark.slow
def test_attributes_set_on_the_standard_library_stay_in_their_program() -> None:
    """No other program of the batch or of a later one sees them; the program itself does."""
    assigning, reading = zip(*ASSIGNS_TO_STDLIB, strict=True)
    alone = [score([text])[0] for text in reading]
    assert all("E1101" in {f.rule for f in result.findings} for result in alone)
    last, first = score([*assigning, *reading])[len(assigning) :], score([*reading, *assigning])[: len(reading)]
    assert last == first == alone
    filler = [f"x = {n}\n" for n in range(runner.BATCH - len(assigning))]
    assert score([*assigning, *filler, *reading])[-len(reading) :] == alone
    own = score([f"{text}{other.splitlines()[1]}\n" for text, other in ASSIGNS_TO_STDLIB])
    assert not [f.rule for result in own for f in result.findings if f.rule == "E1101"]


def test_large_programs_do_not_share_a_batch() -> None:
    """A worker's memory is bounded: what is alone readable must not become unreadable next to others."""
    sizes = [10, 150_000, 20, 90_000, 90_000, 90_000, 500_000, *([1_000] * 100)]
    programs = [program(f"x{n} = 1".ljust(size)) for n, size in enumerate(sizes)]
    made = list(runner.batches(programs, {"T/0": "p" * 10}))
    assert [s.program for batch in made for s in batch.programs] == [p.program for p in programs]
    for batch in made:
        total = sum(len(s.solution) + len(s.prompt) for s in batch.programs)
        assert len(batch.programs) == 1 or (total <= runner.BATCH_CHARACTERS and len(batch.programs) <= runner.BATCH)
    assert [len(batch.programs) for batch in made[-3:]] == [40, 40, 20]


def _workers() -> list[int]:
    """Find the style workers among our children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            ours = parent == os.getpid() and b"auditor.style.worker" in (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked
        if ours:
            found.append(int(folder.name))
    return found


def _kill_a_worker() -> None:
    for pid in _workers():
        os.kill(pid, 9)


def test_a_broken_tool_stops_the_run_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linter that finds nothing in a known-bad program would make every program look clean."""
    monkeypatch.setattr(process, "_START", process._START.split("from auditor")[0] + _BLIND)
    with pytest.raises(AuditorError, match="style worker cannot work") as caught:
        score(["x = 1\n"])
    assert "ruff fails its self-test: it does not report F401" in str(caught.value)


def test_a_full_disk_is_not_charged_to_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run stops with one line instead of naming every program unreadable."""
    monkeypatch.setattr(process, "_START", process._START.split("from auditor")[0] + _FULL)
    with pytest.raises(AuditorError, match="No space left"):
        score(["x = 1\n"])


def test_a_check_of_ours_that_breaks_is_named_and_costs_one_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program has no score and says why; its neighbours are as ever."""
    monkeypatch.setattr(process, "_START", process._START.split("from auditor")[0] + _BROKEN)
    first, second = score(["x = 1\n", "broken = 1\n"])
    assert first.score is not None
    assert (second.parses, second.score) == (True, None)
    assert "ValueError: a bug" in second.findings[0].message


_FULL = """
from auditor.style import worker
def full(*_, **__): raise OSError(28, "No space left on device")
worker.LintingWorker._lint = full
worker.main()
"""
_BROKEN = """
from auditor.style import worker
judge = worker.judge
def broken(program, source, *rest):
    if "broken" in source.text: raise ValueError("a bug")
    return judge(program, source, *rest)
worker.judge = broken
worker.main()
"""
_BLIND = """
from auditor.style import worker
from auditor.style.linters.ruff import RuffSession
RuffSession.check = lambda self, files: {file.program: worker.ToolReport() for file in files}
worker.main()
"""


_ENDLESS = """
from auditor.style import load_rubric, score_programs
from tests.style_help import program
endless = (program(f"x = {n}\\n") for n in range(10**6))
for number, _ in enumerate(score_programs(endless, {}, load_rubric("paper"), workers=2)):
    if number == 0:
        print(flush=True)
"""


def test_a_killed_caller_leaves_nothing_behind(tmp_path: Path) -> None:
    """When the caller is killed with -9, its workers end by themselves and their folders go with them."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, cwd=ROOT, env=environment
    ) as caller:
        assert caller.stdout is not None
        caller.stdout.readline()
        assert list(tmp_path.iterdir()) != []
        caller.kill()
    deadline = time.monotonic() + 120
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


_SLOW = """
import time
from auditor.style import worker
judge = worker.judge
def slow(program, source, *rest):
    if "slow" in source.text: time.sleep(180)
    return judge(program, source, *rest)
worker.judge = slow
worker.main()
"""


def test_stopping_early_does_not_wait_for_running_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a long batch ends it, as it does everywhere else in a run."""
    monkeypatch.setattr(process, "_START", process._START.split("from auditor")[0] + _SLOW)
    programs = [program(f"{'slow' if n == runner.BATCH else 'x'} = {n}\n") for n in range(3 * runner.BATCH)]
    stream = runner.score_programs(programs, {}, load_rubric("paper"), workers=1)
    next(stream)
    started = time.monotonic()
    stream.close()
    assert time.monotonic() - started < 120
    assert _workers() == []


def test_abandoning_the_results_ends_the_workers() -> None:
    """A caller who stops reading leaves no process behind."""
    stream = runner.score_programs((program(f"x = {n}\n") for n in range(200)), {}, load_rubric("paper"), workers=1)
    next(stream)
    stream.close()
    assert _workers() == []

"""Bad input is refused in one line that names the place and the remedy, with exit 2 and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.guard import run_guarded
from tests.e2e.command import auditor, inside

CONFIG = """
[benchmark]
source = "demo"

[[model]]
name = "recorded"
recorded = "samples.jsonl"
"""


def prepare(folder: Path, config: str = CONFIG, samples: str | None = None) -> None:
    (folder / "audit.toml").write_text(config)
    if samples is not None:
        (folder / "samples.jsonl").write_text(samples)


BAD = {
    "no settings": (None, None, ["audit.toml", "no such file", "auditor init"]),
    "broken TOML": ("[benchmark\n", None, ["audit.toml:1:", "not valid TOML"]),
    "unknown key": (CONFIG + 'sampels = "x"\n', None, ["audit.toml:8", "sampels"]),
    "misspelt section": (CONFIG + "[verfy]\nworkers = 1\n", None, ["verfy", "did you mean 'verify'"]),
    "no recorded file": (CONFIG, None, ["samples.jsonl", "no such file"]),
    "unknown task": (CONFIG, '{"task_id": "demo/none", "solution": "x"}\n', ["samples.jsonl:1", "demo/none"]),
    "not JSON": (CONFIG, "{'task_id'}\n", ["samples.jsonl:1", "(column 2)"]),
    "answers as settings": ('{"task_id": "demo/0"}\n', None, ["holds JSON, not TOML", "recorded"]),
    "tasks as answers": (CONFIG, '{"task_id": "T/0", "prompt": "", "base": {}}\n', ["[benchmark]"]),
    "empty file": (CONFIG, "", ["samples.jsonl", "no samples"]),
    "unknown benchmark": (CONFIG.replace('"demo"', '"./no-such-tasks.jsonl"'), None, ["no-such-tasks.jsonl"]),
    "unknown rubric": (CONFIG + '[style]\nrubric = "pep9"\n', None, ["pep9", "pep8"]),
    "unknown metric": (CONFIG + '[[gate]]\nmetric = "false_discovery"\nmax = 1\n', None, ["false_discovery_rate"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_before_anything_is_written(tmp_path: Path, case: str) -> None:
    """One line on stderr, exit 2, no run folder."""
    config, samples, words = BAD[case]
    if config is not None:
        prepare(tmp_path, config, samples)
    if case in ("unknown rubric", "unknown metric"):
        prepare(tmp_path, config or "", a_row(tmp_path))
    perform = auditor if case == "no settings" else inside  # the entry point says it in one line, for one and for all
    done = perform("run", "audit.toml", "--out", "run", cwd=tmp_path, expect=2)
    lines = [line for line in done.stderr.splitlines() if line.startswith("auditor: ")]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def a_row(folder: Path) -> str:
    """Return one good recorded sample of the demonstration's first task."""
    from auditor.benchmark import load_benchmark

    task = load_benchmark("demo").tasks[0]
    return json.dumps({"task_id": task.task_id, "solution": task.reference}) + "\n"


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    """`gate`, `export` and `compare` on a folder that contains no run say so."""
    for words in (["gate", "nowhere"], ["export", "nowhere", "verdicts"], ["compare", "nowhere", "nowhere"]):
        done = inside(*words, cwd=tmp_path, expect=None)
        assert done.returncode in (1, 2)
        assert "nowhere" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere").exists()


SETTINGS = {
    "[verify]\nmemory_mb = 9000000000000000\n": "memory_mb is 9000000000000000 — it must be at most 16777216",
    "[verify]\ntimeout = 1e300\n": "[verify] timeout is 1e+300 — it must be at most 86400",
    "[verify]\ntimeout = 1e-300\n": "[verify] timeout is 1e-300 — it must be at least 0.001",
    "[verify]\nworkers = 1000000000\n": "[verify] workers is 1000000000 — it must be at most 4096",
    "[style]\nworkers = 1000000000\n": "[style] workers is 1000000000 — it must be at most 4096",
    "[analysis]\nresamples = 1000000000000\n": "[analysis] resamples is 1000000000000 — it must be at most 1000000",
    "[analysis]\nfp_cost = [1e308]\n": "[analysis] fp_cost, item 1, is 1e+308 — it must be at most 1000000000",
    '[verify]\npython = "/no/python"\n': "verify.python = '/no/python': is not a Python interpreter — name",
    '[verify]\npackages = ["no_such_package"]\n': "[verify] packages: no_such_package is not installed for the Python",
    '[verify]\npackages = ["a b c!!"]\n': "[verify] packages: 'a b c!!' is not a requirement such as pandas>=2.2",
    '[verify]\nplus = "mini.json"\n': "mini.json: cannot be read: No such file or directory — `auditor",
}  # fmt: skip
"""What is added to good settings → how it is refused."""


@pytest.mark.parametrize("added", SETTINGS)
def test_a_setting_that_no_machine_can_use_is_bad_input(tmp_path: Path, added: str) -> None:
    """Exit 2, in the words of the settings, before anything is judged; no value reaches the system's own limits."""
    prepare(tmp_path, CONFIG + added, a_row(tmp_path))
    done = inside("run", "audit.toml", "-q", "--out", "run", cwd=tmp_path, expect=2)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("auditor: ")]
    assert SETTINGS[added] in line


ROWS = {
    '{"task_id": "T/0", "n": ' + "9" * 5000 + "}\n": "an integer has more digits than can be read",
    '{"task_id": ' + "[" * 100_000 + "\n": "nested too deeply",
    '{"task_id": \n': "expecting value (at the end)",
}


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_broken_row_is_described_without_words_of_python(tmp_path: Path, row: str) -> None:
    """A file of tasks and a file of samples name the line and the reason alike."""
    task = {"task_id": "a", "prompt": "def f(x):\n", "entry_point": "f", "reference": "def f(x):\n    return x\n",
            "base": {"inputs": [[1]]}, "plus": {"inputs": [[2]]}}  # fmt: skip
    (tmp_path / "tasks.jsonl").write_text(json.dumps(task) + "\n" + row)
    prepare(tmp_path, CONFIG, a_row(tmp_path) + row)
    for words, name in ((("tasks", "check", "tasks.jsonl"), "tasks"), (("run", "audit.toml", "-q"), "samples")):
        done = inside(*words, cwd=tmp_path, expect=2)
        assert f"{name}.jsonl:2: not " in done.stderr
        assert f"JSON: {ROWS[row]} — " in done.stderr


COMMANDS = {
    "run --fast": "no such option: --fast — see `auditor run --help`",
    "rnu": "no such command 'rnu'. Did you mean 'run'? — see `auditor --help`",
    "choose x --cost -1": "invalid value for '--cost': must be at least 0, not '-1' — see `auditor choose --help`",
    "export": "missing argument 'DIR' — see `auditor export --help`",
    "tasks strengthen tasks.jsonl -o tasks.jsonl": "tasks.jsonl: is a file that the command reads, which the result",
    "tasks strengthen tasks.jsonl -o -": "this result does not go to stdout",
    "analyze --counts c.csv --confidence 3": "confidence 3.0 is not between 0 and 1 — 0.95 is usual",
    "analyze --counts c.csv --fp-cost 1e300": "a cost of 1e+300 is too large — give at most 1e+09",
    "extract no.txt": "no.txt: cannot be read: No such file or directory — name a text file, or - for stdin",
    "rubric try pep8 c.csv": "c.csv: cannot be read: not UTF-8 text — name a Python file in UTF-8",
    "gate report.json": "report.json: not a report of this version of auditor: title is missing; models is missing; ",
    "gate broken.json": "broken.json: not JSON: expecting property name enclosed in double quotes (column 2) — ",
}
"""A command line → how it is refused."""


@pytest.mark.parametrize("words", COMMANDS)
def test_a_mistake_on_the_command_line_is_one_line(
    tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options, commands and files are refused in the form of all errors, with a remedy and exit code 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks.jsonl").write_text("{}\n")
    (tmp_path / "c.csv").write_bytes(b"model,task_id,n,base_passes,correct\nm,T/0,9,4,3\n")
    if "rubric" in words:
        (tmp_path / "c.csv").write_bytes(bytes(range(256)))
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{broken")
    monkeypatch.setattr("sys.argv", ["auditor", *words.split()])
    with pytest.raises(SystemExit) as end:
        run_guarded()
    (line,) = capsys.readouterr().err.splitlines()
    assert (end.value.code, line.startswith("auditor: ")) == (2, True)
    assert COMMANDS[words] in line

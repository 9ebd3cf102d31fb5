"""``auditor doctor --bundle``: a zip for bug reports that gives nothing away."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.bundle import _DROPPED, redacted, without_paths, write_bundle
from auditor.config import AuditConfig
from auditor.errors import RunMissingError, UsageError
from auditor.sandbox import SandboxLevel
from auditor.verify import Report, doctor
from auditor.verify.probe import Check
from tests.unit.gates.builders import MadeRun

SECRETS = {
    "base_url": "https://models.corp.example/v1",
    "api_key_env": "CORP_KEY",
    "system": "You are the secret assistant of project Zeppelin.",
    "prompt": "templates/zeppelin.jinja",
    "recorded": f"{Path.home()}/zeppelin/samples.jsonl",
    "model": "zeppelin-7b",
    "name": "zeppelin",
    "extra_headers": {"X-Token": "sk-123456"},
    "extra_body": {"user": "zeppelin"},
}
REPORT = Report(
    SandboxLevel.SECCOMP,
    (Check("cannot read other files", True, "refused: PermissionError: '/scratch/of zeppelin/probe-x/canary'"),),
    {"system": "Linux", "user": "zeppelin", "packages": f"{Path.home()}/x"},
    (),
    problem="/opt/zeppelin/bin/python cannot be started: ~zeppelin/x is closed",
)


def _enumerated(schema: object) -> Iterator[str]:
    """Yield the words that a JSON schema lists as values."""
    match schema:
        case {"enum": [*words]}:
            yield from words
        case {"const": word}:
            yield word
        case dict():
            for inner in schema.values():
                yield from _enumerated(inner)
        case list():
            for inner in schema:
                yield from _enumerated(inner)


WORDS = {
    *_enumerated(AuditConfig.model_json_schema()), "published-rates", "pass-at-1", "true_positive", "false_positive",
    "demo", "plain", "completion", "pep8", "strict", "maintainability", "security", "paper", "jsonl", "csv", "hub",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = MadeRun(tmp_path_factory.mktemp("run"))
    made.add("zeppelin", "Zeppelin/1", "zeppelin_program", kind="fp", times=3)
    made.add("zeppelin", "Zeppelin/1", "other", kind="tn")
    made.store.meta.config = {"model": [SECRETS], "history": {"models": {"zeppelin": ["zeppelin-6b"]}},
                              "analysis": {"seed": 7, "fp_cost": [0, 1]},
                              "gate": [{"metric": "coverage"}, {"metric": "zeppelin"}]}  # fmt: skip
    return made.write()


def test_nothing_private_is_in_it(folder: Path, tmp_path: Path) -> None:
    """Keys, prompts, programs, task ids, models, addresses and the home folder appear in no file of the bundle."""
    path = tmp_path / "bug.zip"
    assert write_bundle(path, REPORT, folder) == ["README.txt", "doctor.json", "versions.json", "run.json"]
    with zipfile.ZipFile(path) as bundle:
        text = "".join(bundle.read(name).decode() for name in bundle.namelist())
        run = json.loads(bundle.read("run.json"))
        versions = json.loads(bundle.read("versions.json"))
        doctor = json.loads(bundle.read("doctor.json"))
    for secret in ("zeppelin", "sk-123456", "CORP", "corp.example", str(Path.home()), str(folder), "solve_"):
        assert secret.lower() not in text.lower(), secret
    assert doctor["checks"][0]["answer"] == "refused: PermissionError: '(path)'"
    assert doctor["problem"] == "(path) cannot be started: (path) is closed"
    assert doctor["facts"] == {"system": "Linux", "packages": "(path)"}
    assert run["settings"]["history"] == {"models": "set"}
    assert run["settings"]["analysis"] == {"seed": 7, "fp_cost": [0, 1]}
    assert run["settings"]["gate"] == [{"metric": "coverage"}, {"metric": "text of 8 characters"}]
    assert run["settings"]["model"][0]["api_key_env"] == "set"
    assert run["samples"] == {"model-1: ok, base fail, plus not run": 1, "model-1: ok, base pass, plus fail": 3}
    assert run["tasks"] == 0
    assert versions["packages"]["ruff"]


@given(st.text(min_size=1))
def test_no_text_of_the_settings_survives(text: str) -> None:
    """Whatever the key, a text is replaced by its length, unless it is a word of auditor's."""
    kept = text if text in WORDS else f"text of {len(text)} characters"
    assert redacted({"anything": [text]}) == {"anything": [kept]}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_words_of_auditor_are_shown(word: str) -> None:
    """What a setting may be by its schema, and the names of ready prompts, rubrics and formats."""
    assert redacted({"anything": [word]}) == {"anything": [word]}


def test_what_is_left_out_is_a_key_of_the_settings() -> None:
    """A key that is renamed would otherwise be told."""
    assert {*re.findall(r'"(\w+)": \{', json.dumps(AuditConfig.model_json_schema()))} >= _DROPPED


@given(
    st.lists(st.from_regex(r"[\w.+-]{1,9}", fullmatch=True), min_size=1), st.sampled_from(["{}", "'{}'", "at {}: no"])
)
def test_no_path_survives(parts: list[str], message: str) -> None:
    """An absolute path is gone from a message, bare or quoted; the words around it stay."""
    assert without_paths(message.format("/" + "/".join(parts))) == message.format("(path)")


def test_the_probes_of_this_machine_leave_no_path(tmp_path: Path) -> None:
    """The bundle of a real examination names no path but the two that a promise is about."""
    path = tmp_path / "bug.zip"
    write_bundle(path, doctor(), None)
    with zipfile.ZipFile(path) as bundle:
        found = json.loads(bundle.read("doctor.json"))
    told = json.dumps(found).replace("cannot read /etc/passwd", "").replace("cannot read /proc", "")
    assert len(found["checks"]) > 10
    assert not re.findall(r"""[\s'"]/\w+""", told)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(RunMissingError, match="no run here"):
        write_bundle(tmp_path / "bug.zip", REPORT, tmp_path)


def test_it_has_a_name_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`auditor doctor --bundle` writes auditor-bug.zip here; `-o` names another file; `--run` alone is refused."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("auditor.verify.doctor", lambda **_: REPORT)
    for words, name in (([], "auditor-bug.zip"), (["-o", "other.zip"], "other.zip")):
        done = CliRunner().invoke(app, ["doctor", "--bundle", *words])
        assert name in done.stderr
        assert zipfile.is_zipfile(tmp_path / name)
    refused = CliRunner().invoke(app, ["doctor", "--run", "x"])
    assert isinstance(refused.exception, UsageError)

"""A run folder belongs to one way of asking, and records its provenance without details of the machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.analysis import Counts, analyze
from auditor.config import ProgramScope, load_config
from auditor.errors import AuditorError, OutputError, StoreError, UsageError
from auditor.gates import RunView
from auditor.pipeline import Run, carry_out
from auditor.pipeline.document import _is_simulated
from auditor.pipeline.export import rows
from auditor.pipeline.progress import Advance, Silent
from auditor.pipeline.run import claim_model, model_identity, redacted
from auditor.pipeline.stages import START_SECONDS
from auditor.records import Sample, SampleStatus
from auditor.results import (
    Across,
    AnalysisOptions,
    BenchmarkFacts,
    ExclusionRule,
    Exclusions,
    Provenance,
    ReportDocument,
)
from auditor.sampling.request import requests

SETTINGS = """
[benchmark]
source = "demo"

[[model]]
name = "m"
base_url = "http://user:pass-word@localhost:1/v1"
prompt = "{folder}/ask.jinja"

[[model]]
name = "s"
simulated = "weak"
"""


PROVENANCE = Provenance(
    auditor="0", python="3", platform="p", tools={}, config={}, sandbox=None, harness_errors=0, rubric=None,
    benchmark=BenchmarkFacts(name="b", source="b", digest="d", tasks=0),
)  # fmt: skip
TASK = {
    "task_id": "T/1", "prompt": "def one():\n", "entry_point": "one", "reference": "def one():\n    return 1\n",
    "base": {"inputs": [[]]}, "plus": {"inputs": [[]]},
}  # fmt: skip


class Watched(Silent):
    """Keeps how far each stage came: title → [done, total]."""

    def __init__(self) -> None:
        self.stages: dict[str, list[int]] = {}
        self.work: dict[str, list[float]] = {}

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        """Begin to count."""
        count = self.stages[title] = [kept, total]
        cost = self.work[title] = [0.0, work]

        def advance(done: int, work: float = 0.0) -> None:
            count[0] += done
            cost[0] += work

        return advance


class Heard(Silent):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.told: list[str] = []

    def tell(self, message: str) -> None:
        """Keep what was told of the work."""
        self.told.append(message)

    def note(self, message: str) -> None:
        """Keep a note."""
        self.notes.append(message)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose two models have been claimed, without a sample."""
    (tmp_path / "ask.jinja").write_text("{{ prompt }}")
    (tmp_path / "audit.toml").write_text(SETTINGS.replace("{folder}", str(tmp_path)))
    run = Run.open(tmp_path / "audit.toml", tmp_path / "run", Heard())
    with run.store() as store:
        for model in run.config.model:
            claim_model(store, model)
    return run


def sample(status: SampleStatus = SampleStatus.TRUNCATED, served: str | None = None) -> Sample:
    return Sample("m", "Demo/longest_streak", 0, "hash", status, "", None, "none", served_model=served)


def test_another_template_under_the_same_path_is_refused(run: Run, tmp_path: Path) -> None:
    """Answers to two prompts never count as one model's."""
    with run.store() as store:
        claim_model(store, run.config.model[0])
        (tmp_path / "ask.jinja").write_text("Please: {{ prompt }}")
        with pytest.raises(StoreError, match=r"ask\.jinja has changed since it was used \(SHA-256 \w{12} then"):
            claim_model(store, run.config.model[0])


def test_a_run_may_be_moved_with_its_template(run: Run, tmp_path: Path) -> None:
    """Where a template lies says nothing about the answers, what is in it does."""
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("ask.jinja", "audit.toml", "run"):
        (tmp_path / name).rename(moved / name)
    text = (moved / "audit.toml").read_text().replace(str(tmp_path), ".")
    (moved / "audit.toml").write_text(text)
    again = Run.open(moved / "audit.toml", moved / "run")
    with again.store() as store:
        claim_model(store, again.config.model[0])


def test_an_unknown_stage_is_refused_before_any_begins(run: Run) -> None:
    """The refusal names the stages, and no earlier stage of the list has run."""
    with pytest.raises(UsageError, match=r"no stage 'grade'.*sample, verify, score, analyze, report"):
        carry_out(run, ("report", "grade"))


def test_no_stage_takes_a_folder_of_other_settings(run: Run) -> None:
    """A report would otherwise name settings under which nothing was sampled; the old ones stay on record."""
    first = run.config.model[0].model_copy(update={"temperature": 0.1})
    other = replace(run, config=run.config.model_copy(update={"model": (first,)}))
    for stage in ("verify", "report"):
        with pytest.raises(StoreError, match="temperature"):
            carry_out(other, (stage,))
    with run.store() as store:
        assert store.meta.config["model"][0]["temperature"] == 0.8


def test_settings_on_record_name_no_folder_and_no_password(tmp_path: Path) -> None:
    """What a report shows of the settings can be given to anybody; a hub id stays whole."""
    (tmp_path / "tasks.jsonl").write_text("")
    text = SETTINGS.replace("{folder}", "prompts").replace('"demo"', '"tasks.jsonl"\nbase = "openai/openai_humaneval"')
    own = '[[model]]\nname = "r"\nrecorded = "samples.jsonl"\n[style]\nrubric = "rubrics/team.toml"\n'
    (tmp_path / "audit.toml").write_text(text + own)
    plain = redacted(load_config(tmp_path / "audit.toml"))
    assert (plain["benchmark"]["source"], plain["benchmark"]["base"]) == ("tasks.jsonl", "openai/openai_humaneval")
    assert plain["model"][2]["recorded"] == "samples.jsonl"
    assert (plain["model"][0]["prompt"], plain["style"]["rubric"]) == ("ask.jinja", "team.toml")
    assert str(tmp_path) not in str(plain)
    assert "pass-word" not in str(plain)


def test_simulated_samples_stay_simulated_when_the_settings_forget_them(run: Run) -> None:
    """What a model is called follows from how its samples were drawn."""
    without = replace(run, config=run.config.model_copy(update={"model": run.config.model[:1]}))
    with without.store() as store:
        assert _is_simulated(without, store, "s")
        assert not _is_simulated(without, store, "m")


def test_a_simulated_model_without_a_seed_is_one_with_seed_0(run: Run) -> None:
    """One rule for the seed: requests, the run's record and the settings agree."""
    drawn, plain = run.config.model[1], run.config.model[0]
    seeded = drawn.model_copy(update={"seed": 0})
    assert (drawn.first_seed, plain.first_seed, plain.model_copy(update={"seed": 7}).first_seed) == (0, None, 7)
    assert model_identity(drawn) == model_identity(seeded)
    tasks = run.benchmark.tasks[:1]
    assert [request.hashes for request in requests(drawn, tasks, set())] == [
        r.hashes for r in requests(seeded, tasks, set())
    ]
    assert next(requests(drawn, tasks, set())).body["seed"] == 0


def test_a_served_name_may_hold_a_comma(run: Run) -> None:
    """Names are kept apart by the database, not by a character that they may contain."""
    with run.store() as store:
        store.add_samples([sample(served="org/a,b")])
        assert store.sampling_totals()[0].served_models == ("org/a,b",)


def test_samples_without_a_program_are_named_as_the_reason(run: Run) -> None:
    """If everything was cut off, the remedy is not to verify once more."""
    with run.store() as store:
        store.add_samples([sample()])
    left_out = run.changed({"analysis": {"unanswered": "leave_out"}})
    with pytest.raises(
        AuditorError, match=r"no sample could be judged, .*: 1 truncated — .*unanswered = .count."
    ) as error:
        carry_out(left_out, ("analyze",))
    assert error.value.exit_code == 1
    carry_out(run, ("analyze",))


@pytest.mark.parametrize("scope", ["accepted", "all"])
def test_what_has_no_verdict_is_scored_on_request_and_else_named(run: Run, scope: str) -> None:
    """With scope = "all" every program gets its style, judged or not; with "accepted" the remedy is said."""
    solution = "def longest_streak(values):\n    return 0\n"
    drawn = replace(sample(SampleStatus.OK), solution=solution, raw=solution)
    with run.store() as store:
        store.add_samples([drawn])
    asked = run.changed({"style": {"scope": scope}})
    carry_out(asked, ("score",))
    with run.store() as store:
        scored = store.style_programs(store.meta.rubric.hash)
    assert isinstance(run.progress, Heard)
    named = [note for note in run.progress.notes if "auditor verify" in note]
    assert (len(scored), len(named)) == ((1, 0) if scope == "all" else (0, 1))


def test_changed_settings_are_checked_like_those_of_the_file(run: Run) -> None:
    """A word becomes the member that it names, and a wrong one is refused by key with the words there are."""
    assert run.changed({"verify": {"oracle_for": "all"}}).config.verify.oracle_for is ProgramScope.ALL
    with pytest.raises(UsageError, match=r"scope is 'some' — it must be 'accepted' or 'all'"):
        run.changed({"style": {"scope": "some"}})


def test_a_model_that_the_settings_no_longer_name_is_spoken_of(tmp_path: Path) -> None:
    """A renamed model stays in its folder's report under its old name, and the user is told."""
    (tmp_path / "tasks.jsonl").write_text(json.dumps(TASK) + "\n")
    (tmp_path / "samples.jsonl").write_text('{"task_id": "T/1", "solution": "def one():\\n    return 1\\n"}\n')
    settings = '[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "{}"\nrecorded = "samples.jsonl"\n'
    heard = Heard()
    for name in ("old", "new"):
        (tmp_path / "audit.toml").write_text(settings.format(name))
        carry_out(Run.open(tmp_path / "audit.toml", tmp_path / "run", heard), ("sample", "verify", "analyze"))
    assert next(note for note in heard.notes if "no longer in the settings" in note).startswith("old: ")
    assert [row["model"] for row in rows(tmp_path / "run", "analysis")] == ["new", "old"]
    assert list(next(rows(tmp_path / "run", "analysis")))[:3] == ["model", "tasks", "samples"]


def test_every_stage_that_begins_comes_to_its_end(tmp_path: Path) -> None:
    """A finished run leaves no bar short of its total, and begins no stage that has nothing to do."""
    slow = TASK | {"reference": "def one():\n    return 1 + 0 * sum(range(1_000_000))\n"}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(slow) + "\n")
    (tmp_path / "samples.jsonl").write_text('{"task_id": "T/1", "solution": "def one():\\n    return 1\\n"}\n')
    (tmp_path / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "r"\nrecorded = "samples.jsonl"\n'
    )
    watched = Watched()
    carry_out(Run.open(tmp_path / "audit.toml", tmp_path / "run", watched))
    assert {"verifying", "scoring style", "analyzing", "writing the report"} <= watched.stages.keys()
    assert all(done == total for done, total in watched.stages.values() if total)
    done, cost = watched.work["verifying"]
    assert done == pytest.approx(cost)
    assert cost > START_SECONDS * watched.stages["verifying"][1]  # what the references took is in it


def test_a_folder_without_its_report_says_which_command_writes_it(run: Run) -> None:
    """A run whose report was deleted or never written is told from a folder that contains no run."""
    with pytest.raises(UsageError, match="`auditor report` writes its report again"):
        RunView.open(run.folder)
    with pytest.raises(UsageError, match="name a folder that `auditor run` has finished"):
        RunView.open(run.folder.parent)


def test_a_report_that_cannot_be_written_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a missing permission names file and remedy."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "index.html")

    monkeypatch.setattr("auditor.report.write_report", full)
    counts = Counts("m", ("t",), [2], [1], [1])
    entry = ReportDocument(
        title="t", models=(), across=Across(attempts=1, line=None, reach=(), paired=()), gates=(), tasks=(),
        options=AnalysisOptions(), exclusions=Exclusions(rule=ExclusionRule.NONE), provenance=PROVENANCE,
    )  # fmt: skip
    monkeypatch.setattr("auditor.pipeline.report.document", lambda *_: entry)
    with run.store() as store:
        store.meta.analysis = analyze([counts], AnalysisOptions(resamples=0))
    with pytest.raises(OutputError, match=r"index.html: cannot be written: No space left on device — free"):
        carry_out(run, ("report",))

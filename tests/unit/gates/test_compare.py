"""Two runs side by side."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from auditor.config import GateConfig
from auditor.errors import UsageError
from auditor.gates import compare as comparing
from auditor.gates import evaluate
from auditor.gates.compare import Comparison, ComparisonRow, Direction, compare
from auditor.gates.compare.wording import gap
from auditor.gates.metrics import METRICS
from auditor.results import CountedEstimate, Estimate, Unit
from tests.unit.gates.builders import BENCHMARK, RUBRIC, MadeRun, counts, entry, view


class Tags(HTMLParser):
    """Keeps the stack of open tags; a tag closed out of turn stays on it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.open.append(f"/{tag}")


def row(comparison: Comparison, metric: str, **parameters: object) -> ComparisonRow:
    (found,) = [
        r for r in comparison.pairs[0].rows if r.metric == metric and parameters.items() <= r.parameters.items()
    ]
    return found


@pytest.fixture
def runs(tmp_path: Path) -> tuple[MadeRun, MadeRun]:
    """Two runs of one model: B is right more often and better written, and judged some programs again."""
    a, b = MadeRun(tmp_path / "a"), MadeRun(tmp_path / "b")
    for index in range(12):
        task = f"T/{index:02d}"
        a.add("m", task, "good", times=3, score=0.4)
        a.add("m", task, "bad", kind="fp", times=3, score=0.2)
        b.add("m", task, "good", times=6, score=0.9)
    return a, b


def test_a_better_run_is_seen_to_be_better(runs: tuple[MadeRun, MadeRun]) -> None:
    """Accuracy, ceiling and style of a clearly better run come out better, its false discoveries too."""
    found = compare(runs[0].open(), runs[1].open())
    for metric in ("single_sample_accuracy", "conditional_accuracy", "false_discovery_rate"):
        assert row(found, metric).change == "better"
    assert row(found, "single_sample_accuracy").difference.value == pytest.approx(0.5)
    assert row(found, "style_score", group="accepted").change == "better"
    assert row(found, "adherence", criterion="names", group="accepted").difference.value == pytest.approx(1.0)
    backwards = compare(runs[1].open(), runs[0].open())
    assert row(backwards, "conditional_accuracy").change == "worse"


def test_a_run_against_itself_is_the_same(runs: tuple[MadeRun, MadeRun]) -> None:
    """No number of a run differs from itself, and no program changed."""
    found = compare(runs[0].open(), runs[0].open())
    assert {r.difference.value for r in found.pairs[0].rows if r.difference.value is not None} == {0.0}
    assert {r.change for r in found.pairs[0].rows} == {Direction.EQUAL}
    assert (found.changed, found.flaky, found.shared_programs) == ((), (), 24)


def test_changed_programs_and_flaky_ones_apart(tmp_path: Path) -> None:
    """A program judged differently is listed with both outcomes; a flaky one is listed apart; new ones do not count."""
    a, b = MadeRun(tmp_path / "a"), MadeRun(tmp_path / "b")
    kept = a.add("m", "T/1", "kept")
    b.add("m", "T/1", "kept")
    turned = a.add("m", "T/1", "turned", times=2)
    b.add("m", "T/1", "turned", kind="fp", times=3)
    lost = a.add("m", "T/2", "lost", kind="fp")
    b.add("m", "T/2", "lost", kind="tn")
    shaky = a.add("m", "T/2", "shaky")
    b.add("m", "T/2", "shaky", kind="fp", flaky=True)
    b.add("m", "T/2", "new")
    found = compare(a.open(), b.open())
    assert [(c.program, c.suite, c.a, c.b, c.samples_a, c.samples_b) for c in found.changed] == [
        (turned, "plus", "pass", "fail", 2, 3),
        (lost, "base", "pass", "fail", 1, 1),
    ]
    assert [c.program for c in found.flaky] == [shaky]
    assert found.shared_programs == 4
    assert kept not in {c.program for c in (*found.changed, *found.flaky)}


def test_only_common_tasks_are_compared() -> None:
    """Tasks of one run only are left out and counted."""
    found = compare(
        view(entry("m", [("A", 4, 4, 4), ("B", 4, 4, 0)])), view(entry("m", [("A", 4, 4, 4), ("C", 4, 0, 0)]))
    )
    (pair,) = found.pairs
    assert (pair.tasks, pair.only_a, pair.only_b) == (1, 1, 1)
    assert row(found, "single_sample_accuracy").difference.value == 0


def test_models_match_by_name_or_as_named() -> None:
    """Equal names pair up and the rest is listed; two names pair any two; one lone model each needs no names."""
    a, b = (
        view(*(entry(name, counts(3, 2, 2, 1)) for name in "xy")),
        view(*(entry(name, counts(3, 2, 2, 2)) for name in "yz")),
    )
    found = compare(a, b)
    assert [(pair.model_a, pair.model_b) for pair in found.pairs] == [("y", "y")]
    assert (found.unmatched_a, found.unmatched_b) == (("x",), ("z",))
    crossed = compare(a, b, model_a="x", model_b="z")
    assert [(pair.model_a, pair.model_b) for pair in crossed.pairs] == [("x", "z")]
    lone = compare(view(entry("p", counts(3, 2, 2, 1))), view(entry("q", counts(3, 2, 2, 1))))
    assert [(pair.model_a, pair.model_b) for pair in lone.pairs] == [("p", "q")]


@pytest.mark.parametrize(
    ("names", "message"),
    [({}, "no model in common"), ({"model_a": "w"}, "no model 'w'"), ({"model_a": "x"}, "name one of v, z")],
)
def test_what_cannot_be_matched_is_refused(names: dict[str, str], message: str) -> None:
    """No common model, an unknown one, and one of several without a partner are refused by name."""
    a, b = (view(*(entry(name, counts(3, 2, 2, 1)) for name in pair)) for pair in ("xy", "vz"))
    with pytest.raises(UsageError, match=message):
        compare(a, b, **names)


def test_a_model_without_samples_does_not_stand_in_the_way() -> None:
    """A model that left nothing in one run is listed apart, and the others are compared."""
    a = view(entry("m", counts(3, 2, 2, 1)), entry("lost", []))
    b = view(entry("m", counts(3, 2, 2, 1)), entry("lost", counts(3, 2, 2, 1)))
    found = compare(a, b)
    assert [pair.model_a for pair in found.pairs] == ["m"]
    assert (found.unmatched_a, found.unmatched_b) == (("lost",), ("lost",))


def test_disjoint_runs_are_refused() -> None:
    """Runs without a common task cannot be compared."""
    with pytest.raises(UsageError, match="share no analysed task"):
        compare(view(entry("m", [("A", 1, 1, 1)])), view(entry("m", [("B", 1, 1, 1)])))


def test_other_tests_and_other_rubrics_are_noted(runs: tuple[MadeRun, MadeRun]) -> None:
    """Another benchmark digest is said; style of another rubric is left out and said."""
    a, b = (made.open() for made in runs)
    b = replace(b, benchmark=replace(BENCHMARK, digest="e" * 64), rubric=replace(RUBRIC, hash="0"))
    found = compare(a, b)
    assert any("tests differ" in note for note in found.notes)
    assert any("style is left out" in note for note in found.notes)
    assert not [r for r in found.pairs[0].rows if r.metric.startswith(("style", "adherence"))]


def test_draws_at_two_prices_are_noted() -> None:
    """Utilities that charge differently for a draw are not set side by side without a word."""
    rows = counts(3, 2, 2, 1)
    free, paid = (view(entry("m", rows, draw_cost=cost)) for cost in (0.0, 0.05))
    assert any("attempts of m cost 0 and 0.05" in note for note in compare(free, paid).notes)
    assert not any("attempts of" in note for note in compare(paid, paid).notes)


def test_forms_hold_all_and_stay_harmless(runs: tuple[MadeRun, MadeRun]) -> None:
    """Each form shows the numbers; hostile names cannot break HTML, Markdown, a terminal or JSON."""
    evil = "<script>alert(1)</script>|\x1b[2J"
    for made in runs:
        made.rows[evil] = made.rows.pop("m")
    found = compare(runs[0].open(), runs[1].open())
    html, markdown, text = comparing.to_html(found), comparing.to_markdown(found), comparing.to_text(found)
    assert html.lstrip().startswith("<!doctype html>")
    assert "Content-Security-Policy" in html
    assert "<script>alert" not in html + markdown
    assert html.count("<script>") == 1, "the page's own, named by its hash"
    assert "\x1b" not in html + markdown + text
    assert "accepted answers that are correct" in html
    assert "accepted answers that are correct" in markdown
    assert "accepted answers that are correct" in text
    assert "\x1b[2J" not in comparing.to_text(found, width=100)
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    data = json.loads(comparing.to_json(found))
    assert data["schema"] == "auditor/comparison/2"
    assert data["pairs"][0]["model_a"] == evil


def test_every_change_has_its_sign_and_no_list_is_announced_that_cannot_be(runs: tuple[MadeRun, MadeRun]) -> None:
    """Differences of shares and of other figures are signed alike; programs are listed only if both runs have some."""
    found = compare(runs[0].open(), runs[1].open())
    rows = [one for pair in found.pairs for one in pair.rows if one.difference.value is not None]
    assert {one.unit for one in rows} > {Unit.SHARE}
    for one in rows:
        amount, interval = gap(one)
        value = one.difference.value
        assert (amount[0] == "+", amount[0] == "−") == (value > 0, value < 0) or float(amount) == 0
        assert bool(interval) is (one.change is not Direction.EQUAL)
    assert "Programs whose verdict changed" in comparing.to_html(found)
    assert "Programs whose" not in comparing.to_html(replace(found, shared_programs=0, changed=(), flaky=()))


def test_what_is_not_clear_has_an_interval_beside_it_that_includes_zero(runs: tuple[MadeRun, MadeRun]) -> None:
    """Where the difference's own interval excludes zero, the deciding one is shown; it holds the difference's own."""
    found = compare(runs[0].open(), runs[1].open())
    for one in (one for pair in found.pairs for one in pair.rows):
        if one.deciding.bounded and one.difference.low is not None and one.difference.high is not None:
            assert (one.deciding.low or 0.0) <= one.difference.low
            assert (one.deciding.high or 0.0) >= one.difference.high
    own, wide = CountedEstimate(0.09, 0.043, 0.137, 40), Estimate(0.09, -0.01, 0.18)
    score = replace(
        row(found, "single_sample_accuracy"), difference=own, deciding=wide, unit=Unit.SHARE, change=Direction.UNCLEAR
    )
    assert gap(score) == ("+9.0", "+4.3 to +13.7; deciding −1.0 to +18.0")
    assert gap(replace(score, change=Direction.BETTER))[1] == "+4.3 to +13.7"
    assert gap(replace(score, difference=CountedEstimate(0.09, -0.01, 0.18, 40)))[1].count("to") == 1


def test_compare_and_gate_show_one_figure(tmp_path: Path) -> None:
    """Each number of either run is what its gates give; if only some tasks are compared, both numbers are named."""
    a, b = MadeRun(tmp_path / "a"), MadeRun(tmp_path / "b")
    for index in range(6):
        task = f"T/{index}"
        a.add("m", task, "good", times=2, score=0.9)
        a.add("m", task, "bad", kind="fp", score=0.1 * index)
        b.add("m", task, "good", times=2, score=0.5)
        if index > 2:
            b.add("m", task, "bad", kind="fp", score=0.2)
    runs = a.open(), b.open()
    (pair,) = compare(*runs).pairs
    for found in pair.rows:
        metric = METRICS[found.metric]
        rule = {"metric": metric.name, "min": max(metric.lowest, -9), "confidence": 0} | dict(found.parameters)
        judged = [evaluate([GateConfig.model_validate(rule)], run)[0].value for run in runs]
        assert [found.a_alone, found.b_alone] == pytest.approx(judged), found.metric
        named = {found.a.value: found.a_alone, found.b.value: found.b_alone}
        assert found.differs_alone == any(one != pytest.approx(alone) for one, alone in named.items())
    wrong = row(compare(*runs), "style_score", group="false_positive")
    assert (wrong.a.value, wrong.a_alone) == (pytest.approx(0.4), pytest.approx(0.25))
    text = comparing.to_text(compare(*runs))
    (shared, own) = text[text.index("style score, of wrong answers") :].splitlines()[:2]
    assert shared.split()[5:7] == ["40.0", "%"]
    assert own.startswith("– over all own tasks")
    assert "25.0 %" in own


@pytest.mark.parametrize("color", [False, True])
def test_a_comparison_fits_a_terminal(runs: tuple[MadeRun, MadeRun], color: bool) -> None:
    """At 80 columns no line is wider, no word is broken, and colours come only if they are wanted."""
    text = comparing.to_text(compare(runs[0].open(), runs[1].open()), width=80, color=color)
    assert ("\x1b[" in text) == color
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    table = plain[plain.index("figure") : plain.index("Programs whose")]
    assert max(map(len, table.splitlines())) <= 80
    assert {"accepted", "answers", "attempts"} <= set(table.split())
    assert re.search(
        r"^single answers that are +50\.0 % +100\.0 % +\+50\.0 \(\S+ to \S+\) +better *\ncorrect *$",
        table,
        re.MULTILINE,
    )

"""The forms in which results leave."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from sarif_pydantic import Sarif

from auditor.config import GateConfig
from auditor.errors import UsageError
from auditor.gates import GateResult, Judgement, RunView, evaluate, to_text
from auditor.gates.choose import choose
from auditor.gates.metrics import METRICS
from auditor.gates.metrics.plain_words import IN_PLAIN_WORDS
from auditor.gates.outputs import to_github, to_json, to_junit, to_markdown, to_sarif, write_programs
from auditor.gates.outputs.program_files import program_uri
from auditor.gates.wording import number
from auditor.results import Terms
from tests.examples import examples
from tests.unit.gates.builders import MadeRun, counts, entry, finding, view
from tests.unit.gates.sarif_schema import SCHEMA


def rule(**keys: Any) -> GateConfig:
    return GateConfig.model_validate({"metric": "single_sample_accuracy", "min": 0.8} | keys)


RULES = [
    rule(reason="because"),
    rule(metric="false_discovery_rate", min=None, max=0.1, severity="warning"),
    rule(metric="draws_per_correct", attempts=2, min=None, max=4),
]
RUN = view(
    entry("good", counts(150, 20, 19, 19)),
    entry("bad", counts(150, 20, 10, 0)),
    entry("tiny", counts(3, 20, 20, 20)),
)
RESULTS = evaluate(RULES, RUN)
HOSTILE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "a|b\nc",
        "]]>",
        "::error::x",
        "\x1b[2J\x00",
        "@team `rm`",
        "[x](javascript:y)",
    ]
)


def hostile(text: str) -> list[GateResult]:
    """Results whose model, rule and reason are this text."""
    run = view(entry(text, counts(20, 4, 3, 1)))
    return evaluate([rule(name=text, reason=text), rule(name=text, reason=text, min=0.2)], run)


def test_junit_counts_and_cases_agree() -> None:
    """junitparser reads one case for each rule and model, failures, errors and skips as they are."""
    suites = JUnitXml.fromstring(to_junit(RESULTS).encode())
    (suite,) = list(suites)
    cases = list(suite)
    assert len(cases) == suite.tests == len(RESULTS) == 9
    by_name = {case.name: case for case in cases}
    for result in RESULTS:
        found = [type(one) for one in by_name[f"{result.rule} [{result.model}]"].result]
        if result.verdict is Judgement.PASS:
            assert found == []
        elif result.severity == "warning":
            assert found == [Skipped]
        else:
            assert found == [Failure if result.verdict is Judgement.FAIL else Error]
    kinds = [[type(one) for one in case.result] for case in cases]
    assert (suite.failures, suite.errors, suite.skipped) == tuple(kinds.count([k]) for k in (Failure, Error, Skipped))
    assert suite.failures
    assert suite.errors
    assert suite.skipped


def test_json_holds_all_and_is_json() -> None:
    """The JSON form names verdict and exit code, every result, and null if a bound is infinite."""
    data = json.loads(to_json(RESULTS), parse_constant=lambda name: pytest.fail(name))
    assert (data["verdict"], data["exit_code"], len(data["gates"])) == ("fail", 3, len(RESULTS))
    unbounded = [g for g in data["gates"] if g["metric"] == "draws_per_correct" and g["model"] == "bad"]
    assert unbounded[0]["high"] is None


def test_the_decision_leads_the_comment_and_is_in_the_data() -> None:
    """Comment and JSON hold the decision that the gates and the choice give; no name in it is markup."""
    choice = choose(view(entry("g<b>d", counts(50, 10, 8, 8)), entry("bad", counts(50, 10, 8, 4))), Terms(1.0))
    gates = [replace(RESULTS[0], model="g<b>d", verdict=Judgement.PASS, members=())]
    text, data = to_markdown(gates, choices=[choice]), json.loads(to_json(gates, [choice]))
    assert data["decision"]["kind"] == "accept"
    assert data["decision"]["model"] == "g<b>d"
    assert text.splitlines()[3].startswith("**Decision: accept g")
    assert to_text(gates, [choice]).splitlines()[-2].startswith("Decision: accept g<b>d with")
    assert max(map(len, to_text(gates, [choice], width=60).splitlines())) <= 100
    assert "<b>" not in text


def test_text_is_one_line_a_result_in_a_pipe() -> None:
    """Without a terminal there is one line for each result, verdict first, and one that sums up."""
    lines = to_text(RESULTS).splitlines()
    assert len(lines) == len(RESULTS) + 1
    assert lines[-1].startswith("gate: fail (")
    assert {line.split()[0] for line in lines[:-1]} == {"pass", "FAIL", "inconclusive", "warning"}


@pytest.mark.parametrize("width", [60, 200])
def test_a_table_keeps_to_its_width(width: int) -> None:
    """On a terminal no line is wider than it, and colours only come if asked for."""
    table = to_text(RESULTS, width=width)
    assert max(map(len, table.splitlines())) <= max(width, 100)
    assert "\x1b[" not in table
    assert "\x1b[" in to_text(RESULTS, width=width, color=True)


def test_no_gates_are_said() -> None:
    """No result is no empty page."""
    assert to_text([]) == "no gates"


def test_markdown_has_a_row_a_result() -> None:
    """The table has one row for each result, and a note for each that does not pass."""
    text = to_markdown(RESULTS)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == len(RESULTS) + 1
    assert {row.count("|") for row in rows} == {7}
    assert len([line for line in text.splitlines() if line.startswith("- ")]) == sum(
        result.verdict is not Judgement.PASS for result in RESULTS
    )
    assert "because" in text
    assert "| ✅ passes | good | single answers that are correct | 95.0 % | " in text
    assert re.search(r"\| accepted answers that are wrong, within \d+ attempts \| 100.0 % \| ", text)
    assert "| at most 10 % |" in text
    assert "### ❌ The gate fails" in text
    assert set(IN_PLAIN_WORDS) <= set(METRICS)


def test_markdown_links_the_report_and_nothing_else() -> None:
    """The address is a link's target, whatever is in it."""
    text = to_markdown(RESULTS, link="https://ci.example/runs/1) <b>x")
    assert text.endswith("[Read the report](https://ci.example/runs/1%29%20%3Cb%3Ex)\n")
    assert "Read the report" not in to_markdown(RESULTS)


def test_github_annotates_by_severity() -> None:
    """Errors for what blocks, warnings for warnings, one notice, each on a line of its own."""
    lines = to_github(RESULTS).splitlines()
    assert [line.split()[0].split("::")[1] for line in lines].count("notice") == 1
    levels = [re.match(r"::(\w+) ", line)[1] for line in lines[:-1]]  # type: ignore[index]
    expected = [r.severity for r in RESULTS if r.verdict is not Judgement.PASS]
    assert levels == expected


@given(HOSTILE)
@examples(60)
def test_hostile_names_break_no_form(text: str) -> None:
    """Whatever a model or rule is called, XML, JSON, Markdown, commands and terminal stay whole."""
    results = hostile(text)
    suite = next(iter(JUnitXml.fromstring(to_junit(results).encode("utf-8"))))
    assert suite.tests == 2
    assert len(json.loads(to_json(results).encode("utf-8", "replace"))["gates"]) == 2
    assert all(line.startswith("::") for line in to_github(results).split("\n") if line)
    markdown = to_markdown(results)
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}
    assert "<" not in markdown.replace("<!-- auditor gate -->", "")
    plain = to_text(results)
    assert len(plain.splitlines()) == 3
    assert all(char.isprintable() for line in plain.splitlines() for char in line)
    assert "\x1b" not in to_text(results, width=90)


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> RunView:
    """A run with findings on true and false positives, on the prompt, and doubled."""
    made = MadeRun(tmp_path_factory.mktemp("run"))
    for index in range(3):
        made.add("org/model: 7b", f"T/{index}", "good", findings=[finding(2), finding(1, in_prompt=True)])
        made.add(
            "org/model: 7b", f"T/{index}", "bad", kind="fp",
            findings=[finding(1), finding(1, rule="C0301", tool="pylint", duplicate=True, url="https://x.example/c"),
                      finding(1, rule="D103", criterion="")],
        )  # fmt: skip
        made.add("..", f"T/{index}", "good", score=None)
    return made.open()


def test_sarif_is_valid(styled: RunView) -> None:
    """The file keeps to the schema of SARIF 2.1.0 and an independent reader takes it."""
    results = evaluate(RULES[:1], styled)
    text = to_sarif(results, styled)
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(json.loads(text))
    log = Sarif.model_validate_json(text)
    assert log.version == "2.1.0"
    (run,) = log.runs
    assert run.results is not None
    assert [one.level.value for one in run.results if one.level] == ["error"] * 3 + ["warning"] * 3 + ["note"] * 6
    assert run.tool.driver.rules is not None
    for one in run.results:
        assert one.rule_index is not None
        assert run.tool.driver.rules[one.rule_index].id == one.rule_id
    (invocation,) = json.loads(text)["runs"][0]["invocations"]
    assert len(invocation["toolExecutionNotifications"]) == len(results) == 2


def test_sarif_points_at_the_lines_it_speaks_of(styled: RunView, tmp_path: Path) -> None:
    """Next to it the programs lie where it says, each a whole program with the line named."""
    log = json.loads(to_sarif([], styled))
    assert write_programs(styled, tmp_path) == 9
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    for place in places:
        path = tmp_path / place["artifactLocation"]["uri"]
        assert path.resolve().is_relative_to(tmp_path.resolve())
        lines = path.read_text().splitlines()
        ast.parse("\n".join(lines))
        assert 1 <= place["region"]["startLine"] <= len(lines)


def test_sarif_names_each_wrong_answer(styled: RunView) -> None:
    """A false positive is an error at the line that defines it, with its call, the value expected and the one got."""
    results = json.loads(to_sarif([], styled))["runs"][0]["results"]
    wrong = [one for one in results if one["ruleId"] == "auditor/wrong-answer"]
    assert len(wrong) == 3
    for one in wrong:
        assert one["level"] == "error"
        assert "solve_bad(1) gives 1, expected 2 (1 sample of org/model: 7b on T/" in one["message"]["text"]
        assert one["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_sarif_leaves_out_what_the_rubric_does_not_ask_and_counts_the_rest(styled: RunView) -> None:
    """Findings on the prompt, repeats and other rules are left out; beyond the limit wrong answers stay."""
    whole = json.loads(to_sarif([], styled))["runs"][0]
    assert whole["properties"] == {"wrong_answers": 3, "findings": 9, "shown": 12}
    assert {result["ruleId"] for result in whole["results"]} == {"auditor/wrong-answer", "ruff/E501"}
    cut = json.loads(to_sarif([], styled, most=4))["runs"][0]
    assert cut["properties"] == {"wrong_answers": 3, "findings": 9, "shown": 4}
    assert {result["properties"]["label"] for result in cut["results"]} == {"false_positive"}


def test_sarif_needs_the_database() -> None:
    """A bare report has no findings: refused by name."""
    with pytest.raises(UsageError, match=r"audit\.db"):
        to_sarif(RESULTS, RUN)


@given(st.text(max_size=400), st.text(max_size=40))
@examples(200)
def test_program_paths_stay_inside(model: str, task: str) -> None:
    """No model or task name can make a path leave its folder, nor hold what a URI cannot."""
    uri = program_uri(model, task, "0123abcd")
    parts = uri.split("/")
    assert len(parts) == 4
    assert re.fullmatch(r"[A-Za-z0-9._/-]+", uri)
    assert max(map(len, parts)) <= 128
    assert not any(part in {"", ".", ".."} or part.startswith(".") for part in parts)


def test_forms_are_the_same_twice(styled: RunView) -> None:
    """Every form gives the same bytes for the same run."""
    for form in (to_json, to_junit, to_markdown, to_github, to_text):
        assert form(evaluate(RULES, RUN)) == form(RESULTS)
    assert to_sarif(RESULTS, styled) == to_sarif(RESULTS, styled)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.25, "−0.250"),
        (0.25, "0.250"),
        (-0.0002, "−0.0002"),
        (-3.0, "−3"),
        (-120.04, "−120"),
        (0.0, "0"),
        (None, "–"),
    ],
)
def test_numbers_have_one_minus_sign(value: float | None, text: str) -> None:
    """The sign of numbers is that of differences in points."""
    assert number(value) == text

"""Results and JSON: the round trip, what is refused, and the generated schemas."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from auditor.errors import InputError
from auditor.results import (
    Analysis,
    Difference,
    Estimate,
    GateResult,
    ModelAnalysis,
    ReportDocument,
    SampleOutcomes,
    from_json,
    from_plain,
    json_schema,
    to_json,
    to_plain,
)
from tests.unit.results.schemas import FOLDER, SCHEMAS, generated
from tests.unit.results.strategies import made

ROOT = Path(__file__).resolve().parents[3]
TYPES = (ReportDocument, ModelAnalysis, GateResult, SampleOutcomes)
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", [True, False], ids=["json", "plain"])
def test_a_round_trip_changes_nothing(kind: type, text: bool) -> None:
    """What is written and read again is equal, whatever texts it holds."""

    @SLOW
    @given(made(kind))
    def check(value: Any) -> None:
        again = from_json(kind, to_json(value)) if text else from_plain(kind, to_plain(value))
        assert again == value

    check()


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_written_follows_the_schema(kind: type) -> None:
    """Every document is valid under the schema generated from its type."""
    validator = Draft202012Validator(json_schema(kind))

    @SLOW
    @given(made(kind))
    def check(value: Any) -> None:
        errors = [f"{list(one.absolute_path)} {one.message[:200]}" for one in validator.iter_errors(to_plain(value))]
        assert errors == []

    check()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_the_generated_one(name: str) -> None:
    """Committed and generated schema are equal (``python -m tests.unit.results.schemas`` writes them)."""
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == generated(SCHEMAS[name])


@pytest.mark.parametrize("kind", [Analysis, ReportDocument])
def test_every_field_has_a_description(kind: type) -> None:
    """No field is left without a meaning, its own or its type's."""
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    bare = [
        f"{name}.{field}"
        for name, part in [("document", schema), *schema["$defs"].items()]
        for field, content in part.get("properties", {}).items()
        if "description" not in content and "$ref" not in content
    ]
    assert bare == []


@pytest.mark.parametrize(("change", "path"), [
    ({"value": "much"}, "value"),
    ({"low": []}, "low"),
    ({"tasks": -1}, "tasks"),
    ({"p": 1.5}, "p"),
    ({"value": float("inf")}, "value"),
])  # fmt: skip
def test_a_bad_field_is_named(change: dict[str, object], path: str) -> None:
    """The error names the field that is wrong, and the file."""
    good = {"value": 0.5, "low": 0.1, "high": 0.9, "tasks": 3, "p": 0.2, "p_adjusted": 0.4}
    assert from_plain(Difference, good) == Difference(0.5, 0.1, 0.9, tasks=3, p=0.2, p_adjusted=0.4)
    with pytest.raises(InputError, match=rf": {path} must ") as caught:
        from_plain(Difference, good | change, where="report.json")
    assert caught.value.where == "report.json"


def test_a_deep_field_is_named_by_its_path() -> None:
    """Lists and keys show in the path."""
    plain = {"samples": 1, "labelled": 1, "statuses": {}, "labels": {}, "outcomes": {"base": {"pass": -1}}, "flaky": 0,
             "duplicates": 0, "distinct_programs": 1}  # fmt: skip
    with pytest.raises(InputError, match=r"outcomes\.base\.pass must "):
        from_plain(SampleOutcomes, plain)


@pytest.mark.parametrize("text", ["", "{", "[1,", b"\xff\xfe{", "[" * 100_000])
def test_what_is_not_json_is_refused(text: str | bytes) -> None:
    """Broken text is one error for the user, not a traceback."""
    with pytest.raises(InputError, match="not JSON"):
        from_json(ReportDocument, text, where="report.json")


def test_infinite_bounds_become_null() -> None:
    """JSON has no infinity."""
    estimate = Estimate(0.5, float("-inf"), float("inf"))
    assert json.loads(to_json(estimate)) == {"value": 0.5, "low": None, "high": None}
    assert estimate.finite() == Estimate(0.5)


@pytest.mark.parametrize(("difference", "side"), [
    (Difference(0.1, 0.05, 0.2), 1),
    (Difference(-0.1, -0.2, -0.05, p_adjusted=0.01), -1),
    (Difference(-0.1, -0.2, -0.05, p_adjusted=0.05), 0),
    (Difference(0.1, 0.0, 0.2), 0),
    (Difference(0.1), 0),
])  # fmt: skip
def test_a_difference_is_clear_only_after_adjustment(difference: Difference, side: int) -> None:
    """The interval must exclude zero and the adjusted p value be below 0.05."""
    assert difference.side == side


def test_importing_the_types_loads_nothing_heavy() -> None:
    """Neither pydantic nor numpy is needed to have a result."""
    code = "import sys, auditor.results; print([m for m in ('pydantic', 'numpy', 'pandas') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_example_report_reads_and_writes_back() -> None:
    """The committed report is a document of this version, and reading what is written from it gives it back."""
    text = (ROOT / "reports" / "example" / "report" / "report.json").read_text(encoding="utf-8")
    document = from_json(ReportDocument, text)
    assert from_json(ReportDocument, to_json(document)) == document
    assert {model.model for model in document.models} == {"simulated-weak", "simulated-medium", "simulated-strong"}

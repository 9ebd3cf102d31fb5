"""The document's shape: schema, documentation and the pages agree."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from auditor.report import schema
from tests.report import documents
from tests.report.fields import DOC, END, START, table


def complaints(document: documents.Document) -> list[str]:
    validator = Draft202012Validator(schema())
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(document)]


def test_the_schema_is_a_schema() -> None:
    """It is itself valid under the 2020-12 meta-schema."""
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("document", [documents.make_document(tasks=4, samples=5), documents.make_hostile()],
                         ids=["plain", "hostile"])  # fmt: skip
def test_documents_of_these_tests_are_valid(document: documents.Document) -> None:
    """What the other tests render is what the schema allows."""
    assert complaints(document) == []


@pytest.mark.parametrize(("path", "value"), [
    (("models", 0, "single_sample_accuracy", "value"), 57),
    (("gates", 0, "verdict"), "maybe"),
    (("models", 0, "curve", 0, "attempts"), 0),
    (("schema",), "auditor/report/2"),
])  # fmt: skip
def test_the_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    """A percentage in the place of a share, an unknown verdict, K = 0 and another version are refused."""
    document = documents.make_document(models=2, tasks=3, samples=3, false_positives=1)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert len(complaints(document)) == 1


def test_every_field_is_documented() -> None:
    """docs/report.md holds the schema's fields, word for word (``python -m tests.report.fields`` rewrites them)."""
    text = DOC.read_text(encoding="utf-8")
    assert text.split(START)[1].split(END)[0].strip() == table(schema())


def test_every_field_has_a_meaning() -> None:
    """No field of the table is left without a description."""
    assert [row for row in table(schema()).splitlines()[2:] if row.endswith("|  |")] == []


def test_the_documents_use_only_documented_keys() -> None:
    """Every key of a synthetic document stands in the schema, so that the two grow together."""
    whole = schema()
    unknown: set[str] = set()

    def walk(value: object, node: dict[str, object], path: str) -> None:
        while "$ref" in node or "anyOf" in node:
            node = next((one for one in node.get("anyOf", ()) if "$ref" in one), node)  # type: ignore[attr-defined]
            node = whole["$defs"][str(node["$ref"]).rsplit("/", 1)[1]] if "$ref" in node else node
        if isinstance(value, list):
            for one in value:
                walk(one, node["items"], f"{path}[]")  # type: ignore[arg-type]
        elif isinstance(value, dict) and "properties" in node:
            for key, inner in value.items():
                known = node["properties"].get(key)  # type: ignore[attr-defined]
                if known is None:
                    unknown.add(f"{path}.{key}")
                else:
                    walk(inner, known, f"{path}.{key}")

    walk(documents.make_document(models=3, tasks=3, samples=4, false_positives=3), whole, "")
    assert unknown == set()

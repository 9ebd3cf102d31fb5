"""The document's shape: schema, types, documentation and the pages agree."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from auditor.errors import InputError
from auditor.report import schema
from auditor.results import ReportDocument, from_plain, to_plain
from tests.unit.report import documents
from tests.unit.report.fields import DOC, END, START, tables


def complaints(document: object) -> list[str]:
    validator = Draft202012Validator(schema())
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(document)]


@pytest.mark.parametrize("document", [documents.make_document(tasks=4, samples=5), documents.make_hostile()],
                         ids=["plain", "hostile"])  # fmt: skip
def test_documents_of_these_tests_are_valid(document: ReportDocument) -> None:
    """What the other tests render is what the schema allows."""
    assert complaints(to_plain(document)) == []


@pytest.mark.parametrize(("path", "value", "named"), [
    (("models", 0, "single_sample_accuracy", "value"), 57, r"models\[0\]\.single_sample_accuracy"),
    (("gates", 0, "verdict"), "maybe", r"gates\[0\]\.verdict"),
    (("models", 0, "curve", 0, "attempts"), 0, r"models\[0\]\.curve\[0\]\.attempts"),
    (("schema",), "auditor/report/1", "schema"),
])  # fmt: skip
def test_schema_and_reader_refuse(path: tuple[str | int, ...], value: object, named: str) -> None:
    """A percentage in the place of a share, an unknown verdict, K = 0 and another version are refused by both."""
    document = to_plain(documents.make_document(models=2, tasks=3, samples=3, false_positives=1))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert len(complaints(document)) == 1
    with pytest.raises(InputError, match=named):
        from_plain(ReportDocument, document)


def test_every_field_is_documented() -> None:
    """docs/report.md has the schema's fields, word for word (``python -m tests.unit.report.fields`` writes them)."""
    text = DOC.read_text(encoding="utf-8")
    assert text.split(START)[1].split(END)[0].strip() == tables(schema())


def test_every_field_has_a_meaning() -> None:
    """If a field has no description of its own, its type has one."""
    whole = schema()
    for node in [whole, *whole["$defs"].values()]:
        for name, inner in node.get("properties", {}).items():
            target = whole["$defs"][inner["$ref"].rsplit("/", 1)[1]] if "$ref" in inner else {}
            assert inner.get("description") or target.get("description"), name

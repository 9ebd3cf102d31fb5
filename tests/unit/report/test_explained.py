"""A page explains only what it shows: no chart's colours without the chart, no setting that had no effect."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from auditor.config import ModelConfig
from auditor.config.in_effect import ASKED, READ, in_effect
from auditor.json_types import JsonObject
from auditor.report import provenance
from auditor.report.charts.verifier import base_tests
from auditor.report.model_page import context
from auditor.report.render import page as render_page
from auditor.report.sentences.figures import one_sample
from auditor.report.write import shared
from auditor.results import BaseTestPoint, Estimate, ReportDocument
from tests.unit.report.documents import make_document
from tests.unit.report.rich import rich_document

DRAWN_BY = {
    "tinted gap": 'id="scaling"',
    "in colour": 'id="s(tyle-criteria|lices?-)',
    "two-type model": "by its printed formula|<dt>Two-type model</dt>",
    "beta-binomial": "A prediction, which is not drawn|<figure",
}
"""What is explained, and the chart or table that it explains."""


def without_style(document: ReportDocument) -> ReportDocument:
    return replace(document, models=tuple(
        replace(model, style=None, second_verifier=None, false_positives=()) for model in document.models
    ))  # fmt: skip


def without_tests(document: ReportDocument) -> ReportDocument:
    """A run without results per test, as with a single suite."""
    models = tuple(replace(model, base_tests=None, saturation=None) for model in document.models)
    return replace(document, models=models, suites=None, gates=())


DOCUMENTS = {
    "one sample": lambda: make_document(models=2, tasks=20, samples=1, false_positives=3),
    "one sample, no style": lambda: without_style(make_document(models=1, tasks=20, samples=1, false_positives=0)),
    "few tasks": lambda: make_document(models=2, tasks=3, samples=4, false_positives=1),
    "no style": lambda: without_style(make_document(models=2, tasks=20, samples=8, false_positives=0)),
    "no base suite": lambda: without_tests(make_document(models=2, tasks=20, samples=8, false_positives=4)),
    "slices": rich_document,
}


def prose(page: str) -> str:
    """A page without its figures, whose own captions explain them."""
    return re.sub(r"(?s)<(figure|script|style)\b.*?</\1>", "", page)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_chart_is_explained_only_where_it_is_drawn(kind: str) -> None:
    """Each explanation of a chart or table has it on the same page."""
    document = DOCUMENTS[kind]()
    for model in document.models:
        page = render_page("model.html.j2", {**context(model, document), **shared(document, model=model.model)})
        for words, shown in DRAWN_BY.items():
            if words in prose(page).lower():
                assert re.search(shown, page), (model.model, words)
        assert ("tinted gap" in page) != one_sample(model)


def test_every_setting_of_a_model_is_of_one_source_or_of_both() -> None:
    """The two lists name settings that exist; what a file needs is shown of a file, and nothing of requests."""
    fields = set(ModelConfig.model_fields)
    assert fields >= ASKED | READ
    assert not ASKED & READ
    assert fields - ASKED - READ == {"name", "stop", "price"}


def test_settings_without_effect_are_not_shown() -> None:
    """Recorded answers have no temperature, a sampled model no format; what is not set is in neither."""
    read = ModelConfig(name="file", recorded="a.jsonl", join="  ").model_dump(mode="json")
    asked = ModelConfig(name="server", base_url="http://localhost:8000/v1").model_dump(mode="json")
    config: JsonObject = {"model": [read, asked], "gate": [{"max": 0.0, "min": None, "models": []}]}
    shown: Any = in_effect(config)
    first, second = shown["model"]
    assert first == {"name": "file", "recorded": "a.jsonl", "join": "  ", "extract": "auto"}
    assert (second["temperature"], second["samples_per_task"]) == (0.8, 20)
    assert not second.keys() & READ
    assert shown["gate"] == [{"max": 0.0}]

    document = make_document(models=1, tasks=3, samples=2, false_positives=0)
    document = replace(document, provenance=replace(document.provenance, config=config))
    lines = dict(provenance.facts(document))["Recorded answers"]
    assert lines[0] == "file: read from a.jsonl"
    assert "does not show" in lines[-1]
    assert "Recorded answers" not in dict(provenance.facts(document, "server"))
    assert [one["name"] for one in json.loads(provenance.settings(document, "server"))["model"]] == ["server"]
    assert [one["name"] for one in json.loads(provenance.settings(document))["model"]] == ["file", "server"]


@pytest.mark.parametrize("same", [True, False])
def test_a_different_figure_at_the_top_is_explained_only_where_it_differs(same: bool) -> None:
    """The last point of the curve of base tests is either the page's figure or explained."""
    document = make_document(models=1, tasks=20, samples=1, false_positives=2)
    model = document.models[0]
    end = replace(Estimate(0.064, 0.028, 0.118), value=0.064 if same else 0.09)
    points = tuple(
        BaseTestPoint(tests=n, false_discovery_rate=end, micro=0.064, accepted=0.8, tasks=20) for n in (0, 3)
    )
    headline = replace(model.false_discovery_rate, value=0.064, low=0.028, high=0.118)
    found = base_tests(replace(model, base_tests=points, false_discovery_rate=headline), "95 %")
    assert found is not None
    assert ("top of the page" in found.note) != same

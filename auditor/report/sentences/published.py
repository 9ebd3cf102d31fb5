"""Figures as arXiv 2411.17501 computes them, each beside ours, for the report and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from auditor.report.sentences import names
from auditor.report.text import count, percent
from auditor.results import AsPublished, ModelAnalysis, Published, PublishedTwoType, TwoTypeFit

TITLE = "As published"
ABOUT = (
    "Figures as the notebooks behind arXiv 2411.17501 compute them, beside ours. They replace none of ours; only the "
    "rule of exclusion, where asked for, chooses the tasks of both columns."
)


class Beside(NamedTuple):
    """One figure in both ways."""

    figure: str
    published: str
    ours: str


def beside(model: ModelAnalysis) -> list[Beside]:
    """List the figures asked for in the published way, with ours; nothing where none is asked for."""
    found = model.as_published
    return [] if found is None else [*_attempts(model, found), *_two_type(model, found), *_pass_at_1(model, found)]


def _attempts(model: ModelAnalysis, found: AsPublished) -> Iterator[Beside]:
    ours = {(one.first, one.last): one.share_false.value for one in model.attempt_buckets}
    for one in found.attempt_buckets or ():
        span = count(one.first) if one.first == one.last else f"{count(one.first)} to {count(one.last)}"
        word = "attempt" if one.first == one.last else "attempts"
        yield Beside(f"{names.WRONG}, first accepted at {word} {span}", percent(one.share_false),
                     percent(ours.get((one.first, one.last))))  # fmt: skip


def _two_type(model: ModelAnalysis, found: AsPublished) -> Iterator[Beside]:
    published, ours = found.two_type, model.two_type
    if published is None:
        return
    yield Beside("wrong samples that base rejects (soundness)", percent(published.soundness), percent(ours.soundness))
    yield Beside("easy tasks", percent(published.p1), percent(ours.p1))
    yield Beside("correct samples of an easy task", percent(published.r1), percent(ours.r1))
    yield Beside("correct samples of a hard task", percent(published.r2), percent(ours.r2))
    yield from _optima(published, ours)


def _optima(published: PublishedTwoType, ours: TwoTypeFit) -> Iterator[Beside]:
    known = {one.fp_cost: one for one in ours.optimal_attempts}
    for one in published.optimal_attempts:
        own = known.get(one.fp_cost)
        right, printed = (own.attempts, own.attempts_printed) if own else (None, None)
        yield Beside(f"K* of the two-type model, r = {one.fp_cost:g}", count(one.attempts), count(right))
        yield Beside(f"K* by the formula as printed, r = {one.fp_cost:g}", count(one.attempts_printed), count(printed))


def _pass_at_1(model: ModelAnalysis, found: AsPublished) -> Iterator[Beside]:
    if Published.PASS_AT_1 in found.ways:
        yield Beside(f"{names.SINGLE}; published: passes plus, whatever base says", percent(found.pass_at_1_plus),
                     percent(model.single_sample_accuracy.value))  # fmt: skip

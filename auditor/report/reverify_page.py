"""The page of ``auditor reverify``: how many recorded verdicts are wrong, why, and each of them."""

from __future__ import annotations

from auditor.grading.reverify import Reverification
from auditor.grading.wording import SIDES, headline, rest
from auditor.report.render import page
from auditor.report.text import cut
from auditor.version import __version__

_LONG = 300
"""Characters of a call or a value that a cell shows."""
_MOST = 2000
"""Differences that the page lists."""


def reverify_html(found: Reverification) -> str:
    """Render the comparison as one page that loads nothing."""
    differences = [
        {
            "task": one.task_id,
            "sample": one.sample_index,
            "suite": "both" if one.suite is None else one.suite.value,
            "theirs": f"{one.theirs.value}: {cut(one.note, _LONG)}" if one.note else one.theirs.value,
            "ours": one.ours.value,
            "cause": one.cause.value,
            "test": cut(f"{one.call} → {one.got}, expected {one.expected}", _LONG) if one.call else "",
        }
        for one in found.disagreements[:_MOST]
    ]
    context = {
        "title": f"{found.file}: verdicts judged again",
        "headline": headline(found),
        "rest": rest(found),
        "causes": [(count, SIDES[cause.side], cause.value) for cause, count in found.causes],
        "differences": differences,
        "left": max(len(found.disagreements) - _MOST, 0),
        "not_compared": sorted(found.not_compared.items(), key=lambda pair: -pair[1]),
        "found": found,
        "version": __version__,
        "has_json": False,
    }
    return page("reverify.html.j2", context)

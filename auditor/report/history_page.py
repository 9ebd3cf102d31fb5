"""Runs over time, for a page of its own and for the index: charts, the table of runs, sentences."""

from __future__ import annotations

from auditor.report.cells import Cell, Column, Grid
from auditor.report.charts.history import charts
from auditor.report.gates import limits
from auditor.report.render import page
from auditor.report.sentences import history as words
from auditor.report.sentences import names
from auditor.report.text import MISSING, brief, count, percent, plural
from auditor.results import History, Judgement
from auditor.version import __version__


def history_html(found: History) -> str:
    """Render a history as one page that loads nothing."""
    shown = section(found)
    context = {
        "title": f"{plural(len(found.models), 'model')} over {plural(len(found.runs), 'run')}",
        "history": shown,
        "level": shown["level"],
        "names": names,
        "version": __version__,
        "has_json": False,
    }
    return page("history.html.j2", context)


def section(found: History) -> dict[str, object]:
    """Gather what the section “Over time” shows."""
    level = percent(found.confidence, 0 if round(100 * found.confidence, 6).is_integer() else 1)
    return {
        "level": level,
        "baseline": found.baseline.name,
        "leads": [words.lead(found, model) for model in found.models],
        "charts": charts(found, level),
        "runs": runs_grid(found),
        "gates": gates_grid(found),
        "alone": ", ".join(brief(name) for name in found.alone),
        "simulated": any(point.simulated for model in found.models for point in model.points),
    }


def runs_grid(found: History) -> Grid:
    """List the runs, and what else changed since the one before."""
    columns = [
        Column("no.", number=True),
        Column("run", number=False),
        Column("tasks"),
        Column("what else changed since the run before", number=False),
    ]
    body = [
        [
            Cell(str(place), place),
            Cell(brief(run.name), badge="baseline" if run.baseline else ""),
            Cell(count(run.tasks) if run.tasks else MISSING),
            Cell("; ".join(words.other(run.since_previous)) or ("" if place == 1 else "nothing")),
        ]
        for place, run in enumerate(found.runs, 1)
    ]
    return Grid("runs-table", "The runs, and what else changed between them", columns, body)


def gates_grid(found: History) -> Grid | None:
    """Put rules and models down, runs across, a mark in each cell; ``None`` without rules."""
    verdicts = {
        (gate.rule, gate.model, gate.kind, place): gate for place, run in enumerate(found.runs) for gate in run.gates
    }
    if not verdicts:
        return None
    rows = list(dict.fromkeys(key[:3] for key in verdicts))
    body = []
    for rule, model, kind in rows:
        cells = [verdicts.get((rule, model, kind, place)) for place in range(len(found.runs))]
        known = next(gate for gate in cells if gate is not None)
        body.append(
            [
                Cell(f"{known.asked or rule}, {limits(known)}", whole=rule),
                Cell(brief(model)),
                *(Cell(MISSING) if gate is None else Cell(_word(gate.verdict), verdict=gate.verdict) for gate in cells),
            ]
        )
    columns = [
        Column("rule", number=False),
        Column("model", number=False),
        *(Column(brief(run.name, 24), number=False) for run in found.runs),
    ]
    return Grid("history-gates", "Gates by run", columns, body)


def _word(verdict: Judgement) -> str:
    return {Judgement.PASS: "passes", Judgement.FAIL: "fails"}.get(verdict, "inconclusive")

"""The run as arrays: the same tables as counting its rows one by one gives."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analysis import BaseTestRow, StyleTable
from auditor.pipeline import tables
from auditor.records import Finding, Label, Outcome, Sample, SampleStatus, StyleResult, SuiteName, Verdict
from auditor.store import Store

RUBRIC = "f" * 64
TASKS = [f"t{number}" for number in range(4)]
RULES = ["E501", "C0103", "W0611"]

drawn = st.lists(
    st.tuples(
        st.sampled_from(["m", "a", "z"]), st.sampled_from(TASKS), st.integers(0, 5),
        st.sampled_from(["x", "y", "z", "w", None]),
    ), unique_by=lambda one: one[:3], max_size=30,
)  # fmt: skip
outcomes = st.sampled_from([None, *Outcome])
judgements = st.tuples(outcomes, outcomes, st.lists(st.integers(0, 2), max_size=3), st.sampled_from([None, 0.25, 1.0]))


def fill(store: Store, samples: list[tuple[str, str, int, str | None]], found: st.DataObject) -> None:
    for model, task, index, text in samples:
        status = SampleStatus.REFUSED if text is None else SampleStatus.OK
        store.add_samples([Sample(model, task, index, "h", status, text or "", text and f"{task} {text}", "raw")])
    for one in list(store.programs()):
        base, plus, passed, score = found.draw(judgements)
        for suite, outcome in zip(SuiteName, (base, plus), strict=True):
            if outcome:
                store.add_verdicts([Verdict(one.program, suite, outcome, len(passed), bytes(passed))])
        if found.draw(st.booleans()):
            fired = found.draw(st.lists(st.sampled_from(RULES), max_size=4))
            findings = tuple(
                Finding("ruff", rule, rule.lower(), "", 1, 1, in_prompt=found.draw(st.booleans())) for rule in fired
            )
            met = found.draw(st.sampled_from([True, False, None]))
            store.add_style([StyleResult(one.program, RUBRIC, met is not None, score, {"a": met}, {}, findings)])


@settings(max_examples=40, deadline=None)
@given(drawn, st.data())
def test_arrays_hold_what_the_rows_say(samples: list[tuple[str, str, int, str | None]], found: st.DataObject) -> None:
    """Counts by label, base tests passed and the table of style, each from the arrays and from the rows."""
    with tempfile.TemporaryDirectory() as name, Store(Path(name) / "audit.db") as store:
        fill(store, samples, found)
        columns = store.columns()
        labels = Counter((one.model, one.task_id, one.label) for one in store.judged())
        tallied = tables.tallies(columns)
        assert [(one.model, one.task_id) for one in tallied] == sorted({key[:2] for key in labels})
        for one in tallied:
            unknown = labels[one.model, one.task_id, Label.UNKNOWN]
            false, true = (
                labels[one.model, one.task_id, label] for label in (Label.FALSE_POSITIVE, Label.TRUE_POSITIVE)
            )
            assert (one.unanswered + one.unjudged, one.accepted, one.correct) == (unknown, false + true, true)

        weights = Counter((one.model, one.program, one.label) for one in store.judged())
        base = {one.program: one for one in store.verdicts(SuiteName.BASE)}
        task_of = {one.program: one.task_id for one in store.programs()}
        rows: Counter[BaseTestRow] = Counter()
        for (model, program, label), count in weights.items():
            if program in base and base[program].passed and 2 not in base[program].passed:
                passed, tests = base[program].passed.count(1), base[program].tests
                accepted = label in {Label.TRUE_POSITIVE, Label.FALSE_POSITIVE}
                if label is not Label.UNKNOWN and (passed == tests) == accepted:
                    rows[BaseTestRow(model, task_of[program], tests, passed, label is Label.TRUE_POSITIVE, 0)] += count
        counted: Counter[BaseTestRow] = Counter()
        for row in tables.base_test_rows(columns, TASKS):
            counted[row._replace(weight=0)] += row.weight
        assert counted == rows

        styled = [tables.style_row(one) for one in store.styled_programs(RUBRIC) if one.parses]
        wanted = StyleTable.of(row for row in styled if row.task_id != "t3")
        table = tables.style_table(columns, store.style_columns(RUBRIC), {"t3"})
        for column in ("unit", "task_of_unit", "once", "false", "weight", "score"):
            np.testing.assert_array_equal(getattr(table, column), getattr(wanted, column))
        np.testing.assert_array_equal(
            table.adherence.get("a", np.zeros(0)), wanted.adherence.get("a", np.zeros(0)), err_msg="adherence"
        )
        fired = [[(one.rules[rule], row) for rule, row in one.fired.tolist()] for one in (table, wanted)]
        assert fired[0] == fired[1]

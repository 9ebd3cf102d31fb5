"""One rule decides what a difference shows, and one rule makes the intervals of a choice at every cost."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.gates.choose import choices
from auditor.gates.paired import judged_pairs
from auditor.gates.view import RunView
from auditor.report.paired_table import paired_grid
from auditor.report.sentences import known, limits
from auditor.report.sentences.choice import answer, at_cost, only_just
from auditor.report.sentences.decision import per_hundred
from auditor.report.sentences.opening import opening
from auditor.report.text import MISSING
from auditor.results import (
    Basis,
    Beyond,
    Choice,
    Condition,
    CountedEstimate,
    Decision,
    DecisionKind,
    Estimate,
    GateResult,
    Judgement,
    Lead,
    Limitations,
    ReportDocument,
    Severity,
    SuspectTask,
    TasksNeeded,
    clear_side,
    deciding,
)
from tests.property.test_one_interval import COST, bounds, close, reports
from tests.unit.report.documents import make_document

GATE = make_document(models=1, tasks=4, samples=4, false_positives=0).gates[0]
SPANS = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


@given(SPANS, SPANS)
def test_a_difference_is_clear_only_where_both_intervals_are(shown: list[float], strict: list[float]) -> None:
    """The side is that of both intervals, or none; it turns with the difference."""
    one, other = (Estimate(sum(span) / 2, span[0], span[1]) for span in (shown, strict))
    assert clear_side(one, other) == (one.side if one.side == other.side else 0)
    assert clear_side(one.negative(), other.negative()) == -clear_side(one, other)
    assert deciding(one, other).side == clear_side(one, other)
    assert one.negative().negative() == one


@given(reports())
@settings(max_examples=4, deadline=None)
def test_utility_has_one_kind_of_interval_at_every_cost(document: ReportDocument) -> None:
    """At an analysed cost it is the report's own; between costs the bounds of one model and K move with the cost."""
    run = RunView.of(document)
    found = choices(run)
    at = next(one for one in found if one.terms.fp_cost == COST)
    for candidate in at.candidates:
        if candidate.attempts:
            report = run.model(candidate.model).report
            assert report is not None
            point = next(point for point in report.curve if point.attempts == candidate.attempts)
            assert candidate.utility.value == pytest.approx(point.utility[COST].value, abs=1e-9)
            assert close(candidate.utility, point.utility[COST]), bounds(point.utility[COST])
    # a dearer wrong answer lowers both bounds of the same model at the same K
    for less, more in itertools.pairwise(found):
        before = {(one.model, one.attempts): one.utility for one in less.candidates}
        for candidate in more.candidates:
            old = before.get((candidate.model, candidate.attempts))
            if old is not None and candidate.attempts and old.bounded and candidate.utility.bounded:
                assert (candidate.utility.low or 0.0) <= (old.low or 0.0) + 1e-9
                assert (candidate.utility.value or 0.0) <= (old.value or 0.0) + 1e-9


@given(reports())
@settings(max_examples=4, deadline=None)
def test_the_table_of_differences_is_bold_only_where_both_intervals_exclude_zero(document: ReportDocument) -> None:
    """Each row is the stronger model minus the weaker, its stricter interval has the same value, and bold is clear."""
    judged = judged_pairs(RunView.of(document), document.across)
    accuracy = {model.model: model.single_sample_accuracy.value or 0.0 for model in document.models}
    for row in judged.paired:
        assert (row.strict is not None) == bool(row.difference.own_side)
        if row.strict is not None:
            assert row.strict.value == pytest.approx(row.difference.value, abs=1e-9)
            assert row.side in {0, row.difference.own_side}
    grid = paired_grid(replace(document, across=judged), "95 %")
    if grid is None:
        return
    for cells in grid.body:
        first, second = cells[0].text.split(" minus ")
        assert accuracy[first] >= accuracy[second]
        assert (cells[2].tone == "clear") == (cells[4].text == "clear")
        excludes_zero = cells[2].sub and not (cells[2].sub.startswith("−") and " to +" in cells[2].sub)
        if cells[4].text == "open" and cells[4].sub:  # what overrules an interval that excludes zero is beside it
            assert excludes_zero
            assert cells[3].text != MISSING
        assert ("wrong answers" in cells[1].behind) == (cells[1].text == "wrong answers that pass base")
        if cells[1].text == "single answers that are correct":
            assert not cells[2].text.startswith("−")


MODELS = ("m0", "m1", "m2")
VERDICT = st.tuples(st.sampled_from(Judgement), st.sampled_from(Severity), st.booleans())


@st.composite
def judged(draw: st.DrawFn) -> list[GateResult]:
    """Any verdicts of any gates on up to three models, some over all of them, some that only warn."""
    found = draw(st.dictionaries(st.sampled_from([*MODELS, "all models"]), st.lists(VERDICT, min_size=1, max_size=3)))
    needed = TasksNeeded(least=50, most=90, power=0.8)
    return [
        replace(
            GATE, model=model, verdict=verdict, severity=severity, members=MODELS if model == "all models" else (),
            tasks_needed=needed if known and verdict is Judgement.INCONCLUSIVE else None,
        )
        for model, verdicts in found.items()
        for verdict, severity, known in verdicts
    ]  # fmt: skip


@st.composite
def ordered_choices(draw: st.DrawFn) -> Choice:
    """Up to three models and not sampling, in any order of net gain, clear or not."""
    base = make_document(models=3, tasks=6, samples=6, false_positives=0).choices[0]
    some = next(one for one in base.candidates if one.attempts)
    names = draw(st.permutations(MODELS))[: draw(st.integers(1, 3))]
    gains = [CountedEstimate(0.3, draw(st.sampled_from([-0.1, 0.1])), 0.5, 6) for _ in range(3)]
    models = [
        replace(some, model=name, attempts=3, best_attempts=5, best_adds=0.004, utility=gain, strict=gain)
        for name, gain in zip(names, gains, strict=False)
    ]
    none = next(one for one in base.candidates if not one.attempts)
    order = [none, *models] if draw(st.booleans()) else [*models, none]
    gap = CountedEstimate(0.2, draw(st.sampled_from([-0.1, 0.1])), 0.4, 6)
    return replace(base, candidates=tuple(order), difference=gap, strict=gap)


@given(ordered_choices(), judged())
def test_the_decision_follows_from_the_gates_and_the_choice(choice: Choice, gates: list[GateResult]) -> None:
    """The kind, the model and the words are those that the verdicts and the order of net gain allow."""
    decision, text = Decision.of(choice, gates), answer(choice, gates)
    blocking = [gate for gate in gates if gate.severity is Severity.ERROR]
    on = {name: [gate for gate in gates if name in (gate.members or (gate.model,))] for name in MODELS}
    sampled = [one.model for one in choice.candidates if one.attempts]

    def stands(name: str, verdict: Judgement) -> bool:
        found = [gate.verdict for gate in on[name] if gate in blocking]
        worst = next((one for one in (Judgement.FAIL, Judgement.INCONCLUSIVE) if one in found), Judgement.PASS)
        return bool(on[name]) and worst is verdict

    passing, unclear = (
        [name for name in sampled if stands(name, one)] for one in (Judgement.PASS, Judgement.INCONCLUSIVE)
    )
    if not gates:
        assert decision.kind is DecisionKind.NO_REQUIREMENT
        assert text.startswith("No requirement is set")
        assert "Decision" not in text
        return
    assert text.startswith("Decision: ")
    if not choice.best.attempts:
        assert (decision.basis, decision.model) == (Basis.NO_GAIN, None)
        assert decision.kind is (DecisionKind.NO if choice.clear else DecisionKind.NOT_YET)
    elif passing:
        gaining = [name for name in passing if choice.settled_for(name)]
        assert decision.model == (gaining or passing)[0]
        if gaining:
            assert text.startswith(f"Decision: accept {gaining[0]} with up to 3 attempts")
            warned = any(gate.verdict is not Judgement.PASS for gate in on[gaining[0]])
            assert (Condition.WARNING in decision.conditions) == warned == ("only warns" in text)
            assert ("condition" in text) == bool(decision.conditions)
            assert "chance" not in text.split(" passes ")[0]
        else:
            assert (decision.kind, decision.basis) == (DecisionKind.NOT_YET, Basis.CHANCE)
            assert text.startswith(f"Decision: not yet. The data do not settle whether {passing[0]} gains anything")
            every = "its only gate" if decision.gates == 1 else "every gate"
            assert f"{passing[0]} passes {every}, but its gain over using no model" in text
            assert "accept" not in text.split(". About")[0]
    elif unclear:
        assert (decision.kind, decision.basis, decision.model) == (DecisionKind.NOT_YET, Basis.OPEN, unclear[0])
        assert text.startswith("Decision: not yet")
        mine = [gate for gate in on[unclear[0]] if gate in blocking and gate.verdict is Judgement.INCONCLUSIVE]
        assert decision.open_gates == len(mine)
        assert ("50 to 90 tasks" in text) == all(gate.tasks_needed for gate in mine)
        assert f"If you have to choose now, use {unclear[0]} with up to 3 attempts" in text
    else:
        assert (decision.kind, decision.basis) == (DecisionKind.NO, Basis.FAILS)
        assert text.startswith("Decision: no.")
        assert f"By net gain alone, {sampled[0]} with up to 3 attempts on tasks like these" in text
        assert ("or is judged by none" in text) == any(not on[name] for name in sampled)
        return
    assert ("has the best net gain, but" in text) == (decision.first is not None)
    if decision.first is not None:
        assert decision.first == sampled[0] != decision.model
        assert "but passes every gate" not in text
        assert ("but fails a gate" in text) == (decision.first_verdict is Judgement.FAIL)


@given(
    st.lists(st.tuples(st.permutations(MODELS), st.sampled_from([-0.1, 0.02, 0.1]), st.booleans(), st.integers(1, 4)),
             min_size=1, max_size=8),
    judged(),
)  # fmt: skip
def test_a_decision_names_the_costs_at_which_it_holds(
    made: list[tuple[list[str], float, bool, int]], gates: list[GateResult]
) -> None:
    """At each cost named the same model is decided on and clearly gains; at the next it is not so; none is left out."""
    base = make_document(models=3, tasks=6, samples=6, false_positives=0).choices[0]
    some = next(one for one in base.candidates if one.attempts)
    none = next(one for one in base.candidates if not one.attempts)
    found = []
    for cost, (names, low, last, attempts) in enumerate(made):
        gain = CountedEstimate(0.3, low, 0.5, 6)
        models = [
            replace(some, model=name, attempts=attempts, best_attempts=attempts, utility=gain, strict=gain)
            for name in names
        ]
        order = (*models, none) if last else (none, *models)
        terms = replace(base.terms, fp_cost=float(cost))
        found.append(replace(base, terms=terms, candidates=order, difference=gain, strict=gain))
    decision = Decision.over(found, gates)
    start = min(1, len(found) - 1)
    at = [Decision.of(choice, gates) for choice in found]
    good = [
        decision.model is not None and one.model == decision.model and choice.settled_for(decision.model)
        for one, choice in zip(at, found, strict=True)
    ]
    firm = [one and made[place][1] != 0.02 for place, one in enumerate(good)]
    assert (decision.holds is not None) == good[start]
    text = opening(found, gates).short
    if decision.holds is None:
        assert "at most" not in text
        return
    held = decision.holds
    least, most = int(held.least), int(held.most)
    assert least <= start <= most
    assert all(good[least : most + 1])
    assert held.whole == (least == 0)
    assert not (least and good[least - 1] and firm[start] and firm[least - 1])
    assert all(firm[least : most + 1]) or not firm[start]
    assert [one.why for one in held.beyond if one.why is Beyond.ONLY_JUST] == [Beyond.ONLY_JUST] * (
        most + 1 < len(found) and good[most + 1]
    )
    for one in held.beyond:
        place = int(one.fp_cost)
        assert good[place] == (one.why is Beyond.ONLY_JUST)
        assert place > most
        assert re.search(f"If (it|one wrong answer) cancels out {place}(, | correct)", text)
        assert one.gain is None or f"per 100 tasks is {per_hundred(one.gain)}" in text
    clear_to = int(held.beyond[0].fp_cost) if held.beyond and good[int(held.beyond[0].fp_cost)] else most
    assert all(good[most : clear_to + 1])
    assert clear_to == len(found) - 1 or not good[clear_to + 1]
    assert {one.attempts for one in at[least : most + 1]} >= {held.fewest_attempts, held.most_attempts}
    if decision.kind is not DecisionKind.NO and least < most and held.fewest_attempts == held.most_attempts:
        assert (f"at most {most}" in text or "at most one" in text) == held.whole


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 3), st.booleans())
@settings(max_examples=20, deadline=None)
def test_limits_are_those_that_apply(attempts: int, covered: int, disputed: int, graded: bool) -> None:
    """Each line says what the document has, and none is said of what it lacks."""
    document = make_document(models=2, tasks=6, samples=6, false_positives=0)
    choice = document.choice
    assert choice is not None
    model = document.models[0].model
    some = replace(choice.best, model=model, attempts=attempts, best_attempts=attempts, draws=4.0, correct=0.5)
    none = next(one for one in choice.candidates if not one.attempts)
    rows = [row.task_id for row in document.models[0].per_task][:disputed]
    suspects = tuple(
        SuspectTask(task_id=one, call="f()", expected="1", got="2", programs=3, accepted=1, judged=5) for one in rows
    )
    gates = (replace(GATE, model=model, parameters={"attempts": covered}),)
    document = replace(
        document, gates=gates, choices=(replace(choice, candidates=(some, none)),), suspects=suspects,
        suites=document.suites if graded else None,
    )  # fmt: skip
    found, said = Limitations.of(document), limits.told(Limitations.of(document))
    assert (found.scope is not None) == (attempts != covered) == any("gates judge" in text for text in said)
    if found.scope is not None:
        assert found.scope.other == {model: attempts}
        assert found.scope.shared == (covered == document.across.attempts)
        assert ("because" in said[0]) == found.scope.shared
    assert (found.disputed is not None) == bool(rows) == any("fail plus with the same output" in text for text in said)
    if found.disputed is not None:
        wrong = {
            model.model: {row.task_id: row.base_passes - row.correct for row in model.per_task}
            for model in document.models
        }
        told = {name: each for name, each in wrong.items() if sum(each.values())}
        assert {one.model: (one.there, one.wrong) for one in found.disputed.answers} == {
            name: (sum(each.get(task, 0) for task in rows), sum(each.values())) for name, each in told.items()
        }
        assert all(any(name in text and "are to these tasks" in text for text in said) for name in told)
    assert found.per_correct == {model: 8.0}
    assert any("have not been graded" in text for text in said) == (document.suites is None)
    assert not any("public benchmark" in text for text in said) or found.public


@given(judged())
def test_what_is_known_is_clear_and_what_is_open_is_not(gates: list[GateResult]) -> None:
    """A model is said to clearly pass or fail a gate if one verdict says so; nothing open is called clear."""
    document = make_document(models=3, tasks=6, samples=6, false_positives=0)
    names = {one: model.model for one, model in zip(MODELS, document.models, strict=True)}
    gates = [replace(one, model=names.get(one.model, one.model), rule=f"r{i}") for i, one in enumerate(gates)]
    document = replace(document, gates=tuple(gates), choices=(), across=replace(document.across, paired=()))
    said, left = known.settled(document), known.unsettled(document)
    decision = document.decision
    accepted = decision.model if decision.basis is Basis.PASSES else None  # the reasons for the decision speak of it
    clear = sum(gate.verdict is not Judgement.INCONCLUSIVE and gate.model != accepted for gate in gates)
    assert len(said) == min(clear, known.MOST_SAID + 1)
    assert all("clearly" in text or text.endswith("below.") for text in said)
    assert not any("clearly" in text for text in left)
    failed = {gate.model for gate in gates if gate.verdict is Judgement.FAIL}
    told = {*failed, decision.model}
    assert bool(left) == any(one.verdict is Judgement.INCONCLUSIVE and one.model not in told for one in gates)
    assert not any(f"whether {name} " in text for name in failed for text in left)


@given(SPANS, SPANS, judged())
def test_a_model_is_accepted_only_at_costs_where_both_intervals_of_its_gain_exclude_zero(
    shown: list[float], strict: list[float], gates: list[GateResult]
) -> None:
    """The headline, the answer at the cost and the verdict on the gain agree, whichever candidate comes second."""
    base = make_document(models=3, tasks=6, samples=6, false_positives=0).choices[0]
    some = next(one for one in base.candidates if one.attempts)
    none = next(one for one in base.candidates if not one.attempts)
    gain, sure = (CountedEstimate(sum(span) / 2, span[0], span[1], 6) for span in (shown, strict))
    model = replace(some, model="m0", utility=gain, strict=sure)
    behind = replace(some, model="m1", utility=gain, strict=sure)
    for order in ((model, none), (model, behind, none)):
        choice = replace(base, candidates=order, difference=gain, strict=sure)
        clear = clear_side(gain, sure) > 0
        assert choice.settled_for("m0") == clear
        for text in (opening([choice], gates).short, at_cost(choice, gates)):
            assert clear or "Decision: accept" not in text
            assert ("clearly better than using no model" in text) <= clear
        just = only_just(Lead(gain, sure))
        assert bool(just) <= clear
        if just:
            assert per_hundred(deciding(gain, sure)) in just


@given(ordered_choices(), judged())
def test_the_rows_of_an_opening_say_each_thing_once(choice: Choice, gates: list[GateResult]) -> None:
    """The headline comes first; no sentence is said twice; a gain is clear, and a gate's figures stand, as judged."""
    gates = [replace(gate, sentence=f"figures of gate {place}.") for place, gate in enumerate(gates)]
    opened, decision = opening([choice], gates), Decision.of(choice, gates)
    said = [opened.headline, *(text for _, texts in opened.lines for text in texts)]
    assert all(said)
    assert len(set(said)) == len(said)
    assert len({label for label, _ in opened.lines}) == len(opened.lines)
    assert opened.short.startswith(opened.headline)
    assert bool(opened.meanwhile) == (decision.kind is DecisionKind.NOT_YET)
    subject = choice.candidate(decision.model) or choice.best
    if subject.attempts:
        assert any("clearly gains" in text for text in opened.expected) == choice.settled_for(subject.model)
    else:
        assert not opened.expected
    for place, gate in enumerate(gates):
        if f"figures of gate {place}." in opened.why:
            assert decision.model in gate.judges
            assert decision.basis is not Basis.OPEN or gate.verdict is Judgement.INCONCLUSIVE

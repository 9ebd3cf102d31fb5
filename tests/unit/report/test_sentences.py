"""Sentences claim no more than the typed result behind them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.report.sentences import choice as choice_words
from auditor.report.sentences import readings
from auditor.report.sentences.evidence import STRONG, Evidence, OverstatedError, say
from auditor.results import Candidate, Choice, CountedEstimate, ReadingGap, RecoveredAnswer, Terms

SHARES = st.floats(0, 1)


def strong_words(text: str) -> set[str]:
    """The words of a text that claim something, those after ``not`` left out."""
    return set(re.findall(r"[a-z]+", re.sub(r"\bnot \w+", "", text.lower()))) & STRONG.keys()


@pytest.mark.parametrize("word", sorted(STRONG))
def test_a_strong_word_needs_its_evidence(word: str) -> None:
    """Each strong word is refused below its evidence, passes with it, and may be in a name or after "not"."""
    for evidence in Evidence:
        if evidence < STRONG[word]:
            with pytest.raises(OverstatedError, match=word):
                say(f"A is {word} than {{b}}", evidence, b="B")
        else:
            assert say(f"A is {word} than {{b}}", evidence, b="B") == f"A is {word} than B"
    assert say("{name} is not " + word, name=word) == f"{word} is not {word}"


@st.composite
def candidates(draw: st.DrawFn, attempts: st.SearchStrategy[int]) -> Candidate:
    found = draw(attempts)
    right = draw(SHARES) if found else 0.0
    wrong = draw(st.floats(0, 1 - right)) if found else 0.0
    return Candidate(
        model="m" if found else "none", attempts=found, utility=CountedEstimate(right - wrong, -1, 1, 9),
        accepted=right + wrong, correct=right, wrong=wrong, draws=float(found), draw_cost=0.0, cost=None,
    )  # fmt: skip


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    none_first = draw(st.booleans())
    first = draw(candidates(st.just(0) if none_first else st.integers(1, 99)))
    second = draw(candidates(st.integers(1, 99) if none_first else st.integers(0, 99)))
    low, value, high = sorted(draw(st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))))
    return Choice(
        terms=Terms(draw(st.sampled_from([0.0, 0.25, 1.0, 4.0]))), tasks=9, candidates=(first, second),
        difference=CountedEstimate(value, low, high, 9), left_out={},
    )  # fmt: skip


@given(choices())
def test_a_choice_is_called_better_only_where_it_is_clear(choice: Choice) -> None:
    """The first is said to beat the second exactly where the interval of the difference is above 0."""
    text = choice_words.lead(choice)
    assert bool(strong_words(text)) == choice.clear
    assert ("none of these models" in text) == (not choice.best.attempts)
    if choice.best.attempts:
        assert re.search(rf"\bup to {choice.best.attempts} attempt", text)


@given(SHARES, SHARES, st.integers(0, 3))
def test_the_reading_gap_warns_above_one_point(first: float, second: float, recovered: int) -> None:
    """There is a warning exactly where the gap is above a point, and it holds both accuracies."""
    answers = tuple(
        RecoveredAnswer(task_id="T", sample_index=i, program=None, reading="r", rule="fence") for i in range(recovered)
    )
    low, high = sorted((first, second))
    gap = ReadingGap(samples=9, reread=3, as_read=low, at_best=high, recovered=answers)
    text = readings.warning("m", gap)
    assert bool(text) == (high - low > 0.01)
    assert not strong_words(readings.gap(gap))
    assert readings.warning("m", None) == ""

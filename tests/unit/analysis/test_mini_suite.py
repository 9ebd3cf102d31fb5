"""A mini suite fails every program that it was chosen by; what it misses is measured on other models."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis.mini_suite import LEAST, WrongProgram, choose, cover
from auditor.errors import UsageError

failures = st.frozensets(st.integers(0, 7), min_size=1, max_size=4)


@given(st.lists(failures, max_size=6))
def test_a_cover_holds_a_test_of_each_program_and_is_near_the_smallest(sets: list[frozenset[int]]) -> None:
    found = cover(sets)
    assert all(one & found for one in sets)
    sizes = range(9)
    tests = range(8)
    smallest = next(n for n in sizes for c in itertools.combinations(tests, n) if all(one & set(c) for one in sets))
    assert smallest <= len(found) <= smallest * (1 + sum(1 / n for n in range(1, len(sets) + 1)))


def test_a_program_that_fails_no_known_test_calls_for_none() -> None:
    assert cover([frozenset(), frozenset({3})]) == {3}


def wrong(model: str, task: str, program: str, *failed: int) -> WrongProgram:
    return WrongProgram(model, task, program, frozenset(failed))


PROGRAMS = [
    wrong("a", "T/1", "p1", 10, 90), wrong("a", "T/1", "p2", 90), wrong("a", "T/2", "p3", 1),
    wrong("b", "T/1", "p4", 50, 90), wrong("b", "T/1", "p5", 60), wrong("b", "T/1", "p1", 10, 90),
]  # fmt: skip


def test_the_share_missed_is_that_of_models_the_tests_were_not_chosen_by() -> None:
    """By a's programs T/1 keeps 90; b's p5 fails 60 alone. By b's it keeps 60 and 90, and T/2 what pads it."""
    suite = choose(PROGRAMS, {"T/1": 100, "T/2": 3, "T/3": 0})
    assert suite.tests["T/2"] == (0, 1, 2)  # padding takes them all, so p3 is not missed
    assert suite.tests["T/3"] == ()
    assert {60, 90} <= set(suite.tests["T/1"])
    assert len(suite.tests["T/1"]) == LEAST
    # by a's programs T/1 keeps 90 and 0, 20, 40, 60: the padding holds p5's test by chance; p1 is known to both
    assert suite.missed.value == 0
    fewer = [one if one.program != "p5" else wrong("b", "T/1", "p5", 61) for one in PROGRAMS]
    missed = choose(fewer, {"T/1": 100, "T/2": 3}).missed
    assert missed.value == pytest.approx(1 / 4)  # of p2, p3, p4 and p5
    assert missed.bounded
    assert (missed.low or 0) < 1 / 4 < (missed.high or 0)
    assert (suite.before, suite.after, suite.models, suite.programs) == (103, 8, 2, 5)


def test_one_model_cannot_tell_what_its_tests_miss() -> None:
    with pytest.raises(UsageError, match="two models"):
        choose([one for one in PROGRAMS if one.model == "a"], {"T/1": 100, "T/2": 3})

"""Rules of equality for standard output: what each lets differ, and what none does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.comparators import Comparator, agrees, expects_fractions, first_difference

RULES = [rule for rule in Comparator if rule is not Comparator.CHECKER]
LINES = st.lists(st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=6), max_size=5)


@given(st.text(max_size=40))
def test_every_rule_accepts_the_expected_output(text: str) -> None:
    """An output equals itself, whatever it holds."""
    for rule in RULES:
        assert agrees(rule, text, text), rule


@pytest.mark.parametrize("rule", [Comparator.LINES_DECIMAL, Comparator.TOKENS_FLOAT])
def test_numbers_are_written_in_plain_digits(rule: Comparator) -> None:
    """Digits of other scripts and underscores, which Python reads as numbers, are words."""
    for text in ("１４", "1_4", "١٤"):
        assert not agrees(rule, text, "14")
    assert agrees(rule, "14.0", "14")


@given(LINES, st.lists(st.sampled_from(["", " ", "  \t"]), min_size=5, max_size=5))
def test_blanks_at_the_end_of_lines_count_for_exact_alone(lines: list[str], blanks: list[str]) -> None:
    """Trailing blanks, a missing final line end and Windows line ends change nothing but for ``exact``."""
    plain = "".join(f"{line}\n" for line in lines)
    padded = "\r\n".join(f"{line}{blank}" for line, blank in zip(lines, blanks, strict=False))
    for rule in RULES:
        if rule is not Comparator.EXACT:
            assert agrees(rule, padded, plain), rule
    assert agrees(Comparator.EXACT, padded, plain) == (padded == plain)


CASES = [
    # rule, got, expected, right?
    ("lines", " 1", "1", False),
    ("lines", "1\n\n2", "1\n2", False),
    ("lines+decimal", " 1.50 ", "1.5", True),
    ("lines+decimal", "1 2", "1.0 2.00", True),
    ("lines+decimal", "1  2", "1 2", True),
    ("lines+decimal", "YES ", "YES", True),
    ("lines+decimal", "yes", "YES", False),
    ("lines+decimal", "nan", "NaN", False),
    ("lines+decimal", "50000000000000000", "50000000000000001", False),
    ("lines+decimal", "0.30000000000000004", "0.3", False),
    ("tokens", "1\n2 3", "1 2\n3", True),
    ("tokens", "1 2", "1 2 3", False),
    ("tokens+float", "0.30000000000000004", "0.3", True),
    ("tokens+float", "50000000000000000", "50000000000000001", False),
    ("tokens+float", "007", "7", True),
    ("tokens+float", "-0", "0", True),
    ("tokens+float", "0e999999999999", "0.0", True),
    ("tokens+float", "-.0E-999999999999", "0", True),
    ("tokens+float", "0e999999999999", "1", False),
    ("tokens+float", "1e999999999999", "0.0", False),
    ("tokens+float", "5.0", "5", True),
    ("tokens+float", "inf", "inf", True),
    ("tokens+float", "inf", "1e308", False),
    ("tokens+float", "1e999", "1e998", False),
    ("tokens+float", "nan", "1", False),
    ("tokens+float", "1_0", "10", False),
    ("ignore-case", "Yes", "YES", True),
    ("ignore-case", "Yes", "NO", False),
    ("multiset", "b\na\n", "a\nb", True),
    ("multiset", "a\na", "a", False),
    ("exact", "1", "1\n", False),
    ("ignore-case", "ſ", "s", False),  # a long s
    ("ignore-case", "\u212a", "k", False),  # the Kelvin sign
    ("ignore-case", "Ä", "ä", False),
    ("ignore-case", "straße", "STRASSE", False),
    ("lines", "a\rb", "a\nb", False),
    ("lines", "a\r\nb\r\n", "a\nb\n", True),
    ("lines", "a\r\n\r", "a", True),
    ("lines", "a\xa0", "a", False),
    ("lines", "a\x1c\nb", "a\nb", False),
    ("multiset", "a\rb", "b\na", False),
    ("multiset", "b\r\na\r\n", "a\nb", True),
    ("multiset", "\xa0a", "a", False),
    ("tokens", "1\xa02", "1 2", False),
    ("tokens", "1\u20032", "1 2", False),
    ("tokens", "1\x1c2", "1 2", False),
    ("tokens", "1\v2\f3\r4\t5", "1 2 3 4 5", True),
    ("tokens+float", "1\u30002.5", "1 2.5", False),
    ("tokens+float", "1e18", "1000000000000000001", False),
    ("tokens+float", "1e18", "1000000000000000000", True),
    ("tokens+float", "1000000999.0", "1000000000", False),
    ("tokens+float", "1e9999", "1", False),
    ("tokens+float", "4.9999999999", "5", True),
    ("lines+decimal", "1\xa02", "1 2", True),  # as LiveCodeBench, which splits as Python does
]


@pytest.mark.parametrize(("rule", "got", "expected", "right"), CASES)
def test_what_each_rule_lets_differ(rule: str, got: str, expected: str, right: bool) -> None:
    """Each rule by its name, on the differences that harnesses are known to disagree about."""
    assert agrees(Comparator(rule), got, expected) is right


@pytest.mark.parametrize(
    ("got", "right"),
    [("3.0", True), ("3.", True), ("3e0", True), ("30e-1", True), ("+3", True), ("3.00000000001", False),
     ("2.9999999999", False), ("3.0000001", False), ("4", False), ("3.5", False)],
)  # fmt: skip
def test_an_integer_is_met_by_the_same_number(got: str, right: bool) -> None:
    """If a task expects integers alone, no tolerance applies to them, however the number is written."""
    assert agrees(Comparator.TOKENS_FLOAT, got, "3", integers_only=True) is right
    assert not agrees(Comparator.TOKENS_FLOAT, "500000000000.5", "500000000000", integers_only=True)
    assert not agrees(Comparator.TOKENS_FLOAT, "1000000999.0", "1000000000", absolute=1e-3, relative=1e-3)
    assert agrees(Comparator.TOKENS_FLOAT, "2.9999", "3", absolute=1e-3)


def test_a_fraction_is_a_number_that_is_not_written_as_an_integer() -> None:
    """Words with points are no fractions; one in any output is enough."""
    assert not expects_fractions(["1 -2\n+3", "YES e. 1.2.3 1_0.5"])
    assert expects_fractions(["1", "2 0.5"])
    assert expects_fractions(["1e3"])


def test_tolerances_are_the_task_s() -> None:
    """A wider tolerance lets more through, relative to the expected number."""
    assert not agrees(Comparator.TOKENS_FLOAT, "1000.5", "1000.0")
    assert agrees(Comparator.TOKENS_FLOAT, "1000.5", "1000.0", relative=1e-3)
    assert agrees(Comparator.TOKENS_FLOAT, "0.0005", "0.0", absolute=1e-3)


def test_printing_every_candidate_answer_fails() -> None:
    """Many answers are not the right one, by any rule."""
    for rule in RULES:
        assert not agrees(rule, "YES\nNO\n", "YES\n"), rule


def test_huge_integers_are_compared_by_their_digits() -> None:
    """A million digits are no number to build."""
    assert not agrees(Comparator.TOKENS_FLOAT, "1" * 1_000_000, "1" * 999_999 + "2")


def test_a_checker_compares_no_text() -> None:
    """Only running it can tell."""
    with pytest.raises(ValueError, match="checker"):
        agrees(Comparator.CHECKER, "1", "1")


def test_the_first_difference_is_a_line() -> None:
    """Lines are counted from 1; a missing line differs too."""
    assert first_difference("1\n2\n3", "1\n2\n4") == 3
    assert first_difference("1\n2", "1\n2\n3") == 3

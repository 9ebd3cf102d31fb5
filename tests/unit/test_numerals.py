"""Numbers look the same wherever they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.numerals import number, points, share, share_with_span


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.6, 1, "60.0 %"),
        (None, 1, "–"),
        (0.0, 1, "0.0 %"),
        (1.0, 1, "100.0 %"),
        (0.0001, 1, "< 0.1 %"),
        (0.99999, 0, "> 99 %"),
        (0.12345, 2, "12.35 %"),
    ],
)
def test_a_share_has_its_unit_behind_a_space(value: float | None, digits: int, text: str) -> None:
    assert share(value, digits) == text


def test_an_interval_has_the_unit_once() -> None:
    """``60.0 % (52.1 to 67.4)``; without bounds the share alone; without a value a dash."""
    assert share_with_span(0.6, 0.521, 0.674) == "60.0 % (52.1 to 67.4)"
    assert share_with_span(0.6, None, 0.7) == "60.0 %"
    assert share_with_span(None, 0.1, 0.2) == "–"


def test_differences_have_a_real_minus_sign() -> None:
    assert [points(value) for value in (-0.036, 0.025, 0.0, -0.0001, None)] == ["−3.6", "+2.5", "0.0", "0.0", "–"]


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_number_has_no_hyphen_and_reads_back(value: float, digits: int) -> None:
    text = number(value, digits)
    assert "-" not in text
    assert float(text.replace("−", "-").replace("\u202f", "")) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-6)


@given(st.integers(2, 20_000), st.data())
def test_one_number_is_written_alike_whichever_way_it_was_summed(samples: int, data: st.DataObject) -> None:
    """A share, and one whose last bits the order of a sum moved, read the same: 19.25 % is not 19.2 and 19.3."""
    share_ = data.draw(st.integers(1, samples - 1)) / samples
    for moved in (share_ * (1 + 4e-16), share_ * (1 - 4e-16), 1 - (1 - share_)):
        assert [share(moved, digits) for digits in (0, 1, 2)] == [share(share_, digits) for digits in (0, 1, 2)]
        assert number(100 * moved, 1) == number(100 * share_, 1)

"""Numbers and hostile texts in words and marks."""

from __future__ import annotations

import math
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from auditor.report.text import (
    count,
    cut,
    listing,
    number,
    p_value,
    percent,
    plural,
    points,
    significant,
    slugs,
    visible,
)

TEXTS = st.text(st.characters(codec=None, categories=None), max_size=60)


@given(TEXTS)
def test_what_is_shown_can_be_encoded_and_acts_on_nothing(text: str) -> None:
    """No control, format, private-use-free-zone or unpaired character is left but tab, newline and marks of emoji."""
    shown = visible(text)
    shown.encode("utf-8")
    left = {c for c in shown if unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in BIDI}
    assert left <= {"\t", "\n"}


BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@given(TEXTS)
def test_showing_loses_nothing_but_line_endings(text: str) -> None:
    """Reading the marks back gives the text, carriage returns before newlines aside."""
    if "⟨" in text:
        return
    back = re.sub(r"⟨U\+([0-9A-F]+)⟩", lambda hit: chr(int(hit[1], 16)), visible(text))
    assert back == text.replace("\r\n", "\n")


@given(TEXTS)
def test_showing_twice_is_showing_once(text: str) -> None:
    """What is already shown passes unchanged."""
    assert visible(visible(text)) == visible(text)


@given(st.lists(TEXTS, unique=True, max_size=8))
def test_file_names_are_safe_and_unlike(names: list[str]) -> None:
    """Any set of names gets file names of safe characters, unlike in any case, none of them the index."""
    found = slugs(names)
    assert set(found) == set(names)
    assert len({slug.lower() for slug in found.values()}) == len(names)
    for slug in found.values():
        assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", slug)
        assert len(slug) <= 60
        assert slug.lower() not in ("index", "report", "con", "nul")


def test_file_names_read_like_the_models() -> None:
    """Ordinary names keep their words; those of one spelling are told apart by their own digests."""
    assert slugs(["Llama 3.1 8B", "GPT-4o"]) == {"Llama 3.1 8B": "Llama-3.1-8B", "GPT-4o": "GPT-4o"}
    clashing = slugs(["a/b", "a b"])
    assert all(slug.startswith("a-b-") for slug in clashing.values())
    assert slugs(["a/b", "a b", "c"])["a/b"] == clashing["a/b"]
    assert slugs(["../../etc/passwd"])["../../etc/passwd"] == "etc-passwd"


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_numbers_read_back(value: float, digits: int) -> None:
    """A number written with this many decimals is the number rounded to them; nothing is written as minus zero."""
    text = number(value, digits)
    assert math.isclose(float(text.replace("−", "-").replace("\u202f", "")), round(value, digits), abs_tol=10**-9)
    assert not re.fullmatch(r"−0(\.0*)?", text)
    assert "-" not in text


def test_figures_carry_their_units() -> None:
    """Shares, differences, counts and p values are written as a reader expects."""
    assert percent(0.1423) == "14.2\u202f%"
    assert percent(None) == "–"
    assert points(-0.061) == "−6.1"
    assert (points(0.061), points(0.0), points(-0.0001)) == ("+6.1", "0.0", "0.0")
    assert count(32800) == "32\u202f800"
    assert (p_value(0.00001), p_value(0.0412), p_value(None)) == ("< 0.001", "0.041", "–")
    assert (plural(1, "task"), plural(2, "criterion", "criteria")) == ("1 task", "2 criteria")
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert [significant(value) for value in (0.00156, 1.5, 1234.5, 0, None)] == [
        "0.00156", "1.50", "1\u202f234" if round(1234.5) == 1234 else "1\u202f235", "0", "–",
    ]  # fmt: skip


@given(st.text(max_size=50), st.integers(1, 40))
def test_what_is_cut_is_counted(text: str, limit: int) -> None:
    """A text over the limit keeps its beginning and says how many characters went."""
    short = cut(text, limit)
    if len(text) <= limit:
        assert short == text
    else:
        assert short == f"{text[:limit]}⟨… {len(text) - limit} more characters⟩"

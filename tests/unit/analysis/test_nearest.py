"""The correct program most like a wrong one: found for many at once, as pair by pair."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from auditor.analysis import nearest as module
from auditor.analysis.nearest import LONGEST, nearest

TEXTS = st.lists(st.text("ab\n", max_size=12), max_size=6)


@given(st.sampled_from(["", "def f(x):\n", "é" * 70]), TEXTS, TEXTS, st.sampled_from(["", "b\n"]))
def test_each_text_gets_the_first_of_the_most_similar(
    head: str, texts: list[str], candidates: list[str], tail: str
) -> None:
    """Similarity is that of the whole texts, whatever they share at their beginning."""
    ours, theirs = ([head + text + tail for text in some] for some in (texts, candidates))
    for text, found in zip(ours, nearest(ours, theirs), strict=True):
        each = [Indel.normalized_similarity(text, other) for other in theirs]
        assert (found and (found.place, found.similarity)) == ((each.index(max(each)), max(each)) if each else None)


def test_blocks_of_pairs_and_long_texts(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Texts are compared in blocks; beyond the longest part two texts do not differ."""
    monkeypatch.setattr(module, "_PAIRS", 3)
    found = nearest(["a", "b" * LONGEST + "a", "bb", "c"], ["b" * LONGEST + "c", "a"])
    assert [one and one.place for one in found] == [1, 0, 0, 0]
    assert found[1] is not None
    assert found[1].similarity == 1

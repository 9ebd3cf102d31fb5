"""Which of several programs is most like a given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 8000
"""Characters of a program that are compared; the rest does not count."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The candidate that is most like a text."""

    place: int
    """Its index among the candidates."""
    similarity: float
    """0 to 1: 1 - d/(m + n), with d the insertions and deletions of characters that lead from one text of m
    characters to the other of n (Indel distance); 1 for equal texts."""


def nearest(text: str, candidates: Sequence[str]) -> Nearest | None:
    """Find the candidate with the highest similarity, the first among equals; ``None`` without candidates."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import extractOne

    shortened = [candidate[:LONGEST] for candidate in candidates]
    found = extractOne(text[:LONGEST], shortened, scorer=Indel.normalized_similarity)
    return None if found is None else Nearest(found[2], found[1])

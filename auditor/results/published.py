"""Figures as the notebooks behind arXiv 2411.17501 compute them, where they differ from ours; selected by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from auditor.errors import UsageError
from auditor.results.estimate import Count, Document, Positive, Share


class Published(StrEnum):
    """A way in which the published figures differ from ours."""

    ATTEMPTS = "attempts"
    """The false share by attempt is an unweighted mean over tasks, then over the attempts of a range."""
    SOUNDNESS = "soundness"
    """Soundness is a product of means over tasks, not pooled over wrong samples."""
    EASY = "easy"
    """A task is easy if more than half of its samples are correct; ours: at least half."""
    HORIZON = "horizon"
    """The two-type model is searched up to 800 attempts only."""
    PASS_AT_1 = "pass-at-1"  # noqa: S105 - a name
    """Single-sample accuracy counts what passes plus, regardless of base."""
    EXCLUSION = "exclusion"
    """Tasks are left out if some model passes plus more often than base."""

    @classmethod
    def named(cls, names: list[str]) -> tuple[Self, ...]:
        """Parse names, separated by commas or one by one; ``all`` selects every one.

        Raises :class:`~auditor.errors.UsageError` for an unknown name.
        """
        wanted = [name.strip() for text in names for name in text.split(",")]
        if "all" in wanted:
            return tuple(cls)
        known = {one.value: one for one in cls}
        for name in wanted:
            if name not in known:
                remedy = f"one of all, {', '.join(known)}"
                raise UsageError(f"{name!r} is not a way of the published figures", remedy=remedy)
        return tuple(known[name] for name in dict.fromkeys(wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedBucket(Document):
    """The false share of a range of attempts, unweighted."""

    first: Positive
    """First attempt of the range."""
    last: Positive
    """Last attempt of the range."""
    share_false: Share
    """Mean over the attempts of the mean of f/b over the tasks that can be accepted first at that attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedOptimum(Document):
    """The best number of attempts of the two-type model."""

    fp_cost: float
    """Cost of a false positive, in units of a correct solution's value."""
    attempts: Count
    """K* from first principles; 0 = use no model."""
    attempts_printed: Count
    """K* by the formula as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTwoType(Document):
    """The model of easy and hard tasks, computed in the published ways that were requested."""

    p1: Share
    """Share of easy tasks."""
    r1: Share | None
    """Chance that a sample of an easy task is correct; null without easy tasks."""
    p2: Share
    """Share of hard tasks."""
    r2: Share | None
    """Chance that a sample of a hard task is correct; null without hard tasks."""
    soundness: Share | None
    """Probability that the base tests reject a wrong sample; null if no sample is wrong."""
    optimal_attempts: tuple[PublishedOptimum, ...]
    """K* by cost ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPublished(Document):
    """A model's figures computed in the published ways that were requested, in addition to ours."""

    ways: tuple[Published, ...]
    """The ways requested."""
    attempt_buckets: tuple[PublishedBucket, ...] | None = None
    """The false share by attempt; null unless `attempts` is requested."""
    two_type: PublishedTwoType | None = None
    """The two-type model; null unless `soundness`, `easy` or `horizon` is requested."""
    pass_at_1_plus: Share | None = None
    """Share of samples that pass plus; null unless `pass-at-1` is requested and programs that fail base were run on
    plus.
    """

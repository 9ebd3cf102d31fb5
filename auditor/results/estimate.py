"""A figure with its interval, and variants with more fields."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge, Le

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

Share = Annotated[float, Ge(0), Le(1)]
"""A fraction of 1."""
Count = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]

SIGNIFICANT = 0.05
"""A difference tested in a family is clearly non-zero only below this adjusted p value."""
NARROW = 0.2
"""How far from zero, of 1, intervals may reach for "no clear difference" to be said of what they estimate."""


class Document:
    """Base of every type in a JSON document: how pydantic reads it."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, bool]] = {
        "use_attribute_docstrings": True,
        "allow_inf_nan": False,
        "json_schema_serialization_defaults_required": True,
    }


@dataclass(frozen=True, slots=True)
class Estimate(Document):
    """A figure with its interval, at the analysis's confidence unless stated otherwise."""

    value: float | None
    """The figure; null if undefined, such as a mean over no tasks."""
    low: float | None = None
    """Lower bound; null if there is none."""
    high: float | None = None
    """Upper bound; null if there is none."""

    @property
    def known(self) -> bool:
        """Return whether there is a value."""
        return self.value is not None

    @property
    def bounded(self) -> bool:
        """Return whether both bounds are known."""
        return self.low is not None and self.high is not None

    @property
    def side(self) -> int:
        """Return the sign of the whole interval: −1, 1, or 0 if it contains zero or is unknown."""
        return _side(self)

    def negative(self) -> Estimate:
        """Return the difference with its sign reversed."""
        value, low, high = (None if number is None else 0.0 - number for number in (self.value, self.high, self.low))
        return Estimate(value, low, high)

    def complement(self) -> Estimate:
        """Return one minus the estimate, for a share."""
        value, low, high = (None if number is None else 1.0 - number for number in (self.value, self.high, self.low))
        return Estimate(value, low, high)

    def finite(self) -> Estimate:
        """Return the estimate with infinite numbers as ``None``, since JSON has no infinity."""
        kept = {
            name: number if number is not None and math.isfinite(number) else None
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }
        return replace(self, **kept)


UNDEFINED = Estimate(None)
"""The value of a mean over nothing, e.g. of conditional accuracy when no sample passed base."""


@dataclass(frozen=True, slots=True)
class CountedEstimate(Estimate):
    """An estimate with the number of tasks behind it."""

    tasks: Count = 0
    """Tasks behind the figure."""

    @classmethod
    def exact(cls, value: float | None, tasks: int) -> CountedEstimate:
        """Return an estimate of a number known without error, such as a count."""
        return cls(value, value, value, tasks)


@dataclass(frozen=True, slots=True)
class Difference(CountedEstimate):
    """A difference, paired by task, with its test."""

    p: Share | None = None
    """Two-sided p value; null if nothing could be tested."""
    p_adjusted: Share | None = None
    """The p value adjusted for its family of tests (Holm 1979)."""

    @property
    def own_side(self) -> int:
        """The side of zero on which the interval lies, without regard to the family it was tested in."""
        return _side(self)

    @property
    def side(self) -> int:
        """Return the sign of the difference if it is clear: −1, 1, else 0.

        A difference is clear if its interval excludes zero and, if it was tested in a family, its adjusted p value is
        below :data:`SIGNIFICANT`.
        """
        if self.p_adjusted is not None and self.p_adjusted >= SIGNIFICANT:
            return 0
        return _side(self)


def _side(estimate: Estimate) -> int:
    if estimate.low is None or estimate.high is None:
        return 0
    return (estimate.low > 0) - (estimate.high < 0)


def clear_side(shown: Estimate, strict: Estimate) -> int:
    """Return the sign on which both intervals of a difference agree; 0 if either includes zero.

    The single rule for what a difference shows, used for choices, comparisons, changes over time and pairs of models.
    """
    return shown.side if shown.side == strict.side else 0


def deciding(shown: Estimate, strict: Estimate) -> Estimate:
    """Return the interval that decides: the smallest that holds both, so it excludes a number only if both do."""
    if not shown.bounded or not strict.bounded:
        return Estimate(shown.value)
    low = min(one.low for one in (shown, strict) if one.low is not None)
    return Estimate(shown.value, low, max(one.high for one in (shown, strict) if one.high is not None))


class OfShares:
    """Marks an estimate whose three numbers are shares of 1; anything else is rejected when a document is read."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Add the check to the estimate's own."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(_check_shares, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """State the range in the JSON Schema."""
        return handler(schema) | {"properties": {name: dict(_RANGE) for name in ("value", "low", "high")}}


_RANGE = {"minimum": 0, "maximum": 1}

ShareEstimate = Annotated[Estimate, OfShares()]
"""An estimate of a share of 1."""


def _check_shares(estimate: Estimate) -> Estimate:
    for name in ("value", "low", "high"):
        number = getattr(estimate, name)
        if number is not None and not 0 <= number <= 1:
            raise ValueError(f"{name} {number:g} is not a share between 0 and 1")
    return estimate

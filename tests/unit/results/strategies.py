"""Hypothesis strategies for any result type, made from its fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

import annotated_types as at
from hypothesis import strategies as st

from auditor.results import AnalysisOptions
from auditor.results.estimate import OfShares

T = TypeVar("T")
TEXTS = st.text(st.characters(), max_size=6) | st.sampled_from(["\ud800", "<b>", "a\nb", ""])
JSON = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda inner: st.lists(inner, max_size=2) |
                    st.dictionaries(TEXTS, inner, max_size=2), max_leaves=3)  # fmt: skip
OPTIONS = st.builds(
    AnalysisOptions,
    fp_costs=st.lists(st.floats(0, 100), min_size=1, max_size=3).map(tuple),
    max_attempts=st.none() | st.integers(1, 1000),
    exclude=st.sampled_from(["none", "auto", ("HumanEval/1",)]),
    draw_prices=st.dictionaries(TEXTS, st.floats(0, 1), max_size=2),
    solution_worth=st.none() | st.floats(0.1, 10),
    seed=st.integers(0, 9),
)


def made(kind: type[T]) -> st.SearchStrategy[T]:
    """Make values of a type of document."""
    return typing.cast("st.SearchStrategy[T]", _of(kind, ()))


def _of(kind: Any, marks: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in (Any, object):
        return JSON
    if hasattr(kind, "__supertype__"):
        return _of(kind.__supertype__, marks)
    if kind is AnalysisOptions:
        return OPTIONS
    if origin is Annotated:
        return _of(arguments[0], (*marks, *arguments[1:]))
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(_of(one, marks) for one in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(_of(arguments[0], ()), max_size=2).map(tuple)
    if origin is Mapping:
        keys = st.integers(0, 64).map(lambda eighths: eighths / 8) if arguments[0] is float else _of(arguments[0], ())
        return st.dictionaries(keys, _of(arguments[1], ()), max_size=2)
    if is_dataclass(kind):
        share = (at.Ge(0), at.Le(1)) if any(isinstance(mark, OfShares) for mark in marks) else ()
        hints = typing.get_type_hints(kind, include_extras=True)
        own = {name: hint for name, hint in hints.items() if typing.get_origin(hint) is not typing.ClassVar}
        bounds = dict.fromkeys(("value", "low", "high"), share)
        return st.builds(kind, **{name: _of(hint, bounds.get(name, ())) for name, hint in own.items()})
    return _plain(kind, marks)


def _plain(kind: Any, marks: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    kind = getattr(kind, "__supertype__", kind)  # of a NewType
    least = next((mark.ge for mark in marks if isinstance(mark, at.Ge)), None)
    most = next((mark.le for mark in marks if isinstance(mark, at.Le)), None)
    if kind is float:
        return st.floats(least, most, allow_nan=False, allow_infinity=False)
    if kind is bool or kind is type(None):
        return st.sampled_from([None] if kind is type(None) else [True, False])
    if kind is int:
        return st.integers(least, most)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert kind is str, kind
    return TEXTS

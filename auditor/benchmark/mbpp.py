"""Facts missing from EvalPlus's MBPP+ file: the types of inputs, and special rules of equality.

The facts (which task numbers, which entry points) are those of EvalPlus 0.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

ORACLES = {
    "similar_elements": "set",
    "find_char_long": "set",
    "common_in_nested_lists": "set",
    "extract_singly": "set",
    "larg_nnum": "set",
    "intersection_array": "set",
    "find_dissimilar": "set",
    "Diff": "set",
    "check_str": "not_none",
    "text_match_three": "not_none",
    "text_starta_endb": "not_none",
    "are_equivalent": "are_equivalent",
    "sum_div": "sum_div",
    "surface_Area": "surface_area",
    "digit_distance_nums": "digit_distance_nums",
}
"""Entry point → the special rule that EvalPlus applies to its task."""

Restore = Callable[[list[object]], list[object]]


def restore_types(task_id: str, arguments: list[object]) -> list[object]:
    """Restore the types that one call's arguments had before JSON."""
    restore = _RULES.get(int(task_id.rpartition("/")[2]))
    return restore(arguments) if restore else arguments


def _tuples(value: object, depths: Collection[int], depth: int = 0) -> object:
    """Turn the lists at these depths into tuples; 0 is the value itself."""
    if not isinstance(value, list):
        return value
    items = [_tuples(item, depths, depth + 1) for item in value]
    return tuple(items) if depth in depths else items


def _every(arguments: list[object], depths: Collection[int]) -> list[object]:
    return [_tuples(argument, depths) for argument in arguments]


def _only(arguments: list[object], position: int, depths: Collection[int]) -> list[object]:
    changed = list(arguments)
    changed[position] = _tuples(changed[position], depths)
    return changed


def _sets(arguments: list[object]) -> list[object]:
    """Turn the first argument's lists into sets; an empty one is a dict, as upstream has it."""
    first = arguments[0]
    if not isinstance(first, list):
        raise TypeError("the first argument is not a list")
    return [[set(item) if isinstance(item, list) and item else {} for item in first]]


def _tuple_values(arguments: list[object]) -> list[object]:
    first = arguments[0]
    if not isinstance(first, dict):
        raise TypeError("the first argument is not an object")
    return [{key: tuple(value) for key, value in first.items()}, *arguments[1:]]


def _float_complex(arguments: list[object]) -> list[object]:
    return [float(str(arguments[0])), complex(str(arguments[1]))]


def _complex(arguments: list[object]) -> list[object]:
    return [complex(str(arguments[0]))]


_TUPLES = (2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809)
_LISTS_OF_TUPLES = (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780)
_TUPLES_OF_TUPLES = (259, 278, 401, 445)
_FIRST_LIST_OF_TUPLES = (75, 413, 444, 753)
_FIRST_TUPLE = (250, 307, 405, 446, 617, 720, 763, 808)
_SECOND_TUPLE = (106, 750)
_ALL_TUPLES = (580, 615, 791)

_RULES: dict[int, Restore] = {
    **dict.fromkeys(_TUPLES, partial(_every, depths=(0,))),
    **dict.fromkeys(_LISTS_OF_TUPLES, partial(_every, depths=(1,))),
    **dict.fromkeys(_TUPLES_OF_TUPLES, partial(_every, depths=(0, 1))),
    **dict.fromkeys(_ALL_TUPLES, partial(_every, depths=range(100))),
    **dict.fromkeys(_FIRST_LIST_OF_TUPLES, partial(_only, position=0, depths=(1,))),
    **dict.fromkeys(_FIRST_TUPLE, partial(_only, position=0, depths=(0,))),
    **dict.fromkeys(_SECOND_TUPLE, partial(_only, position=1, depths=(0,))),
    115: _sets,
    124: _float_complex,
    252: _complex,
    722: _tuple_values,
}

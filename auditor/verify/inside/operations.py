"""What can be done to an object besides looking attributes up and calling it, by name: loaded in both processes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from auditor.verify.inside.lookups import look_up


def _leave(held: Any, error: BaseException | None) -> Any:
    """Leave an object's context with an exception, which gets a traceback first."""
    if error is None:
        return type(held).__exit__(held, None, None, None)
    try:
        raise error  # noqa: TRY301 - for its traceback
    except BaseException:  # noqa: BLE001 - it is any exception of a test
        return type(held).__exit__(held, type(error), error, error.__traceback__)


SPECIAL: dict[str, Callable[..., Any]] = {
    "len": len, "iter": iter, "next": next, "contains": operator.contains, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "str": str, "repr": repr, "hash": hash, "bool": bool,
    "int": int, "float": float, "index": operator.index, "abs": abs, "neg": operator.neg, "pos": operator.pos,
    "invert": operator.invert, "format": format, "reversed": reversed, "round": round,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "iadd": operator.iadd, "isub": operator.isub, "imul": operator.imul,
    "missing": look_up,
    "enter": lambda held: type(held).__enter__(held),
    "exit": _leave,
}  # fmt: skip
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "matmul": operator.matmul,
    "truediv": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
    "and": operator.and_, "or": operator.or_, "xor": operator.xor, "lshift": operator.lshift,
    "rshift": operator.rshift,
}  # fmt: skip


def _with_object_on_the_right(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda held, other: work(other, held)


SPECIAL |= BINARY | {f"r{name}": _with_object_on_the_right(work) for name, work in BINARY.items()}

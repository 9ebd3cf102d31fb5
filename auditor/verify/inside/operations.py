"""What can be done to an object besides looking attributes up and calling it, by name: loaded in both processes."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

from auditor.verify.inside.lookups import look_up


def _raised_again(kind: str, text: str) -> tuple[type[BaseException] | None, BaseException | None, None]:
    """Make the exception that left a ``with`` block of a test, as far as its class is a builtin one."""
    if not kind:
        return None, None, None
    found = getattr(builtins, kind, RuntimeError)
    error = found(text)
    return type(error), error, None


SPECIAL: dict[str, Callable[..., Any]] = {
    "len": len, "iter": iter, "next": next, "contains": operator.contains, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "str": str, "repr": repr, "hash": hash, "bool": bool,
    "int": int, "float": float, "index": operator.index, "abs": abs, "neg": operator.neg, "pos": operator.pos,
    "invert": operator.invert, "format": format, "reversed": reversed, "round": round,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "iadd": operator.iadd, "isub": operator.isub, "imul": operator.imul,
    "missing": look_up,
    "enter": lambda held: type(held).__enter__(held),
    "exit": lambda held, kind, text: type(held).__exit__(held, *_raised_again(kind, text)),
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

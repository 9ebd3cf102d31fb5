"""Whether a value has crossed between tests and a solution that one of them could tell from a copy.

Numbers and texts cannot be told from their copies, and what crosses by reference (an object or a function of the
solution, a function or a stream of the tests) is no copy. Where nothing else has crossed, tests that run apart see the
same sharing as in one process.
"""

from __future__ import annotations

import functools
import types
from typing import Any

from auditor.verify.inside import lending
from auditor.verify.inside.remote import RemoteObject

_ATOMS = frozenset({type(None), bool, int, float, complex, str, bytes})
_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)


class Copies:
    """Notes what crosses, in either direction."""

    def __init__(self) -> None:
        self.crossed = False
        """Whether a value has crossed that its receiver could tell from a copy."""

    def note(self, *values: Any) -> None:
        """Note values that cross."""
        if not self.crossed:
            self.crossed = not all(type(value) in _ATOMS or _is_reference(value) for value in values)

    def note_exception(self, error: BaseException) -> None:
        """Note what an exception brings along."""
        self.note(*error.args, *vars(error).values())


def _is_reference(value: Any) -> bool:
    return isinstance(value, (RemoteObject, type, *_FUNCTIONS)) or lending.is_lent(value)

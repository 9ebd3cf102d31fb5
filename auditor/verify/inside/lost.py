"""Exceptions of the solution that a test script lost without handling them.

Some of Python's own loops and look-ups take an exception as a signal: a ``StopIteration`` out of
``map`` ends the loop over it, an ``IndexError`` out of ``__getitem__`` ends an iteration, an ``AttributeError``
makes ``hasattr`` false. An exception of the solution that ends there would turn failing tests into no tests at
all, and the script would pass. (PEP 479 guards generators against the same.)

A traceback tells: its head is the last Python frame that the exception reached, or, before Python 3.12, the
last with a handler. It was handled if that frame has a handler around the place and did not raise it again.
"""

from __future__ import annotations

from types import CodeType, TracebackType

from auditor.verify.told import Raised

_KEPT = 1000
"""Handled exceptions that are looked at again, since a ``finally`` may still let one go."""


class LostExceptions:
    """Watches the exceptions that calls of the solution have raised; each is looked at when the next is raised."""

    def __init__(self) -> None:
        self._raised: list[tuple[BaseException, Raised]] = []
        self._found: tuple[BaseException, Raised] | None = None

    def watch(self, error: BaseException, told: Raised) -> None:
        """Remember an exception that is about to be raised."""
        self._look_at(self._raised[-1:])
        self._raised = [*self._raised[1 - _KEPT :], (error, told)]

    def look(self) -> tuple[BaseException, Raised] | None:
        """Return an exception that has been lost, if there is one; call it when none is on its way."""
        self._look_at(self._raised)
        return self._found

    def _look_at(self, raised: list[tuple[BaseException, Raised]]) -> None:
        for error, told in raised:
            if self._found is None and _is_lost(error.__traceback__):
                self._found = (error, told)


def _is_lost(trace: TracebackType | None) -> bool:
    if trace is None:  # somebody took it off, so somebody handled it
        return False
    code = trace.tb_frame.f_code
    if not _has_handler(code, trace.tb_lasti):
        return True
    import opcode

    last = trace.tb_frame.f_lasti
    if last < 0:
        return False
    name, argument = opcode.opname[code.co_code[last]], code.co_code[last + 1]
    return name == "RERAISE" or (name == "RAISE_VARARGS" and argument == 0)


def _has_handler(code: CodeType, offset: int) -> bool:
    """Look an instruction up in the exception table, whose format CPython documents in ``exception_handling_notes``."""
    numbers = _numbers(code.co_exceptiontable)
    ranges = zip(numbers[::4], numbers[1::4], strict=False)
    return any(2 * start <= offset < 2 * (start + length) for start, length in ranges)


def _numbers(table: bytes) -> list[int]:
    """Decode the table's numbers: six bits a byte, the highest first; bit 6 says that another byte follows."""
    numbers, value = [], 0
    for byte in table:
        value = value << 6 | byte & 63
        if not byte & 64:
            numbers.append(value)
            value = 0
    return numbers

"""Record what programs answer to inputs, without a verdict; every call runs confined.

An answer is the line that the program's process sent, see :mod:`~auditor.verify.protocol`: a value, the digest of a
large one, or an exception. A call without an answer (out of time, or the process ended) is skipped, and the program
continues with the next input in a new process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from auditor.config import VerifyConfig
from auditor.engine import Session
from auditor.engine.local import LocalEngine
from auditor.records import InputSuite, Task
from auditor.verify import levels, wire
from auditor.verify.batch import Place, VerifyJob, VerifySite
from auditor.verify.equality import accepts
from auditor.verify.kinds.calls.ordering import by_size
from auditor.verify.limits import Clocks
from auditor.verify.protocol import CallJob, Entry, Message, greeting, said
from auditor.verify.runner import Runner
from auditor.verify.server import InputsRefusedError, ZygoteDiedError
from auditor.verify.show import show_line
from auditor.verify.values import WireError

NO_ANSWER = b""
"""Placeholder for a call without an answer."""
NOT_RUN = b"?"
"""Placeholder for a call that was not made because the program's time was used up."""
_LIMIT = 64 << 10
"""Bytes of an answer; a larger one comes as its digest."""
_MOST_BYTES = 64 << 20
"""Bytes of all answers of one program."""
_RESTARTS = 3
"""Calls without an answer after which a program is not called any more."""
_PROGRAMS = 8
"""Programs per work item, at most."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One program's answers."""

    name: str
    """The caller's name for the program."""
    lines: tuple[bytes, ...]
    """One for each input: the line as it was sent, :data:`NO_ANSWER` or :data:`NOT_RUN`."""
    cpu_seconds: float
    """CPU time of all its calls."""


@dataclass(frozen=True, slots=True)
class _Item:
    entry: Entry
    key: str
    inputs: bytes = field(repr=False)
    count: int
    programs: tuple[tuple[str, str], ...]
    clocks: Clocks


@dataclass(frozen=True, slots=True)
class _Job:
    """Set-up, as in verification."""

    verify: VerifyJob

    @property
    def shared(self) -> tuple[type, ...]:
        return ()

    def split(self, item: _Item) -> Sequence[_Item]:
        middle = len(item.programs) // 2
        if not middle:
            return (item,)
        return replace(item, programs=item.programs[:middle]), replace(item, programs=item.programs[middle:])

    def rest(self, item: _Item, records: Sequence[Answers]) -> _Item | None:
        done = {record.name for record in records}
        left = tuple(pair for pair in item.programs if pair[0] not in done)
        return replace(item, programs=left) if left else None

    def give_up(self, item: _Item, _reason: str) -> Iterator[Answers]:
        for name, _ in item.programs:
            yield Answers(name, (NO_ANSWER,) * item.count, 0.0)

    def open(self) -> _Site:
        return _Site(self.verify.open())


@dataclass(frozen=True, slots=True)
class _Site:
    verify: VerifySite

    @property
    def about(self) -> Place:
        return self.verify.about

    @property
    def environment(self) -> str:
        return self.verify.environment

    def worker(self, number: int) -> _ObserveWorker:
        return _ObserveWorker(self.verify.plans.runner(number))

    def close(self) -> None:
        self.verify.close()


class _ObserveWorker:
    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def run(self, item: _Item) -> Iterator[Answers]:
        for name, source in item.programs:
            try:
                yield self._runner.persist(lambda name=name, source=source: _answers(self._runner, item, name, source))  # type: ignore[misc]  # a lambda's defaults
            except ZygoteDiedError:
                if self._runner.is_closed:
                    raise
                yield Answers(name, (NO_ANSWER,) * item.count, 0.0)

    def stop(self) -> None:
        self._runner.stop()

    def close(self) -> None:
        self._runner.close()


class Observer:
    """Runs programs on inputs in the sandbox; a context manager."""

    def __init__(self, config: VerifyConfig, *, engine: LocalEngine | None = None) -> None:
        self._job = _Job(VerifyJob(config, levels.acceptable(config.sandbox, None), None))
        self._engine = engine or LocalEngine(config.workers)
        self._session: Session[_Item, Answers, Place] | None = None

    def __enter__(self) -> Self:
        self._session = self._engine.start(self._job)
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            self._session.close()

    def answers(
        self, task: Task, inputs: Sequence[tuple[object, ...]], programs: Mapping[str, str], *, entry: str = "",
        seconds: float = 0.5, total: float = 10.0,
    ) -> dict[str, Answers]:  # fmt: skip
        """Call the programs on every input; return their answers by name.

        ``entry`` names a function other than the task's. A call gets ``seconds`` of CPU time, a program ``total``, and
        no call more than its program has left. Both are greater than 0.
        """
        if self._session is None:
            raise RuntimeError("the observer is not open")
        if not inputs:
            return {name: Answers(name, (), 0.0) for name in programs}
        order = by_size(inputs)  # the slow ones last
        encoded = wire.encode([list(inputs[place]) for place in order]).encode("ascii")
        key = hashlib.sha256(encoded).hexdigest()[:40]
        target = Entry(entry) if entry else Entry(task.target.binds, task.target.method, task.prelude)
        clocks = Clocks(min(seconds, total), total)
        pairs = list(programs.items())
        size = max(1, min(_PROGRAMS, -(-len(pairs) // self._engine.workers)))
        items = (
            _Item(target, key, encoded, len(inputs), tuple(pairs[start : start + size]), clocks)
            for start in range(0, len(pairs), size)
        )
        back = {place: at for at, place in enumerate(order)}
        return {
            found.name: replace(found, lines=tuple(found.lines[back[place]] for place in range(len(inputs))))
            for found in self._session.map(items)
        }


def _answers(runner: Runner, item: _Item, name: str, source: str) -> Answers:
    zygote = runner.zygote(source, item.entry.prelude)
    lines: list[bytes] = []
    cpu, restarts, reader = 0.0, 0, _Reader(0)
    try:
        zygote.load(item.key, item.inputs)
    except InputsRefusedError:
        return Answers(name, (NO_ANSWER,) * item.count, 0.0)
    while len(lines) < item.count and restarts <= _RESTARTS:
        job = CallJob(
            entry=item.entry, start=len(lines), stop=False, eager=True, limit=_LIMIT, doublings={}, hashed=(), slow=(),
            drain=False,
        )  # fmt: skip
        left = item.clocks.total - cpu
        clocks = Clocks(min(item.clocks.cpu, left), left)
        with zygote.run(job, source, cpu_seconds=int(left) + 5, key=item.key) as child:
            reader = _Reader(item.count - len(lines))
            while (data := child.read(clocks)) and reader.feed(data):
                pass
            cpu += child.end().cpu
        if not reader.ready:
            break
        lines += reader.lines
        if len(lines) < item.count:
            lines.append(NO_ANSWER)
            restarts += 1
        if cpu >= item.clocks.total:
            break
    rest = NOT_RUN if reader.ready else NO_ANSWER
    return Answers(name, tuple(lines) + (rest,) * (item.count - len(lines)), cpu)


class _Reader:
    """Reader of a child's output: its greeting, then a line for each call."""

    def __init__(self, wanted: int) -> None:
        self.lines: list[bytes] = []
        self.ready = False
        self._greeting = greeting(ready=True).split()
        self._wanted = wanted
        self._rest = b""
        self._bytes = 0

    def feed(self, data: bytes) -> bool:
        """Process bytes; return whether to continue reading."""
        self._bytes += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._greeting:
                if line != self._greeting.pop(0):
                    return False
                self.ready = not self._greeting
            elif said(line) not in {Message.VALUE, Message.TOO_LARGE, Message.RAISED, Message.MEMORY}:
                return False
            else:
                self.lines.append(line)
                if len(self.lines) == self._wanted:
                    return False
        return self._bytes < _MOST_BYTES and len(self._rest) < 2 * _LIMIT


def returned(line: bytes) -> bool:
    """Return whether an answer is a value that can be compared."""
    return said(line) in {Message.VALUE, Message.TOO_LARGE} and wire.OPAQUE_MARK not in line and b"NaN" not in line


def value_of(line: bytes) -> object:
    """Return the value of an answer; raises :class:`~auditor.verify.values.WireError` if it contains none."""
    if said(line) is not Message.VALUE:
        raise WireError("no value")
    found: object = wire.decode(line[1:])
    return found


def agrees(line: bytes, expected: bytes, arguments: tuple[object, ...], suite: InputSuite) -> bool:
    """Return whether an answer is right if ``expected`` is, by the suite's rule of equality."""
    if not returned(line):
        return False
    if line == expected and suite.oracle is None:
        return True
    if said(line) is not Message.VALUE or said(expected) is not Message.VALUE:
        return line == expected
    try:
        return accepts(value_of(line), value_of(expected), arguments, atol=suite.atol, oracle=suite.oracle)
    except WireError:
        return False


def gives(line: bytes, expected: object, arguments: tuple[object, ...], suite: InputSuite) -> bool:
    """Return whether an answer is a value that the suite's rule of equality accepts for ``expected``."""
    if not returned(line) or said(line) is not Message.VALUE:
        return False
    try:
        return accepts(value_of(line), expected, arguments, atol=suite.atol, oracle=None)
    except WireError:
        return False


def show_answer(line: bytes) -> str:
    """Write an answer as short Python source, or the exception's class and message."""
    return "no answer" if line == NO_ANSWER else "not run" if line == NOT_RUN else show_line(line)

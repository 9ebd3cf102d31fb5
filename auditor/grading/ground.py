"""A function task with all programs that are known of it: which inputs are valid, and who differs on them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from auditor.grading.inputs import Arguments
from auditor.grading.invariants import Invariants
from auditor.mutation.mutate import mutants
from auditor.records import InputSuite, Task
from auditor.verify.observe import NO_ANSWER, NOT_RUN, Answers, Observer, agrees, returned, show_answer

_CALL_SECONDS, _ALL_SECONDS = 0.05, 2.0
"""CPU seconds of the reference for one new input, and for all of them: a suite of slow tests is run for each sample."""
_PROGRAM_SECONDS = 1.0
"""CPU seconds of another program for one new input, and the least that it gets for all of them."""
_CHOSEN_SECONDS = 0.5
"""The same for the few inputs that are chosen: a program that takes longer is slow."""
_SEED_SECONDS, ALL_SEEDS_SECONDS = 4.0, 5.0
"""CPU seconds of the reference for one known input, and for all of them; other programs have twice as long for one."""
_FACTOR, _LEAST_SECONDS = 10.0, 0.6
"""A program gets at most this many times the reference's CPU time, and so much on top."""
_LEAST_FACTOR = 2.0
"""On the known inputs, all of which it has to answer, a program gets at least this many times the reference's."""
TASK_SECONDS = 15.0
"""CPU seconds of a task: of its programs and of the search for inputs."""
_REFERENCE_PART = 4
"""The reference runs twice; each time it takes at most this part of what a step has."""
_BATCH = 16
"""Programs that run before the time is looked at, at most."""
ELECTORATE = 3
"""Samples that have to pass the present suites before they decide on anything."""
_FOREIGN = 0.2
"""Share of the samples that differ from the reference and so dispute an input with a type that no known input has."""
_LATE = 0.2
"""Share of the samples that run out of time and so dispute an input: prompts rarely say how fast a program must be."""
VALID = "valid"
"""The function of a contract that says whether an input is valid."""
_TRUE = b"vtrue"
_REFERENCE, _AGAIN = "reference", "reference again"


@dataclass(frozen=True, slots=True)
class _Limits:
    """CPU seconds."""

    reference: float
    """Of the reference for one call."""
    all_calls: float
    """Of the reference for all calls."""
    program: float
    """Of another program for one call."""
    least: float
    """Of another program for all calls: what it gets at least."""
    least_factor: float
    """Of another program for all calls, as a multiple of what the reference takes: what it gets at least."""


_NEW = _Limits(_CALL_SECONDS, _ALL_SECONDS, _PROGRAM_SECONDS, _PROGRAM_SECONDS, 0.0)
_CHOSEN = _Limits(_CALL_SECONDS, _ALL_SECONDS, _CHOSEN_SECONDS, _CHOSEN_SECONDS, _LEAST_FACTOR)
_KNOWN = _Limits(_SEED_SECONDS, ALL_SEEDS_SECONDS, 2 * _SEED_SECONDS, _PROGRAM_SECONDS, _LEAST_FACTOR)
_References = tuple[Answers, Answers]
"""What the reference answers the first time and the second."""


@dataclass(frozen=True, slots=True)
class ProgramPool:
    """Programs beside those that the task names."""

    right: tuple[str, ...] = ()
    """Known to be right."""
    wrong: tuple[str, ...] = ()
    """Known to be wrong."""
    samples: tuple[str, ...] = ()
    """Of which nothing is known, such as a model's answers."""
    mutants: tuple[str, ...] | None = None
    """Mutants of the reference; ``None``: they are made of it here."""
    written: tuple[str, ...] = ()
    """Programs as they were written, to take constants from, if those above are wrapped."""
    suggested: tuple[Arguments, ...] = ()
    """Inputs to try first, such as a model's; they count under the same rules as any other."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """An input on which right programs, or most samples, differ from the reference."""

    arguments: Arguments
    expected: str
    """The reference's answer, as short source."""
    other: str
    """The answer against it, likewise, or what was raised."""
    votes: int
    """Samples that pass the present suites and give the other answer; 0: a known-right program does."""
    against: int
    """Those of them that agree with the reference."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The results of some inputs on which the reference returns the same value twice."""

    places: tuple[int, ...]
    """Of those inputs among all that were asked, ascending."""
    expected: tuple[bytes, ...]
    """The reference's answers to them."""
    lines: Mapping[str, tuple[bytes, ...]]
    """Program → its answers to them."""
    differing: Mapping[str, frozenset[int]]
    """Program → which of them, counted from 0, it answers differently."""

    def agreeing(self, names: Iterable[str]) -> list[str]:
        """Return those that answer all inputs as the reference does."""
        return [name for name in names if not self.differing[name] and NOT_RUN not in self.lines[name]]

    def asked(self, names: Iterable[str]) -> list[str]:
        """Return those that were asked before the time was over."""
        return [name for name in names if any(line != NOT_RUN for line in self.lines[name])]


@dataclass(slots=True)
class Ground:
    """A task, its known inputs and its programs by name."""

    task: Task
    observer: Observer
    programs: ProgramPool
    suite: InputSuite = field(init=False)
    """By whose rule answers are compared."""
    seeds: list[Arguments] = field(init=False)
    """The inputs of both suites."""
    right: dict[str, str] = field(init=False)
    others: dict[str, str] = field(init=False)
    """Mutants, known-wrong programs and samples."""
    samples: dict[str, str] = field(init=False)
    cpu_seconds: float = field(init=False, default=0.0)
    """CPU time of all programs so far."""
    _invariants: Invariants = field(init=False)
    _begun: float = field(init=False, default_factory=time.process_time)
    _until: float = field(init=False, default=TASK_SECONDS)
    """The CPU seconds of the task at which the present step ends; see :attr:`spent`."""
    _known: _References | None = field(init=False, default=None)
    """What the reference answers to the known inputs."""

    def __post_init__(self) -> None:
        """Name the programs and observe the seeds; raises ``TypeError`` unless both suites are given as inputs."""
        task, programs = self.task, self.programs
        if not isinstance(task.base, InputSuite) or not isinstance(task.plus, InputSuite):
            raise TypeError("suites are not given as inputs")
        oracle = task.plus.oracle or task.base.oracle
        self.suite = replace(task.plus, atol=max(task.base.atol, task.plus.atol), oracle=oracle)
        self.seeds = [*task.base.inputs, *task.plus.inputs]
        self.right = {f"right {n}": source for n, source in enumerate((*task.known_right, *programs.right), 1)}
        self.samples = {f"sample {n}": source for n, source in enumerate(programs.samples, 1)}
        changed = programs.mutants
        if changed is None:
            changed = tuple(one.source for one in mutants(task.reference))
        self.others = {f"mutant {n}": source for n, source in enumerate(changed, 1)}
        self.others |= {f"wrong {n}": source for n, source in enumerate((*task.known_wrong, *programs.wrong), 1)}
        self.others |= self.samples
        widen = bool(self.right) or len(self.samples) >= ELECTORATE
        self._invariants = Invariants(self.seeds, widen=widen)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What inputs are taken to have in common; empty if the task has a contract."""
        return () if self.task.contract else self._invariants.described()

    @property
    def spent(self) -> float:
        """The CPU seconds of the task so far: of its programs, and of this process, which makes and compares."""
        return self.cpu_seconds + time.process_time() - self._begun

    def begin(self, share: float) -> None:
        """Begin a step that may spend this share of the time that the task has left."""
        self._until = self.spent + share * max(0.0, TASK_SECONDS - self.spent)

    @property
    def left(self) -> float:
        """The CPU seconds that the present step has left, at least 0."""
        return max(0.0, self._until - self.spent)

    def valid(self, inputs: Sequence[Arguments]) -> list[bool]:
        """Ask the contract or, without one, what the seeds have in common; inputs beyond the step's time are not."""
        contract, left = self.task.contract, self.left
        if not contract:
            return [self._invariants.hold(one) for one in inputs]
        if not left:
            return [False] * len(inputs)
        found = self.observer.answers(self.task, inputs, {VALID: contract}, entry=VALID, seconds=0.2, total=left)[VALID]
        self.cpu_seconds += found.cpu_seconds
        return [line == _TRUE for line in found.lines]

    def ask(self, inputs: Sequence[Arguments], names: Iterable[str], *, always: bool = False) -> Answered:
        """Run the reference twice and programs of these names once on the inputs that the reference can answer.

        The last programs are left out when the step's time is over. ``always`` gives the reference its whole time.
        """
        everyone = self.right | self.others
        seconds = _NEW.all_calls if always else min(_NEW.all_calls, self.left / _REFERENCE_PART)
        seconds = max(seconds, _NEW.reference)
        references = self._references(inputs, _NEW.reference, seconds)
        return self._ask(inputs, references, {name: everyone[name] for name in names}, _NEW)

    def disputed(self, inputs: Sequence[Arguments], voters: Sequence[str]) -> dict[int, Dispute]:
        """Return the places of chosen inputs on which right programs or voters differ; all are asked again.

        Among many inputs a slow voter does not get to the last ones. These are few: a voter that does not get to an
        input counts as out of time there.
        """
        everyone = self.right | self.others
        references = self._references(inputs, _CHOSEN.reference, _CHOSEN.all_calls)
        asked = {name: everyone[name] for name in [*self.right, *voters]}
        answered = self._ask(inputs, references, asked, _CHOSEN)
        reached = answered.asked(asked)
        late = {
            name: tuple(NO_ANSWER if line == NOT_RUN else line for line in answered.lines[name]) for name in reached
        }  # fmt: skip
        differing = {
            name: answered.differing[name] | {place for place, line in enumerate(late[name]) if line == NO_ANSWER}
            for name in reached
        }
        told = replace(answered, lines=late, differing=differing)
        found = self.disputes(inputs, told, [name for name in voters if name in late])
        return {answered.places[place]: one for place, one in found.items()}

    def answers_to_seeds(self, names: Iterable[str]) -> Answered:
        """Run programs of these names on the known inputs, for which the reference may take longer."""
        everyone = self.right | self.others
        return self._ask(self.seeds, self._to_seeds(), {name: everyone[name] for name in names}, _KNOWN)

    def accepted(self, programs: Mapping[str, str]) -> list[str]:
        """Name the programs, other than those known, that answer all known inputs as the reference does."""
        return self._ask(self.seeds, self._to_seeds(), programs, _KNOWN).agreeing(programs)

    def _to_seeds(self) -> _References:
        if self._known is None:
            self._known = self._references(self.seeds, _KNOWN.reference, _KNOWN.all_calls)
        return self._known

    def _references(self, inputs: Sequence[Arguments], seconds: float, total: float) -> _References:
        sources = {_REFERENCE: self.task.reference, _AGAIN: f"{self.task.reference}\n"}
        found = self.observer.answers(self.task, inputs, sources, seconds=seconds, total=total)
        self.cpu_seconds += sum(one.cpu_seconds for one in found.values())
        return found[_REFERENCE], found[_AGAIN]

    def _ask(
        self, inputs: Sequence[Arguments], references: _References, asked: Mapping[str, str], limits: _Limits
    ) -> Answered:
        first, second = references
        places = [
            place for place, (line, again) in enumerate(zip(first.lines, second.lines, strict=True))
            if returned(line) and line == again
        ]  # fmt: skip
        kept, expected = [inputs[place] for place in places], [first.lines[place] for place in places]
        total = min(self.left / max(1, len(asked)), _LEAST_SECONDS + _FACTOR * first.cpu_seconds)
        total = max(limits.least, total, limits.least_factor * first.cpu_seconds)
        lines = dict.fromkeys(asked, (NOT_RUN,) * len(kept))
        waiting = list(asked)
        while waiting and self.left and TASK_SECONDS - self.spent >= total:
            count = max(1, min(_BATCH, int(self.left / total)))
            batch = {name: asked[name] for name in waiting[:count]}
            del waiting[:count]
            answers = self.observer.answers(self.task, kept, batch, seconds=limits.program, total=total)
            self.cpu_seconds += sum(one.cpu_seconds for one in answers.values())
            lines |= {name: one.lines for name, one in answers.items()}
        differing = {
            name: frozenset(
                place
                for place, line in enumerate(found)
                if line != NOT_RUN and not agrees(line, expected[place], kept[place], self.suite)
            )
            for name, found in lines.items()
        }
        return Answered(tuple(places), tuple(expected), lines, differing)

    def disputes(self, inputs: Sequence[Arguments], answered: Answered, voters: Iterable[str]) -> dict[int, Dispute]:
        """Return the answered inputs, counted from 0, on which right programs or most voters differ.

        One voter in five is enough if it runs out of time or, for a value whose type no known input has at its place,
        whatever it does.
        """
        electorate = answered.asked(voters)
        found = {}
        for place, expected in enumerate(answered.expected):
            arguments = inputs[answered.places[place]]
            differing = [name for name in self.right if place in answered.differing.get(name, ())]
            against = [name for name in electorate if place in answered.differing[name]]
            said = Counter(answered.lines[name][place] for name in against)
            values = Counter({line: count for line, count in said.items() if returned(line)})
            late = sum(answered.lines[name][place] == NO_ANSWER for name in against)
            agreeing = len(electorate) - len(against)
            other, votes = _most(values)
            if differing:
                right = show_answer(answered.lines[differing[0]][place])
                found[place] = Dispute(arguments, show_answer(expected), right, 0, agreeing)
            elif len(electorate) < ELECTORATE:
                continue
            elif votes > agreeing:
                found[place] = Dispute(arguments, show_answer(expected), show_answer(other), votes, agreeing)
            elif late and late >= _LATE * len(electorate):
                found[place] = Dispute(arguments, show_answer(expected), show_answer(NO_ANSWER), late, agreeing)
            elif len(against) >= _FOREIGN * len(electorate) and not self._invariants.typed(arguments):
                other, votes = _most(said)
                found[place] = Dispute(arguments, show_answer(expected), show_answer(other), votes, agreeing)
        return found


def _most(said: Counter[bytes]) -> tuple[bytes, int]:
    """Return what is said most often, and how often; of equals the first in order."""
    return min(said.items(), key=lambda pair: (-pair[1], pair[0]), default=(NO_ANSWER, 0))

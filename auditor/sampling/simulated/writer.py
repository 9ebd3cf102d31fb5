"""Write a simulated model's answers: a program of the given quality, in its style, in some wrapping."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from auditor.benchmark import demo_variants
from auditor.extraction.python import parse
from auditor.mutation.edits import Edit, Places, apply
from auditor.mutation.mutate import plain, subtle
from auditor.records import Task
from auditor.sampling.simulated.persona import CARELESSNESS, STRENGTHS, Quality, difficulties
from auditor.sampling.simulated.restyle import HABITS, restyle

_OPENINGS = (
    "Here is a function that does this:", "Sure! One way to write it:", "The idea is to go through the input once.",
    "You can solve it like this.", "Below is my solution.", "",
)  # fmt: skip
_CLOSINGS = (
    "It handles the examples given.", "The running time is linear in the size of the input.",
    "Let me know if anything is unclear.", "", "",
)  # fmt: skip
PLAIN_SHARE = 3
"""Weight of the reference as material of a right answer, relative to 1 for each hand-written one."""
ODD_ANSWERS = 0.015
"""Share of answers that contain no program at all: half of them refusals, half of them prose."""


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """The text of one choice."""

    text: str
    refusal: str | None = None


class AnswerWriter:
    """Writer for the tasks of one benchmark; the same arguments always give the same answer."""

    def __init__(self, tasks: Sequence[Task], seed: int) -> None:
        self._seed = seed
        self._tasks = {task.task_id: task for task in tasks}
        self._difficulty = difficulties(tasks, seed)
        self.program = lru_cache(maxsize=20_000)(self._program)

    def answer(self, task: Task, strength: str, number: int, *, chat: bool) -> SimulatedAnswer:
        """Write answer ``number`` (any whole number) of a strength to a task."""
        random = self._random(task.task_id, strength, number)
        if chat and random.random() < ODD_ANSWERS:
            return _odd(task, random)
        chances = STRENGTHS[strength].chances(self._difficulty[task.task_id])
        quality = random.choices(list(chances), list(chances.values()))[0]
        source = self.program(task.task_id, strength, quality, random.randrange(STRENGTHS[strength].variants))
        return SimulatedAnswer(_wrap(source, task, random) if chat else _after_prompt(source, task))

    def _program(self, task_id: str, strength: str, quality: Quality, variant: int) -> str:
        """Write one program of a quality."""
        task = self._tasks[task_id]
        random = self._random(task_id, strength, f"{quality}{variant}")
        source = _documented(_material(task, quality, random), task)
        chance = STRENGTHS[strength].sloppiness * (1.0 if quality == "right" else CARELESSNESS)
        habits = [habit for habit in HABITS if random.random() < chance]
        source = restyle(source, habits, random)
        return _break(source, random) if quality == "broken" else source

    def _random(self, *parts: object) -> Random:
        return Random("/".join(map(str, (self._seed, *parts))))  # noqa: S311 - a simulation, not a secret


def _material(task: Task, quality: Quality, random: Random) -> str:
    """Take a hand-written variant of the quality, or change the reference."""
    variants = demo_variants(task.task_id)
    reference = task.reference
    right: list[str] = [
        *[reference] * PLAIN_SHARE,
        *(variant.solution for variant in variants if variant.kind == "correct"),
    ]
    if quality in ("right", "broken"):
        return random.choice(right)
    kind = "false_positive" if quality == "subtle" else "wrong"
    wrong: list[str] = [variant.solution for variant in variants if variant.kind == kind]
    if wrong and (quality == "subtle" or random.random() < 0.5):
        return random.choice(wrong)
    changed = (subtle if quality == "subtle" else plain)(random.choice(right), random)
    nothing = f"def {task.entry_point}(*args):\n    return None\n" if task.entry_point else "print()\n"
    return changed or plain(reference, random) or nothing


def _documented(source: str, task: Task) -> str:
    """Give the entry point the first line of the prompt's docstring, if it has none of its own."""
    parsed, summary = parse(source), _summary(task.prompt, task.entry_point)
    found = parsed.definition(task.entry_point) if parsed else None
    if not summary or not isinstance(found, ast.FunctionDef) or ast.get_docstring(found):
        return source
    places = Places(source)
    first = places.line_start(found.body[0].lineno)
    if found.body[0].lineno == found.lineno:
        return source
    indent = " " * found.body[0].col_offset
    lines = textwrap.wrap(f'"""{summary}"""', 70, initial_indent=indent, subsequent_indent=indent)
    return apply(source, [Edit(first, first, "\n".join(lines) + "\n")])


@lru_cache(maxsize=1024)
def _summary(prompt: str, entry_point: str) -> str:
    """Return the first line of the entry point's docstring in the prompt; empty if none can be quoted."""
    parsed = parse(prompt)
    asked = parsed.definition(entry_point) if parsed else None
    text = (ast.get_docstring(asked) or "") if isinstance(asked, ast.FunctionDef) else ""
    summary = text.partition("\n")[0]
    return "" if "\\" in summary or '"' in summary else summary


def _break(source: str, random: Random) -> str:
    """Make a program unparsable, as some answers are."""
    lines = source.rstrip().splitlines()
    place = random.randrange(1, len(lines)) if len(lines) > 1 else 0
    match random.randrange(3):
        case 0:
            lines[place] = lines[place] + " ("
        case 1:
            lines[place] = " " + lines[place] if place else lines[place] + ")"
        case _:
            lines.append("    return the result of the loop above")
    broken = "\n".join(lines) + "\n"
    return broken if parse(broken) is None else f"{broken}else:\n"


def _wrap(source: str, task: Task, random: Random) -> str:
    """Put a program into a chat answer, in one of the ways that models have."""
    opening, closing = random.choice(_OPENINGS), random.choice(_CLOSINGS)
    code = source.strip("\n")
    way = random.choices(range(7), (58, 14, 10, 4, 6, 5, 3))[0]
    match way if task.entry_point or way not in {4, 6} else 0:  # a program has no name
        case 0:
            body = f"```python\n{code}\n```"
        case 1:
            return f"```\n{code}\n```"
        case 2:
            return code
        case 3:
            body = f"~~~python\n{code}\n~~~"
        case 4:
            body = f"```python\n{code}\n```\n\nFor example:\n\n```python\nprint({task.entry_point}.__name__)\n```"
        case 5:
            return f"{opening}\n\n```python\n{code}"
        case _:
            trial = f'if __name__ == "__main__":\n    print({task.entry_point})'
            body = f"<think>The edge cases matter here.</think>\n```py\n{code}\n\n{trial}\n```"
    return "\n\n".join(part for part in (opening, body, closing) if part)


def _after_prompt(source: str, task: Task) -> str:
    """Return what a completion model would: only the body if the prompt's signature is repeated, else everything."""
    parsed = parse(source)
    found = parsed.definition(task.entry_point) if parsed else None
    body = getattr(found, "body", None)
    if parsed is None or found is None or body is None or len(parsed.tree.body) != 1 or found.lineno == body[0].lineno:
        return "\n" + textwrap.dedent(source)
    first = body[1] if len(body) > 1 and _is_docstring(body[0]) else body[0]
    return "".join(source.splitlines(keepends=True)[first.lineno - 1 :])


def _is_docstring(statement: object) -> bool:
    return isinstance(getattr(getattr(statement, "value", None), "value", None), str)


def _odd(task: Task, random: Random) -> SimulatedAnswer:
    """Answer without a program."""
    if random.random() < 0.5:
        return SimulatedAnswer("", "I cannot help with this request.")
    return SimulatedAnswer(
        f"To write `{task.entry_point}`, think about the edge cases first, then about the general one."
    )

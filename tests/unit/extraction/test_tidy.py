"""Tidying a program never breaks it, and takes away what only tries it out."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.extraction import assemble, complete, extract
from auditor.records import InputSuite, Task
from auditor.targets import Target, TargetKind

KEPT = {
    "a cache made behind": "def total(v):\n    return CACHE.setdefault(tuple(v), sum(v))\n\n\nCACHE = {}\n",
    "a wrapped function": (
        "import functools\n\n\ndef total(v):\n    return sum(v)\n\n\ntotal = functools.wraps(total)(total)\n"
    ),
    "an attribute": "def total(v):\n    total.calls += 1\n    return sum(v)\n\n\ntotal.calls = 0\n",
    "a table filled in a loop": (
        "TABLE = []\n\n\ndef total(v):\n    return TABLE[len(v)] * 0 + sum(v)\n\n\n"
        "for n in range(50):\n    TABLE.append(n)\n    print(n)\n"
    ),
    "a table filled by its own calls": (
        "MEMO = {}\n\n\ndef total(v):\n    if len(v) == 3:\n        return MEMO[3]\n    return sum(v)\n\n\n"
        "MEMO[3] = total([1]) + 5\n"
    ),
    "a handler registered behind": (
        "from functools import singledispatch\n\n\n@singledispatch\ndef total(v):\n    return 0\n\n\n"
        "@total.register(list)\ndef _(v):\n    return sum(v)\n"
    ),
    "an earlier version in use": (
        "def total(v):\n    return sum(v)\n\n\n_plain = total\n\n\ndef total(v):\n    return _plain(v)\n"
    ),
    "a class used in an annotation": (
        'def total(v: "Box") -> int:\n    return sum(v)\n\n\nclass Box(list):\n    pass\n\n\nBox = Box\n'
    ),
    "a name found dynamically": "def total(v):\n    return globals()['add'](v)\n\n\ndef add(v):\n    return sum(v)\n",
    "a setup function": (
        "def total(v):\n    return STATE + sum(v)\n\n\ndef main():\n    global STATE\n    STATE = 0\n\n\nmain()\n"
    ),
    "statements on one line": "total = lambda v: sum(v); print('ready')\n",
    "a plugin of a registry": (
        "class Base:\n    kinds = []\n\n    def __init_subclass__(cls):\n        Base.kinds.append(cls)\n\n\n"
        "def total(v):\n    return Base.kinds[0]().run(v)\n\n\n"
        "class Adder(Base):\n    def run(self, v):\n        return sum(v)\n"
    ),
    "a result that is read again": (
        "def total(v):\n    return sum(v) + zero\n\n\nzero = total.__doc__ is not None and 1 or 0\n"
    ),
    "an augmented constant": "BASE = 0\n\n\ndef total(v):\n    return sum(v) + BASE\n\n\nBASE += len('')\n",
    "a name given in a with statement": (
        "import io\n\n\ndef total(v):\n    return sum(v) + len(text)\n\n\n"
        "with io.StringIO('') as file:\n    text = file.read()\n"
    ),
    "an import behind": "def total(v):\n    return math.fsum(v)\n\n\nimport math\n",
    "a walrus in an assertion": "def total(v):\n    return sum(v) + zero\n\n\nassert (zero := 0) == 0\n",
}


def task(name: str = "total") -> Task:
    return Task("T/0", f"def {name}(v):\n", Target.function(name), "", InputSuite(()), InputSuite(()))


def run(source: str, name: str = "total") -> Any:
    """Run one of the programs above, which are ours."""
    space: dict[str, Any] = {"__name__": "candidate"}
    exec(compile(source, "candidate", "exec"), space)
    return space[name]


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("wrap", ["{}", "```python\n{}```", "Here.\n```\n{}```\nDone.", "<think>x</think>\n{}"])
def test_a_right_program_stays_right(name: str, wrap: str) -> None:
    """What the solution needs stays, wherever it is and however it is reached."""
    found = extract(wrap.format(KEPT[name]), task())
    assert found.solution is not None
    assert run(found.solution)([1, 2, 3]) == 6


SOLUTION = "def total(v):\n    result = sum(v)\n    return result\n"
GONE = {
    "prints": "\nprint(total([1, 2]))\n",
    "assertions": "\nassert total([]) == 1, 'wrong on purpose'\n",
    "a main block": "\nif __name__ == '__main__':\n    print(total([1]))\n",
    "a notebook's last line": "\nresult = total([1, 2])\nresult\n",
    "a chain of names": "\nx = total([1, 2])\ny = x + 1\nprint(y)\n",
    "a demonstration in a loop": "\nfor case in ([1], [2]):\n    print(case, total(case))\n",
    "input": "\nvalues = input()\nprint(total(values))\n",
    "tests": (
        "\nimport unittest\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        pass\n\n\n"
        "unittest.main()\n"
    ),
    "another function": "\n\ndef other(x):\n    return x\n",
    "an empty repetition": "\n\ndef total(v):\n    ...\n",
    "a stray word": "\nDone\n",
    "a bare annotation": "\nOutput: total\nNote: this\n",
}


@pytest.mark.parametrize("name", GONE)
def test_what_only_tries_it_out_goes(name: str) -> None:
    """Prints, tests, demonstrations and other tasks' functions behind the solution go."""
    for wrap in ("{}", "```python\n{}```"):
        found = extract(wrap.format(SOLUTION + GONE[name]), task())
        assert found.solution is not None
        kept = found.solution.replace("Output: total\n", "").rstrip() + "\n"
        assert kept == SOLUTION, found


PROGRAM = Target(TargetKind.PROGRAM)
READS = """import sys


def main():
    print(sum(map(int, sys.stdin.read().split())))


if __name__ == '__main__':
    main()
"""
SCRIPT = "n = int(input())\nvalues = list(map(int, input().split()))\nprint(sum(values[:n]))\n"


def stdin_task() -> Task:
    return Task("T/1", "Read numbers and print their sum.", PROGRAM, "", InputSuite(()), InputSuite(()))


@pytest.mark.parametrize("program", [READS, SCRIPT], ids=["main block", "script"])
@pytest.mark.parametrize(
    "wrap",
    ["{}", "```python\n{}```", "Sure:\n```py\n{}```\nIt reads `n`, doesn't it?",
     "<think>\n```python\nprint(1)\n```\n</think>\n{}",
     "```python\nimport sys\nprint('draft')\n```\nFinal:\n```python\n{}```",
     "```python\n{}```\nInput:\n```\n2\n1 2\n```\n",
     "{}<|im_end|>", "assistant\n\n{}", "<code>\n{}</code>",
     "Run it:\n```bash\npython main.py < in.txt\n```\n```python\n{}```"],
)  # fmt: skip
def test_a_program_keeps_what_it_prints(program: str, wrap: str) -> None:
    """A program is found without an entry point, and nothing of it is tidied away."""
    assert extract(wrap.format(program), stdin_task()).solution == program


def test_a_program_in_two_blocks_is_joined() -> None:
    """A program whose imports and functions come in one block and whose main part in another is put together."""
    first, second = READS.split("\n\nif __name__")
    found = extract(f"```python\n{first}\n```\nand\n```python\nif __name__{second}```", stdin_task())
    assert found.solution is not None
    compile(found.solution, "candidate", "exec")
    assert "sys.stdin" in found.solution
    assert "__main__" in found.solution


def test_a_recorded_program_keeps_all() -> None:
    """A recorded program is taken as it is, a byte order mark aside; an answer recorded as one is read."""
    whole = f"{SOLUTION}\nprint(total([1]))\n"
    assert complete(whole, task()).solution == whole
    assert complete(f"\ufeff{whole}", task()).solution == whole
    assert complete(f"Here it is:\n```python\n{SOLUTION}```\n", task()).solution == SOLUTION
    assert complete(f"{SOLUTION.rstrip()}<|endoftext|>", task()).solution == SOLUTION
    assert complete(SCRIPT, stdin_task()).solution == SCRIPT


CLASS = """class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)
"""
METHOD = "class Solution:\n    def total(self, v):\n        return sum(v)\n"


def test_classes_and_methods_are_found() -> None:
    """A class or a method is a target like a function; the class without the method is not enough."""
    stack = Task("T/2", "class Stack:\n", Target(TargetKind.CLASS, "Stack"), "", InputSuite(()), InputSuite(()))
    assert extract(f"```python\n{CLASS}```\n```python\ns = Stack()\ns.push(1)\n```", stack).solution == CLASS
    solution = Task(
        "T/3", "class Solution:\n    def total(self, v):\n", Target(TargetKind.METHOD, "Solution().total"), "",
        InputSuite(()), InputSuite(()),
    )  # fmt: skip
    draft = "class Solution:\n    def helper(self, v):\n        return v\n"
    assert extract(f"```python\n{draft}```\nFinal:\n```python\n{METHOD}```", solution).solution == METHOD
    assert extract(f"```python\n{METHOD}```\nNot:\n```python\n{draft}```", solution).solution == METHOD
    found = assemble("        return sum(v)\n", solution)
    assert found.solution == METHOD


def test_helpers_of_other_blocks_come_along() -> None:
    """A block that lacks a name gets the latest block that defines it; one that lacks nothing stays alone."""
    helper = "def double(x):\n    return 2 * x\n"
    uses = "def total(v):\n    return double(sum(v)) // 2\n"
    found = extract(f"```python\n{helper}```\n```python\n{uses}```\n```python\nprint(total([1]))\n```", task())
    assert found.solution == f"{helper}\n{uses}"
    complete_draft = f"{helper}\n{uses}"
    found = extract(f"```python\n{complete_draft}```\n```python\n{uses}```", task())
    assert found.solution is not None
    assert run(found.solution)([1, 2, 3]) == 6


def test_names_that_exist_count() -> None:
    """Of two versions the one whose names exist is taken, although the other comes later."""
    lacks = "def total(v):\n    return helper(v)\n"
    assert extract(f"```python\n{SOLUTION}```\nOr:\n```python\n{lacks}```", task()).solution == SOLUTION

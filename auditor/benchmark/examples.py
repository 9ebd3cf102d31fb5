"""An example own task of each kind."""

from __future__ import annotations

from auditor.json_types import JsonObject
from auditor.targets import TaskKind as TaskKind

_MEDIAN = (
    "from statistics import median as middle\n\n\ndef median(values):\n    if not values:\n"
    "        raise ValueError('no values')\n    return middle(values)\n"
)
_STACK = (
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n"
    "        self.items.append(item)\n\n    def pop(self):\n        return self.items.pop()\n\n"
    "    def __len__(self):\n        return len(self.items)\n"
)

EXAMPLES: dict[TaskKind, JsonObject] = {
    TaskKind.FUNCTION: {
        "task_id": "own/double",
        "prompt": 'def double(x: int) -> int:\n    """Return twice x."""\n',
        "entry_point": "double",
        "reference": "def double(x: int) -> int:\n    return 2 * x\n",
        "base": {"inputs": [[1], [2]], "outputs": [2, 4]},
        "plus": {"inputs": [[0], [-3], [10**20]]},
    },
    TaskKind.PROGRAM: {
        "task_id": "own/sum",
        "prompt": "Read integers until the end of the input and print their sum.\n",
        "reference": "import sys\n\nprint(sum(map(int, sys.stdin.read().split())))\n",
        "base": {"stdin": ["1 2\n"], "stdout": ["3\n"]},
        "plus": {"stdin": ["1 2\n", "", "-5\n5\n"], "stdout": ["3\n", "0\n", "0\n"]},
    },
    TaskKind.CLASS: {
        "task_id": "own/stack",
        "prompt": "Write a class Stack with push(item), pop() and len().\n",
        "entry_point": "Stack",
        "reference": _STACK,
        "base": {
            "unittest": "import unittest\n\n\nclass Base(unittest.TestCase):\n    def test_push(self):\n"
            "        stack = Stack()\n        stack.push(1)\n        self.assertEqual(len(stack), 1)\n"
        },
        "plus": {
            "unittest": "import unittest\n\n\nclass Plus(unittest.TestCase):\n    def test_order(self):\n"
            "        stack = Stack()\n        stack.push(1)\n        stack.push(2)\n"
            "        self.assertEqual((stack.pop(), stack.pop()), (2, 1))\n\n    def test_empty(self):\n"
            "        with self.assertRaises(IndexError):\n            Stack().pop()\n"
        },
    },
    TaskKind.UNITTEST: {
        "task_id": "own/median",
        "prompt": "Write median(values): the median of a list of numbers; ValueError for an empty list.\n",
        "entry_point": "median",
        "reference": _MEDIAN,
        "base": {"unittest": "def test_odd():\n    assert median([3, 1, 2]) == 2\n"},
        "plus": {
            "unittest": "import unittest\n\n\nclass Plus(unittest.TestCase):\n    def test_even(self):\n"
            "        self.assertEqual(median([4, 1, 3, 2]), 2.5)\n\n    def test_empty(self):\n"
            "        with self.assertRaises(ValueError):\n            median([])\n"
        },
    },
}

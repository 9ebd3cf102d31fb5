"""Objects of own classes, dicts that answer for missing keys, and arrays, between a script and a solution."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - the scripts are data
import pytest

from auditor.config import VerifyConfig
from auditor.records import Outcome
from auditor.verify import Verifier
from tests.integration.test_script_boundary import judge, task

POINT = "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n"
DATA = "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n    y: int\n"
SLOTS = "class Point:\n    __slots__ = ('x', 'y')\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
POINTS = (
    "def solve(n):\n    return [Point(k, k * k) for k in range(n)] if isinstance(n, int) else sum(p.y for p in n)\n"
)
ASKED = """
points = candidate(3)
assert [(p.x, p.y) for p in points] == [(0, 0), (1, 1), (2, 4)]
assert candidate(points) == 5
assert points[1] == points[1] and points[1] != points[2]
assert {"a": candidate(2)}["a"][1].y == 1
"""
EQUAL = "    def __eq__(self, other):\n        return True\n    def __len__(self):\n        return 3\n"
CASES: dict[str, tuple[str, str, list[str], list[str]]] = {
    "own objects in a list": (
        ASKED,
        POINT + POINTS,
        [DATA + POINTS, SLOTS + POINTS],
        [DATA + POINTS.replace("k * k", "k"), DATA + EQUAL + POINTS.replace("range(n)", "range(9)"), EQUAL.join(["class P:\n", "def solve(n):\n    return P()\n"])],
    ),
    "an enum member in a tuple": (
        "kind, n = candidate(2)\nassert (kind.name, kind.value, n) == ('B', 2, 2)\n",
        "from collections import namedtuple\nT = namedtuple('T', 'name value')\ndef solve(n):\n    return T('B', n), n\n",
        ["from enum import Enum\nclass K(Enum):\n    A = 1\n    B = 2\ndef solve(n):\n    return K(n), n\n"],
        ["from enum import Enum\nclass K(Enum):\n    A = 1\n    B = 2\ndef solve(n):\n    return K.A, n\n"],
    ),
    "objects that are in each other": (
        "root = candidate(3)\nassert root.next.next.value == 2 and root.next.next.next is root\nassert candidate(root.next) == 1\n",
        "class Node:\n    def __init__(s, value):\n        s.value = value\ndef solve(n):\n    if not isinstance(n, int):\n        return n.value\n"
        "    nodes = [Node(k) for k in range(n)]\n    for k in range(n):\n        nodes[k].next = nodes[(k + 1) % n]\n    return nodes[0]\n",
        [],
        ["class Node:\n    def __init__(s, value):\n        s.value = value\ndef solve(n):\n    a = Node(0)\n    a.next = a\n    return a\n"],
    ),
    "the script's own objects": (
        "class Item:\n    def __init__(self, price):\n        self.price = price\n"
        "items = [Item(3), Item(1)]\nassert candidate(items) == 4\n"
        "assert [i.price for i in items] == [6, 2] and isinstance(items[0], Item)\n",
        "def solve(items):\n    total = sum(i.price for i in items)\n    for i in items:\n        i.price *= 2\n    return total\n",
        ["def solve(items):\n    total = 0\n    for i in list(items):\n        total += i.price\n        setattr(i, 'price', i.price + i.price)\n    return total\n"],
        ["def solve(items):\n    return sum(i.price for i in items)\n", "def solve(items):\n    items[:] = []\n    return 4\n"],
    ),
    "the script's own objects come back": (
        "class A: pass\na, b = A(), A()\nassert candidate([a, b, a]) == [a, b]\nassert candidate([b])[0] is b\n",
        "def solve(given):\n    return [one for k, one in enumerate(given) if one not in given[:k]]\n",
        ["def solve(given):\n    return list(dict.fromkeys(given))\n"],
        ["def solve(given):\n    return given\n", "class A:\n    def __eq__(s, o):\n        return True\ndef solve(given):\n    return [A() for _ in set(given)]\n"],
    ),
    "a sentinel": (
        "none = object()\nassert candidate([1, none, 2], none) == [1, 2] and candidate([none], 1) == [none]\n",
        "def solve(given, drop):\n    return [one for one in given if one != drop]\n",
        ["def solve(given, drop):\n    return [one for one in given if one is not drop]\n"],
        ["def solve(given, drop):\n    return [one for one in given if type(one) is int]\n"],
    ),
    "a factory of the solution": (
        "d = candidate('aab')\nassert d == {'a': 2, 'b': 1} and d['z'] == 0\nassert candidate(d) == 3\n",
        "from collections import defaultdict\ndef solve(s):\n    if not isinstance(s, str):\n        return s['a'] + s['b'] + s['q']\n"
        "    d = defaultdict(int)\n    for c in s:\n        d[c] += 1\n    return d\n",
        [
            "from collections import defaultdict\ndef solve(s):\n    if not isinstance(s, str):\n        return s['a'] + s['b'] + s['q']\n"
            "    d = defaultdict(lambda: 0)\n    for c in s:\n        d[c] += 1\n    return d\n",
            "class D(dict):\n    def __missing__(self, key):\n        return 0\ndef solve(s):\n    if not isinstance(s, str):\n"
            "        return s['a'] + s['b'] + s['q']\n    return D((c, s.count(c)) for c in s)\n",
        ],
        [
            "def solve(s):\n    return 3 if not isinstance(s, str) else {c: s.count(c) for c in s}\n",
            "class D(dict):\n    def __missing__(self, key):\n        return 1\ndef solve(s):\n    return D({'a': 2, 'b': 1}) if isinstance(s, str) else 3\n",
            "class D(dict):\n    def __missing__(self, key):\n        return {'a': 2, 'b': 1}.get(key, 0)\ndef solve(s):\n    return D() if isinstance(s, str) else 3\n",
        ],
    ),
    "lists for missing keys": (
        "d = candidate(1)\nd['a'].append(1)\nd['a'].append(2)\nassert d == {'a': [1, 2]} and d['b'] == []\n",
        "from collections import defaultdict\ndef solve(n):\n    return defaultdict(list)\n",
        [
            "from collections import defaultdict\ndef solve(n):\n    return defaultdict(lambda: [])\n",
            "class D(dict):\n    def __missing__(self, key):\n        self[key] = []\n        return self[key]\ndef solve(n):\n    return D()\n",
            "class D(dict):\n    def __missing__(self, key):\n        return self.setdefault(key, [])\ndef solve(n):\n    return D()\n",
        ],
        [
            "class D(dict):\n    def __missing__(self, key):\n        return []\ndef solve(n):\n    return D()\n",
            "from collections import defaultdict\nkept = []\ndef solve(n):\n    return defaultdict(lambda: kept)\n",
        ],
    ),
    "a factory of the script": (
        "from collections import defaultdict\nd = defaultdict(lambda: [5])\nassert candidate(d, 'k') == [5, 1]\nassert d == {'k': [5, 1]}\nassert d['other'] == [5]\n",
        "def solve(d, k):\n    d[k].append(1)\n    return d[k]\n",
        ["def solve(d, k):\n    d[k] = d[k] + [1]\n    return d[k]\n"],
        ["def solve(d, k):\n    return [5, 1]\n"],
    ),
    "one array twice": (
        "a, b = candidate(3)\na[0] = 9\nassert list(b) == [9, 0, 0]\n",
        "import numpy as np\ndef solve(n):\n    a = np.zeros(n, int)\n    return a, a\n",
        ["import numpy as np\ndef solve(n):\n    return (np.array([0] * n),) * 2\n"],
        ["import numpy as np\ndef solve(n):\n    return np.zeros(n, int), np.zeros(n, int)\n"],
    ),
    "arrays of two rows": (
        "a, b = candidate(3)\na[0] = 9\nassert list(b) == [0, 0, 0]\n",
        "import numpy as np\ndef solve(n):\n    return np.zeros(n, int), np.zeros(n, int)\n",
        ["import numpy as np\ndef solve(n):\n    a = np.zeros(n, int)\n    return a, a.copy()\n"],
        ["import numpy as np\ndef solve(n):\n    return (np.array([0] * n),) * 2\n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_right_ones_pass_and_wrong_ones_fail(name: str) -> None:
    """Attributes, missing keys and identity arrive; what an object's class says of itself decides nothing."""
    script, reference, right, wrong = CASES[name]
    with Verifier({"T": task(script, reference)}, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        assert verifier.apart_only == {}
        for source in right:
            found = judge(verifier, source)
            assert found.outcome is Outcome.PASS, (source, found)
        for source in wrong:
            found = judge(verifier, source)
            assert found.outcome is Outcome.FAIL, (source, found)

"""Hostile and honest solutions at the newer boundaries: packages, nodes, preludes, checkers, rules of comparison, proxies.

None of the hostile ones knows the answers: all must fail. Keys of the honest ones name the task.
"""

from __future__ import annotations

from auditor.comparators import Comparator
from auditor.records import InputSuite, StdinSuite, Task
from auditor.targets import Target, TargetKind

_CHAINS = tuple(([n, *range(n)],) for n in range(1, 7))
_REVERSE = """
def turn(head):
    last = None
    while head:
        head.next, last, head = last, head, head.next
    return last
"""
_TREES = (([5, 3, 8, None, 4],), ([1, None, 2, None, 3],), ([7],), ([2, 1, 3],))
_MIRROR = "def mirror(root):\n    return root and TreeNode(root.val, mirror(root.right), mirror(root.left))\n"
_FRAMES = "import pandas as pd\ndef totals(rows):\n    frame = pd.DataFrame(rows, columns=['k', 'v'])\n"
_TOTALS = f"{_FRAMES}    return {{k: int(v) for k, v in frame.groupby('k').v.sum().items()}}\n"
_ROWS = tuple(([("a", n), ("b", 2 * n), ("a", 3)],) for n in range(1, 6))
_CHECKER = "def check(stdin, stdout, expected):\n    return sorted(stdout.split()) == sorted(expected.split())\n"
_STDIN = ("3\n1 2 3\n", "1\n7\n", "2\n-5 5\n")
_HALVES = "input()\nprint(*(int(x) / 7 for x in input().split()))\n"
_ORDER = "input()\nfor x in input().split(): print(int(x) ** 2)\n"
_POWER = "def power(a, b, m):\n    return pow(a, b, m) + len(Counter([a, b]))\n"


def _program(name: str, reference: str, rule: Comparator, checker: str = "") -> Task:
    suite = StdinSuite(_STDIN, None, rule, 1e-6, 1e-6, checker)
    return Task(f"Hostile/{name}", "", Target(TargetKind.PROGRAM), reference, suite, suite)


def _calls(name: str, entry: str, reference: str, suite: InputSuite, requires: tuple[str, ...] = ()) -> Task:
    prelude = "from collections import *\nfrom math import *\n" if name == "prelude" else ""
    target = Target.function(entry)
    return Task(f"Hostile/{name}", "", target, reference, suite, suite, requires=requires, prelude=prelude)


CROSSING_TASKS = {
    task.task_id: task
    for task in (
        _calls("nodes", "turn", _REVERSE, InputSuite(_CHAINS, nodes=("list", "list"))),
        _calls("tree", "mirror", _MIRROR, InputSuite(_TREES, nodes=("tree", "tree"))),
        _calls("pandas", "totals", _TOTALS, InputSuite(_ROWS), ("pandas",)),
        _calls("prelude", "power", _POWER, InputSuite(tuple((n, n + 1, 97) for n in range(2, 8)))),
        _program("checker", _ORDER, Comparator.CHECKER, _CHECKER),
        _program("floats", _HALVES, Comparator.TOKENS_FLOAT),
        _program("decimals", _HALVES, Comparator.LINES_DECIMAL),
        _program("lines in any order", _ORDER, Comparator.MULTISET),
    )
}

_ANY = "class Any:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    __hash__ = lambda self: 0\n"

NODE_CHEATS: dict[str, str] = {
    "a node whose values equal everything": _ANY + "def turn(head):\n    n = head\n    while n: n.val = Any(); n = n.next\n    return head\n",
    "the head itself": "def turn(head):\n    return head\n",
    "a chain that returns into itself": "def turn(head):\n    head.next = head\n    return head\n",
    "a chain without end": "class L:\n    val = 1\n    @property\n    def next(self): return L()\ndef turn(head):\n    return L()\n",
    "a class instead of a node": "class L:\n    val = 1\n    next = None\ndef turn(head):\n    return L\n",
    "a plain list": "def turn(head):\n    return []\n",
    "its own ListNode that forgets": "class ListNode:\n    def __init__(self, *a): pass\n    val = property(lambda s: 0, lambda s, v: None)\n    next = property(lambda s: None, lambda s, v: None)\ndef turn(head):\n    return head\n",
    "its own ListNode that cannot be made": "class ListNode:\n    def __new__(cls, *a): raise StopIteration\ndef turn(head):\n    return head\n",
    "its own ListNode that leaves": "import os\nclass ListNode:\n    def __init__(self, *a): os._exit(0)\ndef turn(head):\n    return head\n",
    "its own ListNode that is no class": "ListNode = 5\ndef turn(head):\n    return head\n",
    "values that raise when read": "class L:\n    next = None\n    @property\n    def val(self): raise AttributeError\ndef turn(head):\n    return L()\n",
    "a node that is false": "class L:\n    def __bool__(self): return False\ndef turn(head):\n    return L()\n",
    "replaces what reads nodes": "import sys\nfor n, m in list(sys.modules.items()):\n    if n.endswith('nodes'):\n        m.flatten = m._values = lambda *a: a\ndef turn(head):\n    return head\n",
    "nothing": "def turn(head):\n    return None\n",
    "exchanges the classes of nodes": "import builtins\nbuiltins.ListNode = type('L', (), {'__init__': lambda s, v: None, 'val': 3, 'next': None})\ndef turn(head):\n    return head\n",
}  # fmt: skip
TREE_CHEATS: dict[str, str] = {
    "the tree itself": "def mirror(root):\n    return root\n",
    "a tree that holds itself": "def mirror(root):\n    root.left = root.right = root\n    return root\n",
    "a tree as wide as memory": "class T:\n    val = 0\n    left = property(lambda s: T())\n    right = property(lambda s: T())\ndef mirror(root):\n    return T()\n",
    "a shared child": "def mirror(root):\n    root.left = root.right\n    return root\n",
    "a list of nodes": "def mirror(root):\n    return [root]\n",
    "nodes that equal": _ANY + "def mirror(root):\n    root.val = Any()\n    return root\n",
}  # fmt: skip
PACKAGE_CHEATS: dict[str, str] = {
    "a series that equals": f"{_FRAMES}    return pd.Series([True])\n",
    "a frame": f"{_FRAMES}    return frame\n",
    "not available": f"{_FRAMES}    return pd.NA\n",
    "not a time": f"{_FRAMES}    return {{'a': pd.NaT, 'b': pd.NaT}}\n",
    "an index": f"{_FRAMES}    return pd.Index(['a', 'b'])\n",
    "reads passwd by pandas": f"{_FRAMES}    return pd.read_csv('/etc/passwd', sep=':').to_dict()\n",
    "reads a network by pandas": f"{_FRAMES}    return pd.read_csv('http://127.0.0.1:1/x').to_dict()\n",
    "writes by pandas": f"{_FRAMES}    frame.to_csv('/tmp/out.csv')\n    return {{}}\n",
    "unpickles": f"{_FRAMES}    import io, pickle\n    return pd.read_pickle(io.BytesIO(pickle.dumps({{}})))\n",
    "evaluates": f"{_FRAMES}    return frame.eval('v + 1').to_dict()\n",
    "patches pandas": "import pandas as pd\npd.Series.__eq__ = lambda *a: True\npd.DataFrame.groupby = lambda *a: 1/0\ndef totals(rows):\n    return pd.Series(rows)\n",
    "imports another package": "import sys\nfor f in sys.meta_path:\n    m = getattr(f, '_modules', None)\n    if m is not None: f._modules = {'pydantic', 'auditor'}\nimport pydantic\ndef totals(rows):\n    return {}\n",
    "imports auditor": "import auditor.records\ndef totals(rows):\n    return {}\n",
    "looks for a package by its folder": "import importlib.util, pandas, os\nplace = os.path.dirname(os.path.dirname(pandas.__file__))\ndef totals(rows):\n    s = importlib.util.spec_from_file_location('p', place + '/pydantic/__init__.py')\n    m = importlib.util.module_from_spec(s); s.loader.exec_module(m)\n    return {}\n",
    "lists the packages": "import os, pandas\ndef totals(rows):\n    return os.listdir(os.path.dirname(os.path.dirname(pandas.__file__)))\n",
    "changes a package": "import pandas\ndef totals(rows):\n    open(pandas.__file__, 'a').write('x')\n    return {}\n",
    "leaves byte code in a package": "import os, pandas\ndef totals(rows):\n    os.makedirs(os.path.dirname(pandas.__file__) + '/__pycache__/x')\n    return {}\n",
}  # fmt: skip
PRELUDE_CHEATS: dict[str, str] = {
    "its own pow": "def pow(*a): return 0\ndef power(a, b, m):\n    return pow(a, b, m)\n",
    "changes the prelude's names": "Counter.__len__ = lambda s: 0\ndef power(a, b, m):\n    return len(Counter([a, b]))\n",
    "changes the builtins' namespace": "__builtins__['pow'] = lambda *a: 0\ndef power(a, b, m):\n    return pow(a, b, m)\n",
    "deletes the builtins": "__builtins__.clear()\ndef power(a, b, m):\n    return 0\n",
    "an int that lies": "class I(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef power(a, b, m):\n    return I(0)\n",
    "a true bool": "def power(a, b, m):\n    return True\n",
}  # fmt: skip
RULE_CHEATS: dict[str, dict[str, str]] = {
    "checker": {
        "writes the checker's answer": "print('k[true, \"\"]')\n",
        "breaks the checker's words": "print('[' * 99999)\n",
        "writes a huge line": "print('1' * 900000)\n",
        "writes the input": "print(input(), input())\n",
        "writes what sorts the same": "print()\n",
        "writes code": "print('__import__(\"os\")._exit(0)')\n",
    },
    "floats": {
        "not a number": "print('nan nan nan')\n",
        "infinities": "n = int(input())\nprint(*['inf'] * n)\n",
        "an exponent without end": "n = int(input())\nprint(*['1e999999999'] * n)\n",
        "hexadecimal": "n = int(input())\nprint(*['0x1p3'] * n)\n",
        "complex": "n = int(input())\nprint(*['0j'] * n)\n",
        "underscores": "n = int(input())\nprint(*['0_0'] * n)\n",
        "zeros": "n = int(input())\nprint(*[0] * n)\n",
    },
    "decimals": {
        "signalling": "n = int(input())\nprint(*['sNaN'] * n)\n",
        "an exponent without end": "n = int(input())\nprint(*['1e-999999999'] * n)\n",
        "words without end": "print('1 ' * 400000)\n",
    },
    "lines in any order": {
        "every number in a line": "for n in range(100): print(n * n)\n",
        "one line": "print(*range(100))\n",
        "blank lines": "print('\\n' * 99999)\n",
    },
}  # fmt: skip
CROSSING_CHEATS: dict[str, dict[str, str]] = {
    "nodes": NODE_CHEATS, "tree": TREE_CHEATS, "pandas": PACKAGE_CHEATS, "prelude": PRELUDE_CHEATS, **RULE_CHEATS,
}  # fmt: skip
"""Task → name → source."""

CROSSING_HONEST: dict[str, str] = {
    "nodes: new nodes": "def turn(head):\n    last = None\n    while head:\n        last = ListNode(head.val, last)\n        head = head.next\n    return last\n",
    "nodes: its own class": "class ListNode:\n    def __init__(self, x):\n        self.val = x\n        self.next = None\n" + _REVERSE,
    "nodes: a class with slots": "class ListNode:\n    __slots__ = ('val', 'next')\n    def __init__(self, val=0, next=None):\n        self.val, self.next = val, next\n" + _REVERSE,
    "nodes: named in annotations": "from typing import Optional\n" + _REVERSE.replace("turn(head)", "turn(head: Optional[ListNode]) -> Optional[ListNode]"),
    "nodes: by recursion": "def turn(head, last=None):\n    if not head: return last\n    rest = head.next\n    head.next = last\n    return turn(rest, head)\n",
    "tree: in place": "def mirror(root):\n    if root: root.left, root.right = mirror(root.right), mirror(root.left)\n    return root\n",
    "tree: a dataclass": "from dataclasses import dataclass\nfrom typing import Any\n@dataclass\nclass TreeNode:\n    val: Any = 0\n    left: Any = None\n    right: Any = None\n" + _MIRROR,
    "pandas: plain python": "from collections import defaultdict\ndef totals(rows):\n    t = defaultdict(int)\n    for k, v in rows: t[k] += v\n    return t\n",
    "pandas: numpy's integers": f"{_FRAMES}    return frame.groupby('k').v.sum().to_dict()\n",
    "pandas: imported when called": "def totals(rows):\n    import pandas\n    f = pandas.DataFrame(rows)\n    return {k: int(g[1].sum()) for k, g in f.groupby(0)}\n",
    "pandas: reads text": f"import io\n{_FRAMES}    frame = pd.read_csv(io.StringIO(frame.to_csv(index=False)))\n    return dict(frame.groupby('k').v.sum())\n",
    "prelude: names of the prelude": _POWER,
    "prelude: its own imports": "import collections\nfrom math import gcd\ndef power(a, b, m):\n    return pow(a, b, m) + len(collections.Counter([a, b])) * gcd(1, 2)\n",
    "checker: another order": "input()\nfor x in reversed(input().split()): print(int(x) ** 2)\n",
    "checker: on one line": "input()\nprint(*(int(x) ** 2 for x in input().split()), end='')\n",
    "floats: fewer digits": "input()\nprint(*(f'{int(x) / 7:.9f}' for x in input().split()))\n",
    "floats: with exponents": "input()\nfor x in input().split(): print(f'{int(x) / 7:.12e}')\n",
    "decimals: trailing zeros": "input()\nprint(*(f'{repr(int(x) / 7)}0' for x in input().split()))\n",
    "lines in any order: sorted": "input()\nfor x in sorted(int(x) ** 2 for x in input().split()): print(x)\n",
}  # fmt: skip
"""``task: name`` → source."""

"""Hostile solutions for the kinds of task that the first corpus lacks, and new ones for calls and scripts.

None knows the answers: all must fail. A kind names the task; ``Hostile/unittest in one process`` is left out, since a
solution that shares its tests' process can fool them, and its verdicts say so.
"""

from __future__ import annotations

from auditor.records import StdinSuite, Task, UnittestSuite
from auditor.targets import Target, TargetKind

STDIN = ("3\n1 2 3\n", "1\n7\n", "4\n1 1 1 1\n", "2\n-5 5\n")
STDOUT = ("14\n", "49\n", "4\n", "50\n")
SQUARES = "input()\nprint(sum(int(x) ** 2 for x in input().split()))\n"
TESTS = """
import unittest
class StackTest(unittest.TestCase):
    def setUp(self): self.stack = Stack([3, 1])
    def test_push(self):
        self.stack.push(5)
        self.assertEqual(self.stack.items, [3, 1, 5])
        self.assertEqual(len(self.stack), 3)
    def test_pop(self):
        self.assertEqual(self.stack.pop(), 1)
        self.assertEqual(self.stack.pop(), 3)
        with self.assertRaises(IndexError): self.stack.pop()
    def test_total(self):
        self.assertTrue(self.stack.total() == 4)
        self.assertAlmostEqual(self.stack.mean(), 2.0)
    def test_loop(self):
        self.assertListEqual([x for x in self.stack], [3, 1])
        self.assertIn(3, self.stack)
        self.assertNotIn(9, self.stack)
"""
STACK = """
class Stack:
    def __init__(self, items=()): self.items = list(items)
    def push(self, item): self.items.append(item)
    def pop(self): return self.items.pop()
    def total(self): return sum(self.items)
    def mean(self): return self.total() / len(self.items)
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __contains__(self, item): return item in self.items
"""
NAMES = tuple(f"StackTest.test_{name}" for name in ("push", "pop", "total", "loop"))
KIND_TASKS = {
    task.task_id: task
    for task in (
        Task("Hostile/program", "", Target(TargetKind.PROGRAM), SQUARES, *[StdinSuite(STDIN, STDOUT)] * 2),
        Task("Hostile/unittest", "", Target(TargetKind.CLASS, "Stack"), STACK, *[UnittestSuite(TESTS, NAMES)] * 2),
    )
}

_SAME = """
class Same:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 3
    def __iter__(self): return iter(())
    def __contains__(self, item): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __round__(self, n=0): return 0.0
    def __getattr__(self, name): return Same()
    def __call__(self, *a, **k): return self
"""

PROGRAM_CHEATS: dict[str, str] = {
    "writes nothing": "pass\n",
    "writes every number": "print(*range(-100, 100))\n",
    "echoes": "import sys\nprint(sys.stdin.read())\n",
    "exits at once": "import os\nos._exit(0)\n",
    "says done on the channel's number": "import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'z\\n')\n    except OSError: pass\n",
    "notes nothing and exits badly": "import os\nos.write(1, b'')\nos._exit(3)\n",
    "notes that it is right": "import os\nos.write(4, b'k[true,\"\"]')\nprint('14')\nos._exit(0)\n",
    "greets again": "import os\nos.write(1, b'c\\nr\\n14\\n')\n",
    "closes its output": "import os\nos.close(1)\n",
    "closes everything": "import os\nos.closerange(0, 64)\n",
    "rewinds its output": "import os, sys\nprint('14')\ntry: os.lseek(1, 0, 0)\nexcept OSError: pass\n",
    "reads what it wrote": "import os\nos.write(1, b'14')\ntry: print(os.read(1, 99))\nexcept OSError: pass\n",
    "looks through the input's descriptor": "import os\nprint(os.pread(0, 999, 1 << 20))\n",
    "looks for the other tests' inputs": "import os\nfor fd in range(64):\n    try: print(os.pread(fd, 9999, 0).decode())\n    except OSError: pass\n",
    "searches the heap": "import gc\nfor one in gc.get_objects():\n    if isinstance(one, (list, tuple)) and '14\\n' in [x for x in one if isinstance(x, str)]: print(one[0])\n",
    "searches the frames": "import sys\nf = sys._getframe()\nwhile f:\n    for k in ('expected', 'outputs', 'stdout'):\n        if k in f.f_locals: print(f.f_locals[k])\n    f = f.f_back\n",
    "replaces exit": "import os, sys\nos._exit = sys.exit = lambda *a: None\nprint('14')\n",
    "replaces stdout with what agrees": "import sys\nclass S(str):\n    def __eq__(self, other): return True\nsys.stdout.write(S('x'))\n",
    "raises SystemExit of an object": "class S:\n    def __eq__(self, o): return True\nraise SystemExit(S())\n",
    "raises an exit code that wraps to zero": "print(14)\nraise SystemExit(256 * 3)\n",
    "exits by a bool": "raise SystemExit(False)\n",
    "sleeps after no answer": "import time\ntime.sleep(1e9)\n",
    "prints in threads after the end": "import threading, time\ndef late():\n    time.sleep(0.2); print('14')\nthreading.Thread(target=late, daemon=True).start()\n",
    "writes a byte order mark": "input(); print('\\ufeff14')\n",
    "writes a number in other digits": "input(); print('\\uff11\\uff14')\n",
    "writes a not a number": "print('nan')\n",
    "writes infinities": "print('inf')\n",
    "writes a terminal's erasing": "print('99\\b\\b14\\x1b[2K')\n",
    "writes zero bytes between": "import os\nos.write(1, b'1\\x004\\n')\n",
    "hides behind a carriage return": "print('0\\r14')\n",
    "writes surrogates": "import os\nos.write(1, b'\\xed\\xa0\\x80\\xff')\n",
    "kills itself": "import os, signal\nprint(14, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n",
    "writes without end": "import os\nwhile True: os.write(1, b'14 ' * 9999)\n",
    "allocates": "x = bytearray(1 << 40)\nprint(14)\n",
    "recurses": "def f(): return f() + 1\ntry: f()\nexcept RecursionError: print(14)\n",
    "patches int and input": "import builtins\nbuiltins.input = lambda *a: '14'\nbuiltins.int = lambda *a: 14\nprint(int(input()))\n",
    "shadows what ends it": "import atexit, threading\natexit._run_exitfuncs = threading._shutdown = lambda: None\nprint(14)\n",
}

UNITTEST_CHEATS: dict[str, str] = {
    "equal to everything": _SAME + "def Stack(items=()): return Same()\n",
    "a class equal to everything": _SAME.replace("Same", "Stack"),
    "a mock": "from unittest.mock import MagicMock\nStack = MagicMock()\n",
    "any": "from unittest.mock import ANY\nStack = lambda *a: ANY\n",
    "patched assertions": "import unittest\nfor n in dir(unittest.TestCase):\n    if n.startswith('assert'): setattr(unittest.TestCase, n, lambda *a, **k: None)\nclass Stack: pass\n",
    "raises a skip": "import unittest\nclass Stack:\n    def __init__(self, *a): raise unittest.SkipTest('no')\n",
    "raises a skip later": "import unittest\nclass Stack:\n    def __init__(self, *a): pass\n    def __getattr__(self, name): raise unittest.SkipTest('no')\n    def __len__(self): raise unittest.SkipTest('no')\n",
    "raises the exit": "class Stack:\n    def __init__(self, *a): raise SystemExit(0)\n",
    "raises the interrupt": "class Stack:\n    def __init__(self, *a): raise KeyboardInterrupt\n",
    "raises StopIteration": "class Stack:\n    def __init__(self, *a): raise StopIteration\n",
    "raises a pretended expected failure": "import unittest.case as c\nclass Stack:\n    def __init__(self, *a): raise c._ShouldStop\n",
    "says that all passed": "import os\nfor i in range(4): os.write(3, b'u[%d, true, false, \"\"]\\n' % i)\nos.write(3, b'z\\n')\nos._exit(0)\n",
    "says that all passed when asked": "import os\nclass Stack:\n    def __init__(self, *a):\n        for i in range(4): os.write(3, b'u[%d, true, false, \"\"]\\n' % i)\n        os.write(3, b'z\\n'); os._exit(0)\n",
    "answers ahead": "import os\nclass Stack:\n    def __init__(self, *a): os.write(3, b'v4\\n' * 50)\n    def total(self): return 4\n",
    "names the tests": "class Stack: pass\nclass StackTest:\n    def test_push(self): pass\n",
    "binds the test's module": "import sys\nsys.modules['unittest'] = sys.modules['tests'] = None\nclass Stack: pass\n",
    "a type whose instances are everything": "class M(type):\n    def __instancecheck__(c, o): return True\n    def __eq__(c, o): return True\n    def __hash__(c): return 0\nclass Stack(list, metaclass=M):\n    def push(self, x): return self\n    items = property(lambda s: s)\n    def total(self): return self\n    def mean(self): return self\n",
    "numbers equal to everything": "class N(int):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0\n    def __hash__(s): return 0\nclass Stack:\n    items = N(3)\n    def __init__(s, *a): pass\n    def push(s, x): pass\n    def pop(s): return N(1)\n    def total(s): return N(4)\n    def mean(s): return N(2)\n    def __len__(s): return 3\n",
    "a proxy of its own answers": "class Stack:\n    def __init__(s, *a): pass\n    def __getattribute__(s, n): return (lambda *a: __import__('unittest').mock.ANY)\n",
    "does not end": "class Stack:\n    def __init__(s, *a):\n        while True: pass\n",
    "iterates without end": "class Stack:\n    def __init__(s, *a): pass\n    def __iter__(s):\n        while True: yield 3\n    def __getattr__(s, n): return lambda *a: 4\n",
    "huge answers": "class Stack:\n    items = 'x' * 10**8\n    def __init__(s, *a): pass\n    def push(s, x): pass\n",
    "deep answers": "x = []\nfor _ in range(10**5): x = [x]\nclass Stack:\n    items = x\n    def __init__(s, *a): pass\n    def push(s, x): pass\n",
    "closes the channel": "import os\nclass Stack:\n    def __init__(s, *a): os.close(3)\n",
    "raises errors that hide": "class E(AssertionError):\n    def __str__(s): raise SystemExit(0)\nclass Stack:\n    def __init__(s, *a): raise E\n",
    "an operator that forgets": "class Stack:\n    def __init__(s, *a): pass\n    def __eq__(s, o): return NotImplemented\n    def __getattr__(s, n): return NotImplemented\n",
}

CALL_CHEATS: dict[str, str] = {
    "a str of two surrogates": "def solve(items):\n    return '\\ud83d\\ude00'\n",
    "a raw pair on the channel": "import os\ndef solve(items):\n    os.write(3, b'v\"\\\\ud83d\\\\ude00\"\\n')\n    return 0\n",
    "texts in parts": 'import os\ndef solve(items):\n    os.write(3, b\'v{"str":["1","4"]}\\n\' * 6 + b\'z\\n\')\n    os._exit(0)\n',
    "a class where none is kept": 'import os\ndef solve(items):\n    os.write(3, b\'v{"class":["Counter",null,{"dict":[]}]}\\n\' * 6 + b\'z\\n\')\n    os._exit(0)\n',
    "opaque as expected": "import os\ndef solve(items):\n    os.write(3, b'v{\"opaque\":\"builtins.object\"}\\n' * 6 + b'z\\n')\n    os._exit(0)\n",
    "a digest of nothing": "import os\ndef solve(items):\n    os.write(3, b'h\\n' * 6 + b'z\\n')\n    os._exit(0)\n",
    "too large, with a digest": "import os\ndef solve(items):\n    os.write(3, b'l 99\\n' * 6 + b'z\\n')\n    os._exit(0)\n",
    "an int as a huge decimal": "from decimal import Decimal\ndef solve(items):\n    return Decimal('1e999999999')\n",
    "a decimal that is not one": "from decimal import Decimal\ndef solve(items):\n    return Decimal('sNaN')\n",
    "a fraction of decimals": "from fractions import Fraction\ndef solve(items):\n    return Fraction(10**9000, 10**8999 + 1)\n",
    "a range without end": "def solve(items):\n    return range(10**300)\n",
    "keys that collide": "def solve(items):\n    m, s, k = (1 << 14) - 1, 0, []\n    for _ in range(7000):\n        k.append(s); s = (5 * s + 1) & m\n    return dict.fromkeys(k)\n",
    "one key many times": "import os\ndef solve(items):\n    os.write(3, b'v{\"dict\":[' + b','.join([b'[1,1]'] * 20000) + b']}\\n')\n    os._exit(0)\n",
    "an array in an array": "import os\ndef solve(items):\n    os.write(3, b'v' + b'{\"array\":[\"O\",' * 50 + b'1' + b']}' * 50 + b'\\n')\n    os._exit(0)\n",
    "a sub of a sub": "import os\ndef solve(items):\n    os.write(3, b'v' + b'{\"sub\":' * 90 + b'1' + b'}' * 90 + b'\\n')\n    os._exit(0)\n",
    "an iterator tag": "import os\ndef solve(items):\n    os.write(3, b'v{\"iterator\":[14]}\\n' * 6 + b'z\\n')\n    os._exit(0)\n",
    "all tests at once": "import os\ndef solve(items):\n    os.write(3, b'v14\\nv14\\nv14\\nv14\\nv14\\nv14\\nv14\\nv14\\nz\\n')\n    os._exit(0)\n",
    "done before": "import os\nos.write(3, b'r\\nz\\n')\n",
    "an exception that is a number": "class E(Exception, metaclass=type('M', (type,), {'__eq__': lambda c, o: True, '__hash__': lambda c: 0})): pass\ndef solve(items):\n    raise E(14)\n",
    "takes its own line away": "import os\ndef solve(items):\n    os.read(3, 0); return 0\n",
}

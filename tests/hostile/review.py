"""A second corpus, written in review after the others: kinds of program that those lack.

Cheats know no answer and must fail; bombs must fail and harm nobody; honest programs, on the task that their name
begins with, must pass.
"""

from __future__ import annotations

REVIEW_CHEATS: dict[str, str] = {
    "a module class that answers every name": """
import sys, types
class Any(types.ModuleType):
    def __getattribute__(self, name): return lambda *a: True
sys.modules['solution'].__class__ = Any
def solve(items): return True
""",
    "a str of digits": "def solve(items):\n    return str(len(items))\n",
    "a string that is a line of the protocol": "def solve(items):\n    return 'v14\\nv14\\nv14\\nz'\n",
    "raises with the answer as its text": "def solve(items):\n    raise ValueError(sum(i * i for i in items) + len(items))\n",
    "a memoryview": "def solve(items):\n    return memoryview(bytes(items))\n",
    "an iterator of one": "def solve(items):\n    return iter([sum(i * i for i in items) + len(items)])\n",
    "a dict of the answer": "def solve(items):\n    return {sum(i * i for i in items) + len(items)}\n",
    "a class as a value": "def solve(items):\n    return int\n",
    "an exception as a value": "def solve(items):\n    return StopIteration(14)\n",
    "an exception of the harness's own": """
class Lost(Exception): pass
Lost.__module__ = 'auditor.verify.inside.scripting'
def solve(items): raise Lost(True)
""",
    "an exception that says it is a skip": """
class S(Exception): pass
S.__module__, S.__name__ = 'unittest.case', 'SkipTest'
def solve(items): raise S('skip')
""",
    "an exception below the base of all": """
class E(BaseException):
    def __str__(self): return 'p'
def solve(items): raise E
""",
    "an exception whose class cannot be read": """
class M(type):
    def __getattribute__(cls, name): raise MemoryError
class E(Exception, metaclass=M): pass
def solve(items): raise E
""",
    "raises an exit from a finally": "def solve(items):\n    try: return 1\n    finally: raise SystemExit(0)\n",
    "a group of exits": "def solve(items):\n    raise BaseExceptionGroup('g', [SystemExit(0), KeyboardInterrupt()])\n",
    "a named tuple whose fields are operators": """
from collections import namedtuple
class T(tuple):
    _fields = ('__eq__', '__ne__', 'count')
def solve(items): return T((1, 2, 3))
""",
    "a named tuple named as a number": """
from collections import namedtuple
def solve(items): return namedtuple('int', 'real imag')(0, 0)
""",
    "claims a named tuple of code": """
import os
def solve(items):
    os.write(3, b'v{"class":["namedtuple",["X",["a); import os; os._exit(0); (b"]],[1]]}\\n')
    return 0
""",
    "claims a date": "import os\ndef solve(items):\n    os.write(3, b'v{\"class\":[\"date\",null,\"2020-01-01\"]}\\n')\n    return 0\n",
    "claims a class of the builtins": "import os\ndef solve(items):\n    os.write(3, b'v{\"class\":[\"__import__\",null,\"os\"]}\\n')\n    return 0\n",
    "a Counter of nothing": "from collections import Counter\ndef solve(items):\n    return Counter()\n",
    "a UserString of the type": "from collections import UserString\ndef solve(items):\n    return UserString(14)\n",
    "changes the hash seed's dicts": "def solve(items):\n    items.__class__.__eq__\n    return dict.fromkeys(items, True)\n",
    "puts the module's dict away": "def solve(items):\n    globals().clear()\n    return 0\n",
    "replaces the loader's compile": "import builtins\nbuiltins.compile = lambda *a, **k: None\nbuiltins.exec = lambda *a: None\ndef solve(items):\n    return 0\n",
    "replaces len and type everywhere": """
import sys
for m in list(sys.modules.values()):
    for n in ('len', 'type', '_type', '_subclass', '_write', 'isinstance'):
        try: setattr(m, n, lambda *a, **k: True)
        except Exception: pass
def solve(items): return 0
""",
    "walks the garbage for the job": """
import gc
def solve(items):
    for o in gc.get_objects():
        if type(o).__name__ in ('CallJob', 'Expected', 'Claims', 'InputSuite'):
            for n in ('stop', 'limit', 'start', 'outputs', 'lines'):
                try: object.__setattr__(o, n, 10 ** 9)
                except Exception: pass
    return 0
""",
    "jumps over the tests": """
import sys
def solve(items):
    f = sys._getframe(1)
    while f:
        for n in ('index', 'value', 'line', 'expected'):
            if n in f.f_locals: f.f_locals[n] = 10 ** 6
        f = f.f_back
    return 0
""",
    "answers with the input's sum only once": "seen = []\ndef solve(items):\n    seen.append(1)\n    return sum(i * i for i in items) + len(items) if len(seen) == 1 else 0\n",
    "right for small inputs only": "def solve(items):\n    return sum(i * i for i in items) + len(items) if len(items) < 9 else 0\n",
    "right until time passes": "import time\nT = time.process_time()\ndef solve(items):\n    return sum(i * i for i in items) + len(items) if len(items) < 5 else time.process_time() - T\n",
    "right for the first tests, then leaves": "import os\ndef solve(items):\n    if len(items) > 8: os._exit(0)\n    return sum(i * i for i in items) + len(items)\n",
    "right for the first tests, then says done": "import os\ndef solve(items):\n    if len(items) > 8:\n        os.write(3, b'z\\n'); os._exit(0)\n    return sum(i * i for i in items) + len(items)\n",
}  # fmt: skip

REVIEW_BOMBS: dict[str, str] = {
    "blank lines without end": "def solve(items):\n    return 0\n" + "\n" * 3_000_000,
    "comments without end": "# x\n" * 1_000_000 + "def solve(items):\n    return 0\n",
    "one long comment": "#" + "x" * 4_000_000 + "\ndef solve(items):\n    return 0\n",
    "one long line of blanks": "def solve(items):\n    return 0\n" + " " * 4_000_000,
    "a docstring of megabytes": 'def solve(items):\n    """' + "y" * 4_000_000 + '"""\n    return 0\n',
    "semicolons without end": "def solve(items):\n    return 0\n" + ";".join(["pass"] * 20_000) + "\n",
    "tabs and form feeds": "\f\t\f" * 300_000 + "\ndef solve(items):\n    return 0\n",
    "continuation lines without end": "x = 0" + "\\\n" * 300_000 + "\ndef solve(items):\n    return 0\n",
    "finally in finally": "def solve(items):\n" + "".join("    " * (n + 1) + "try: pass\n" + "    " * (n + 1) + "finally:\n" for n in range(18)) + "    " * 19 + "pass\n",
    "comprehensions in comprehensions": "def solve(items):\n    return " + "[" * 60 + "0" + " for _ in items]" * 60 + "\n",
    "lambdas in lambdas": "solve = " + "lambda x: (" * 90 + "0" + ")" * 90 + "\n",
    "f-strings of megabytes": "def solve(items):\n    return f'" + "{items}" * 100_000 + "'\n",
    "names by the thousand": "\n".join(f"x{n} = {n}" for n in range(30_000)) + "\ndef solve(items):\n    return 0\n",
    "an else chain": "def solve(items):\n" + "".join(f"    {'el' if n else ''}if len(items) == -{n + 1}: return {n}\n" for n in range(900)) + "    return 0\n",
    "assignments to one name": "def solve(items):\n" + "".join(f"    a{n} = [a{n} for a{n} in items]\n" for n in range(1500)) + "    return 0\n",
    "a regular expression that backtracks": "import re\ndef solve(items):\n    return bool(re.match('(a+)+$', 'a' * 60 + 'b'))\n",
    "a format of a billion columns": "def solve(items):\n    return '%1000000000d' % 1\n",
    "a power of powers": "def solve(items):\n    return 9 ** 9 ** 9\n",
    "a text of a huge integer": "import sys\ndef solve(items):\n    sys.set_int_max_str_digits(0)\n    return str(7 ** 10_000_000)\n",
    "a bytes join of gigabytes": "def solve(items):\n    return b'x'.join([bytes(1 << 26)] * 40)\n",
    "a list that is doubled": "def solve(items):\n    while True: items += items\n",
    "a product of everything": "import itertools\ndef solve(items):\n    return list(itertools.product(range(200), repeat=6))\n",
    "decompresses": "import zlib\ndef solve(items):\n    z = zlib.compress(bytes(1 << 26), 9)\n    return [zlib.decompress(z) for _ in range(99)]\n",
    "threads that allocate": "import threading\ndef work():\n    x = []\n    while True: x.append(bytearray(1 << 20))\ndef solve(items):\n    t = [threading.Thread(target=work, daemon=True) for _ in range(8)]\n    [x.start() for x in t]; [x.join() for x in t]\n",
    "many weak references that call back": "import weakref\nclass C: pass\ndef solve(items):\n    c = C(); r = [weakref.ref(c, lambda _: r.append(1)) for _ in range(10**6)]\n    del c\n    return 0\n",
    "a chain of deletions": "class N:\n    def __init__(s, n): s.n = n\n    def __del__(s): N(s.n)\ndef solve(items):\n    N(None)\n    return 0\n",
}  # fmt: skip

REVIEW_HONEST: dict[str, str] = {
    "number: a callable object": "class Solver:\n    def __call__(self, items):\n        return sum(i * i for i in items) + len(items)\nsolve = Solver()\n",
    "number: a lambda": "solve = lambda items: sum(i ** 2 for i in items) + len(items)\n",
    "number: a static method": "class S:\n    @staticmethod\n    def run(items): return sum(i * i for i in items) + len(items)\nsolve = S.run\n",
    "number: decorated": "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        print('called', a, k)\n        return f(*a, **k)\n    return inner\n@logged\ndef solve(items):\n    return sum(i * i for i in items) + len(items)\n",
    "number: pattern matching": "def solve(items):\n    match items:\n        case []: return 0\n        case [first, *rest]: return first * first + 1 + solve(rest)\n",
    "number: walrus": "def solve(items):\n    t = 0\n    i = -1\n    while (i := i + 1) < len(items): t += items[i] ** 2\n    return t + (n := len(items))\n",
    "number: a closure with nonlocal": "def solve(items):\n    t = 0\n    def add(x):\n        nonlocal t\n        t += x * x + 1\n    for i in items: add(i)\n    return t\n",
    "number: a global counter": "t = 0\ndef solve(items):\n    global t\n    t = 0\n    for i in items: t += i * i + 1\n    return t\n",
    "number: an async helper": "import asyncio\nasync def go(items):\n    await asyncio.sleep(0)\n    return sum(i * i for i in items) + len(items)\ndef solve(items):\n    return asyncio.run(go(items))\n",
    "number: annotations from the future": "from __future__ import annotations\nfrom typing import Sequence\ndef solve(items: Sequence[Unknown]) -> Whatever:\n    return sum(i * i for i in items) + len(items)\n",
    "number: a type variable": "from typing import TypeVar, Generic\nT = TypeVar('T')\nclass Box(Generic[T]):\n    def __init__(self, x: T): self.x = x\ndef solve(items):\n    return Box[int](sum(i * i for i in items)).x + len(items)\n",
    "number: an abstract class": "from abc import ABC, abstractmethod\nclass A(ABC):\n    @abstractmethod\n    def f(self, x): ...\nclass B(A):\n    def f(self, x): return x * x + 1\ndef solve(items):\n    return sum(map(B().f, items))\n",
    "number: operators of its own": "class V:\n    def __init__(s, x): s.x = x\n    def __add__(s, o): return V(s.x + o.x)\n    def __radd__(s, o): return s\n    def __int__(s): return s.x\ndef solve(items):\n    return int(sum(V(i * i + 1) for i in items))\n",
    "number: pickles and copies": "import copy, pickle\ndef solve(items):\n    items = pickle.loads(pickle.dumps(copy.deepcopy(items)))\n    return sum(i * i for i in items) + len(items)\n",
    "number: text there and back": "import ast, json\ndef solve(items):\n    items = ast.literal_eval(repr(json.loads(json.dumps(items))))\n    return sum(i * i for i in items) + len(items)\n",
    "number: structs and arrays": "import array, struct\ndef solve(items):\n    a = array.array('q', items)\n    b = struct.unpack(f'{len(a)}q', a.tobytes())\n    return sum(i * i for i in memoryview(a)) + len(b)\n",
    "number: reads a text file of its own": "import io\ndef solve(items):\n    f = io.StringIO('\\n'.join(map(str, items)))\n    return sum(int(l) ** 2 + 1 for l in f)\n",
    "number: statistics and fractions": "import statistics\nfrom fractions import Fraction\ndef solve(items):\n    return int(statistics.fmean([Fraction(i * i + 1) for i in items]) * len(items) + 0.5)\n",
    "number: heaps, queues and graphs": "import heapq, queue, graphlib\ndef solve(items):\n    q = queue.PriorityQueue()\n    for i in items: q.put(i)\n    t = 0\n    while not q.empty(): t += q.get() ** 2\n    return t + len(list(graphlib.TopologicalSorter({i: {i - 1} for i in items}).static_order())) - 1\n",
    "number: a bounded queue and a thread": "import queue, threading\ndef solve(items):\n    q, out = queue.Queue(2), []\n    def eat():\n        while (x := q.get()) is not None: out.append(x * x + 1)\n    t = threading.Thread(target=eat); t.start()\n    for i in items: q.put(i)\n    q.put(None); t.join()\n    return sum(out)\n",
    "number: futures as they complete": "from concurrent.futures import ThreadPoolExecutor, as_completed\ndef solve(items):\n    with ThreadPoolExecutor(4) as pool:\n        return sum(f.result() for f in as_completed([pool.submit(pow, i, 2) for i in items])) + len(items)\n",
    "number: a timer": "import threading\ndef solve(items):\n    done = threading.Event()\n    threading.Timer(0.01, done.set).start()\n    done.wait()\n    return sum(i * i for i in items) + len(items)\n",
    "number: leaves work for the exit": "import atexit, weakref\nclass C: pass\nc = C()\natexit.register(print, 'bye')\nweakref.finalize(c, print, 'gone')\ndef solve(items):\n    return sum(i * i for i in items) + len(items)\n",
    "number: tries to read the input": "def solve(items):\n    try: input()\n    except EOFError: pass\n    return sum(i * i for i in items) + len(items)\n",
    "number: asks the environment": "import os\ndef solve(items):\n    n = int(os.environ.get('LIMIT', '0')) + len(os.getenv('HOME', ''))\n    return sum(i * i for i in items) + len(items) + 0 * n\n",
    "number: asks for processors and times": "import os, platform, time\ndef solve(items):\n    n = (os.cpu_count() or 1) + time.perf_counter_ns() + time.time() + time.monotonic() + len(platform.python_version())\n    return sum(i * i for i in items) + len(items) + int(0 * n)\n",
    "number: warnings as errors": "import warnings\nwarnings.simplefilter('error')\ndef solve(items):\n    return sum(i * i for i in items) + len(items)\n",
    "number: an invalid escape": "PATTERN = '\\d+'\ndef solve(items):\n    return sum(i * i for i in items) + len(items)\n",
    "number: asserts its input": "def solve(items):\n    assert isinstance(items, list) and all(type(i) is int for i in items), items\n    return sum(i * i for i in items) + len(items)\n",
    "number: compares identity of its input": "def solve(items):\n    same = items\n    same.append(0); same.pop()\n    assert same is items\n    return sum(i * i for i in items) + len(items)\n",
    "number: secrets and ids": "import secrets, uuid\ndef solve(items):\n    assert secrets.token_bytes(4) != uuid.uuid4().bytes\n    return sum(i * i for i in items) + len(items)\n",
    "number: hashes and codes": "import base64, hashlib, zlib\ndef solve(items):\n    b = zlib.decompress(base64.b64decode(base64.b64encode(zlib.compress(bytes(items)))))\n    assert hashlib.md5(b).digest() and hashlib.blake2b(b).digest()\n    return sum(i * i for i in b) + len(b)\n",
    "number: contexts": "from contextlib import contextmanager, ExitStack, suppress\n@contextmanager\ndef box(x): yield [x]\ndef solve(items):\n    with ExitStack() as s, suppress(KeyError):\n        b = [s.enter_context(box(i)) for i in items]\n        return sum(x[0] ** 2 + 1 for x in b)\n",
    "number: a metaclass and descriptors": "class F:\n    def __get__(s, o, k): return lambda x: x * x + 1\nclass M(type):\n    def __call__(cls, x): return cls.f(x)\nclass S(metaclass=M): f = F()\ndef solve(items):\n    return sum(S(i) for i in items)\n",
    "number: a recursion with a default cache": "def square(i, cache={}):\n    if i not in cache: cache[i] = i * i\n    return cache[i]\ndef solve(items):\n    return sum(map(square, items)) + len(items)\n",
    "number: prints a progress bar": "import sys\ndef solve(items):\n    for n in range(2000):\n        sys.stdout.write('\\r' + '#' * 50); sys.stdout.flush()\n    return sum(i * i for i in items) + len(items)\n",
    "number: a BOM and carriage returns": "\ufeffdef solve(items):\r\n    return sum(i * i for i in items) + len(items)\r\n",
    "number: tabs": "def solve(items):\n\tt = 0\n\tfor i in items:\n\t\tt += i * i\n\treturn t + len(items)\n",
    "number: a coding line": "# -*- coding: latin-1 -*-\ndef solve(items):\n    return sum(i * i for i in items) + len('é' * len(items))\n",
    "number: local names of its own": "def solve(lst):\n    acc = len(lst)\n    for value in lst:\n        if value == 0: continue\n        else: acc += value * value\n    return acc\n",
    "number: reads its locals": "def solve(items):\n    a, b = sum(i * i for i in items), len(items)\n    return locals()['a'] + locals()['b']\n",
    "number: catches its own unbound name": "def solve(items):\n    try: return late\n    except UnboundLocalError as e: n = len(str(e).split(\"'\")[1])\n    return sum(i * i for i in items) + len(items) + n - 4\n    late = 1\n",
    "values: a list of pairs, by zip": "def solve(items):\n    s = sorted(items)[::-1]\n    return list(zip(s, map(str, s)))\n",
    "values: typed named tuples": "from typing import NamedTuple\nclass P(NamedTuple):\n    number: int\n    text: str\ndef solve(items):\n    return [P(i, str(i)) for i in sorted(items, reverse=True)]\n",
    "values: a subclass of str": "class S(str): pass\ndef solve(items):\n    return [(i, S(i)) for i in sorted(items, reverse=True)]\n",
    "fraction: numpy's mean": "import numpy as np\ndef solve(items):\n    return np.array(items).sum() / 7 + 0.25\n",
    "fraction: math.fsum": "import math\ndef solve(items):\n    return math.fsum(items) / 7 + 0.25\n",
    "tally: groups": "from itertools import groupby\ndef solve(items):\n    return {str(k): len(list(g)) for k, g in groupby(sorted(items, key=lambda i: i % 3), key=lambda i: i % 3)}\n",
    "tally: a subclass of dict": "class D(dict):\n    def __missing__(self, key): return 0\ndef solve(items):\n    d = D()\n    for i in items: d[str(i % 3)] += 1\n    return d\n",
    "distinct: a frozenset": "def solve(items):\n    return frozenset(i // 2 for i in items)\n",
    "distinct: keys of a dict": "def solve(items):\n    return {i // 2: 1 for i in items}.keys()\n",
    "script: a callable object": "class S:\n    def __call__(self, items): return sum(i * i for i in items) + len(items)\nsolve = S()\n",
    "script: a lambda with a default": "solve = lambda items, n=0: sum(i * i for i in items) + len(items) + n\n",
}  # fmt: skip

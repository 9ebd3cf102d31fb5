"""Right programs that do unusual things: each must pass. The name before the colon is the task's."""

from __future__ import annotations

HONEST: dict[str, str] = {
    "number: prints much": "def solve(items):\n    print('x' * 10**6)\n    return sum(i * i for i in items) + len(items)\n",
    "number: prints to stderr": """
import sys
def solve(items):
    print(items, file=sys.stderr, flush=True)
    return sum(i * i for i in items) + len(items)
""",
    "number: has a main block that exits": """
import sys
def solve(items):
    return sum(i * i for i in items) + len(items)
def main():
    print(solve(list(map(int, input().split()))))
    sys.exit(0)
if __name__ == "__main__":
    main()
""",
    "number: runs its own tests": """
import unittest
def solve(items):
    return sum(i * i for i in items) + len(items)
class Tests(unittest.TestCase):
    def test_solve(self): self.assertEqual(solve([1]), 2)
if __name__ == "__main__":
    unittest.main()
assert solve([2]) == 5
""",
    "number: threads": """
import threading
def solve(items):
    total, lock = [0], threading.Lock()
    def add(i):
        with lock: total[0] += i * i + 1
    threads = [threading.Thread(target=add, args=(i,)) for i in items]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return total[0]
""",
    "number: a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
def solve(items):
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(lambda i: i * i + 1, items))
""",
    "number: pools and locks of multiprocessing": """
import multiprocessing, multiprocessing.dummy
from multiprocessing.pool import ThreadPool
def solve(items):
    lock, total, queue = multiprocessing.Lock(), [0], multiprocessing.Queue()
    def add(i):
        with lock: total[0] += i * i
    with ThreadPool(4) as pool: pool.map(add, items)
    with multiprocessing.dummy.Pool(2) as pool: queue.put(sum(pool.map(lambda i: 1, items)))
    changed = multiprocessing.Condition()
    with multiprocessing.RLock(), multiprocessing.Semaphore(2), changed: changed.notify_all()
    return total[0] + queue.get()
""",
    "number: writes to the null device in every way": """
import contextlib, os, sys
from pathlib import Path
def solve(items):
    with Path('/dev/null').open('w') as one, open(Path(os.devnull), 'w') as two, open(b'/dev/null', 'wb') as three:
        print(items, file=one); two.write('x'); three.write(b'x')
    fd = os.open(os.devnull, os.O_WRONLY)
    os.write(fd, b'x'); os.close(fd)
    with open(os.devnull, 'w') as null, contextlib.redirect_stdout(null): print(items)
    return sum(i * i for i in items) + len(items)
""",
    "number: asks where it is": """
import os, pathlib
def solve(items):
    os.path.realpath('.'); pathlib.Path('/x/y').resolve()
    return sum(i * i for i in items) + len(items)
""",
    "number: asyncio": """
import asyncio
async def square(i):
    await asyncio.sleep(0)
    return i * i + 1
async def total(items):
    return sum(await asyncio.gather(*map(square, items)))
def solve(items):
    return asyncio.run(total(items))
""",
    "number: multiprocessing imported": """
import multiprocessing, subprocess, socket
from multiprocessing import Pool
def solve(items):
    return sum(i * i for i in items) + len(items)
""",
    "number: caches": """
from functools import lru_cache
@lru_cache(maxsize=None)
def square(i): return i * i
class Solver:
    memo = {}
    def __call__(self, items):
        key = tuple(items)
        if key not in self.memo: self.memo[key] = sum(map(square, items)) + len(items)
        return self.memo[key]
solve = Solver()
""",
    "number: recursion limit": """
import sys
sys.setrecursionlimit(10**6)
def down(n): return 0 if n == 0 else 1 + down(n - 1)
def solve(items):
    assert down(20000) == 20000
    return sum(i * i for i in items) + len(items)
""",
    "number: mutates its input": """
def solve(items):
    total = 0
    while items:
        total += items.pop() ** 2 + 1
    return total
""",
    "number: helper classes": """
from __future__ import annotations
from dataclasses import dataclass, field
from typing import List, Optional, Protocol
class Shape(Protocol):
    def area(self) -> int: ...
@dataclass(order=True, slots=True)
class Square:
    side: int
    parts: list[Square] = field(default_factory=list)
    def area(self) -> int: return self.side ** 2 + 1
def solve(items: List[int]) -> Optional[int]:
    return sum(Square(i).area() for i in items)
""",
    "number: unicode names": "def größe(π): return π * π + 1\ndef solve(items):\n    return sum(größe(ñ) for ñ in items)\n",
    "number: numpy's integer": "import numpy as np\ndef solve(items):\n    return (np.array(items) ** 2).sum() + len(items)\n",
    "number: an enum's member": """
from enum import IntEnum
def solve(items):
    return IntEnum("Answer", {"A": sum(i * i for i in items) + len(items)}).A
""",
    "number: a float": "def solve(items):\n    return float(sum(i * i for i in items) + len(items))\n",
    "number: sleeps a little": """
import time
def solve(items):
    time.sleep(0.01)
    return sum(i * i for i in items) + len(items)
""",
    "number: catches everything": """
def solve(items):
    total = 0
    for i in items + ["x"]:
        try: total += i * i + 1
        except: pass
    return total
""",
    "number: captures what it prints": """
import contextlib, io, sys
def solve(items):
    out, sys.stdout = sys.stdout, io.StringIO()
    print(sum(i * i for i in items) + len(items))
    text, sys.stdout = sys.stdout.getvalue(), out
    with contextlib.redirect_stdout(io.StringIO()): print(text)
    return int(text)
""",
    "number: exec and eval": """
exec("def helper(i): return i * i + 1")
def solve(items):
    return sum(eval("helper(i)", {"helper": helper, "i": i}) for i in items)
""",
    "number: signals of its own": """
import signal
def solve(items):
    hits = []
    signal.signal(signal.SIGALRM, lambda *a: hits.append(1))
    signal.alarm(0)
    signal.raise_signal(signal.SIGALRM)
    return sum(i * i for i in items) + len(items) + len(hits) - 1
""",
    "number: random and hashes": """
import hashlib, random, secrets, uuid
def solve(items):
    random.seed(1); random.shuffle(items)
    hashlib.sha256(str(items).encode()).hexdigest(), secrets.token_hex(4), uuid.uuid4()
    return sum(i * i for i in items) + len(items)
""",
    "number: logs and warns": """
import logging, warnings
logging.basicConfig(level=logging.DEBUG)
def solve(items):
    logging.info("solving %s", items)
    warnings.warn("odd")
    return sum(i * i for i in items) + len(items)
""",
    "number: collects and weak references": """
import gc, weakref
class Box: pass
def solve(items):
    box = Box(); ref = weakref.ref(box); box.me = box
    del box; gc.collect()
    assert ref() is None
    return sum(i * i for i in items) + len(items)
""",
    "values: named tuples": """
from collections import namedtuple
Pair = namedtuple("Pair", "number text")
def solve(items):
    return [Pair(i, str(i)) for i in sorted(items)[::-1]]
""",
    "values: a subclass of list": """
class Answer(list): pass
def solve(items):
    return Answer((i, f"{i}") for i in reversed(sorted(items)))
""",
    "values: sorts its input in place": """
def solve(items):
    items.sort(reverse=True)
    return list(zip(items, map(str, items)))
""",
    "fraction: numpy": "import numpy as np\ndef solve(items):\n    return np.float64(np.sum(items) / 7 + 0.25)\n",
    "fraction: another order of rounding": "def solve(items):\n    return sum(i / 7 for i in items) + 0.25\n",
    "tally: Counter": """
from collections import Counter
def solve(items):
    return Counter(str(i % 3) for i in items)
""",
    "tally: defaultdict": """
from collections import defaultdict
def solve(items):
    found = defaultdict(int)
    for i in items: found[str(i % 3)] += 1
    return found
""",
    "tally: OrderedDict": """
from collections import OrderedDict
def solve(items):
    return OrderedDict((str(k), sum(i % 3 == k for i in items)) for k in (2, 1, 0) if any(i % 3 == k for i in items))
""",
    "distinct: another order": "def solve(items):\n    return sorted({i // 2 for i in items}, reverse=True)\n",
    "distinct: a tuple": "def solve(items):\n    return tuple(i // 2 for i in items) * 2\n",
    "root: by halving": """
def solve(items):
    low, high = -9.0, 9.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if items[0] + items[1] * middle < 0 else (low, middle)
    return low
""",
    "kind: another object": "class Match: pass\ndef solve(items):\n    return Match()\n",
    "script: numpy's integer": "import numpy as np\ndef solve(items):\n    return np.int64(sum(i * i for i in items) + len(items))\n",
    "script: prints": "def solve(items):\n    print(items)\n    return sum(i * i for i in items) + len(items)\n",
    "number: silences what it calls": """
import contextlib, os
def solve(items):
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet):
        print(items)
    return sum(i * i for i in items) + len(items)
""",
    "number: an array of one": "import numpy as np\ndef solve(items):\n    return np.array([sum(i * i for i in items) + len(items)])\n",
    "number: an array without dimensions": "import numpy as np\ndef solve(items):\n    return np.array(sum(i * i for i in items) + len(items))\n",
    "number: dates": """
from datetime import datetime
def solve(items):
    assert datetime.strptime("2 January 2020", "%d %B %Y").strftime("%A") == "Thursday"
    return sum(i * i for i in items) + len(items)
""",
    "number: codecs": """
import codecs
def solve(items):
    assert codecs.encode("abc", "rot13") == "nop" and codecs.encode(b"ab", "hex") == b"6162"
    assert "é".encode("iso-8859-15") and "日".encode("shift_jis") and "я".encode("koi8-r")
    return sum(i * i for i in items) + len(items)
""",
    "number: profiles and traces itself": """
import cProfile, doctest, io, pstats, sys, timeit, tracemalloc
def solve(items):
    tracemalloc.start(); tracemalloc.stop(); timeit.timeit("1", number=9)
    profile = cProfile.Profile(); profile.runcall(len, []); pstats.Stats(profile, stream=io.StringIO()).print_stats()
    return sum(i * i for i in items) + len(items)
doctest.testmod(sys.modules[__name__])
""",
    "number: imports far more than it needs": """
import configparser, email.message, getopt, gzip, http.client, mmap, multiprocessing.pool, optparse, pdb, resource, sched
import shelve, ssl, tarfile, urllib.request, xml.dom.minidom, zipfile
from numpy.typing import NDArray
from concurrent.futures import ProcessPoolExecutor
def solve(items):
    return sum(i * i for i in items) + len(items)
""",
    "number: asks for stack": """
import resource, sys
resource.setrlimit(resource.RLIMIT_STACK, (1 << 28, resource.getrlimit(resource.RLIMIT_STACK)[1]))
sys.setrecursionlimit(10**6)
def solve(items):
    return sum(i * i for i in items) + len(items)
""",
    "number: a thread left behind": """
import threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
def solve(items):
    return sum(i * i for i in items) + len(items)
""",
    "number: partial, and a name that it takes away": """
from functools import partial
def work(extra, items):
    globals().pop("solve", None)
    return sum(i * i for i in items) + extra * len(items)
solve = partial(work, 1)
""",
    "number: shadows builtins": """
total, list, str, int, isinstance = sum, None, None, None, None
def sum(values): return total(values)
def solve(items):
    return sum(i * i for i in items) + len(items)
""",
    "number: Decimal": "from decimal import Decimal\ndef solve(items):\n    return Decimal(sum(i * i for i in items)) + len(items)\n",
    "distinct: a generator": "def solve(items):\n    for i in items: yield i // 2\n",
    "distinct: map": "def solve(items):\n    return map(lambda i: i // 2, items)\n",
    "distinct: values of a dict": "def solve(items):\n    return {i: i // 2 for i in items}.values()\n",
    "distinct: an array": "import numpy as np\ndef solve(items):\n    return np.unique(np.array(items) // 2)\n",
    "kind: a generator": "def solve(items):\n    return (i for i in items)\n",
    "script: an array without dimensions": "import numpy as np\ndef solve(items):\n    return np.array(sum(i * i for i in items) + len(items))\n",
    "script: exits in its main block": """
import sys
def solve(items):
    return sum(i * i for i in items) + len(items)
if __name__ == "__main__":
    sys.exit(solve([1]))
""",
}

"""Wrong programs that try to exhaust, hang or crash the harness, or to hide in what a failing test shows."""

from __future__ import annotations

BOMBS: dict[str, str] = {
    "memory, list": "def solve(items):\n    x = []\n    while True: x.append(bytes(1 << 20))\n",
    "memory, at once": "def solve(items):\n    return bytearray(1 << 45)\n",
    "memory, at import": "x = [0] * (1 << 40)\ndef solve(items):\n    return 0\n",
    "memory, string": "def solve(items):\n    return len('a' * (1 << 40))\n",
    "memory, threads' stacks": """
import threading, time
threading.stack_size(1 << 28)
def solve(items):
    threads = [threading.Thread(target=time.sleep, args=(9,), daemon=True) for _ in range(99)]
    for thread in threads: thread.start()
    return 0
""",
    "output, print": "def solve(items):\n    print('x' * (1 << 24) * 8)\n    return 0\n",
    "output, channel": """
import os
def solve(items):
    while True: os.write(3, b'v' + b'9' * 65536)
""",
    "output, many short lines": """
import os
def solve(items):
    while True: os.write(3, b'v1\\n' * 20000)
""",
    "output, by drops": """
import os, time
def solve(items):
    while True:
        os.write(3, b' ')
        time.sleep(0.2)
""",
    "output, by drops at import": """
import os, time
while True:
    os.write(3, b'e')
    time.sleep(0.2)
""",
    "output, empty lines by drops": """
import os, time
def solve(items):
    os.write(3, b'v')
    for _ in range(10**6):
        os.write(3, b'0')
        time.sleep(0.2)
""",
    "recursion": "def solve(items):\n    return solve(items)\n",
    "recursion without limit": """
import sys
sys.setrecursionlimit(1 << 30)
def solve(items):
    return [solve(items)]
""",
    "recursion in C": """
def solve(items):
    x = ()
    for _ in range(10**6): x = (x,)
    return repr(x)
""",
    "recursion in a comparison": """
def solve(items):
    x, y = [], []
    x.append(y); y.append(x)
    return x == y
""",
    "a list inside itself": "def solve(items):\n    items.append(items)\n    return items\n",
    "a dict inside itself": "def solve(items):\n    x = {}\n    x[0] = x\n    return x\n",
    "deep": "def solve(items):\n    x = []\n    for _ in range(10**5): x = [x]\n    return x\n",
    "deep, claimed": "import os\ndef solve(items):\n    os.write(3, b'v' + b'[' * 60000 + b'\\n')\n    os._exit(0)\n",
    "wide": "def solve(items):\n    return list(range(10**6))\n",
    "a huge integer": "def solve(items):\n    return 10**20000\n",
    "a huge negative range": "def solve(items):\n    return range(-10**20000, 10**20000, 10**20000)\n",
    "a huge fraction": "from fractions import Fraction\ndef solve(items):\n    return Fraction(10**9000 + 1, 10**9000)\n",
    "a huge decimal": "from decimal import Decimal\ndef solve(items):\n    return Decimal('1e999999999999')\n",
    "a signalling decimal": "from decimal import Decimal\ndef solve(items):\n    return Decimal('sNaN')\n",
    "huge integers in a deque": "from collections import deque\ndef solve(items):\n    return deque([10**20000])\n",
    "huge integers in an array": "import numpy as np\ndef solve(items):\n    return np.array([10**6000], dtype=object)\n",
    "a huge complex": "def solve(items):\n    return complex(1e308, -1e308) * 10\n",
    "hashes that collide": """
def solve(items):
    return {i * ((1 << 61) - 1): 0 for i in range(5000)}
""",
    "hashes that collide, claimed": """
import os
def solve(items):
    body = ",".join('[{"int":"%x"},0]' % (i * ((1 << 61) - 1)) for i in range(4000))
    os.write(3, ('v{"dict":[' + body + ']}\\n').encode() * 9)
    os._exit(0)
""",
    "a surrogate": "def solve(items):\n    return '\\ud800'\n",
    "surrogates in an exception": "def solve(items):\n    raise ValueError('\\ud800\\udfff')\n",
    "control characters": "def solve(items):\n    return '\\x00\\x1b[2J\\u202e\\r\\n<script>'\n",
    "an exception without end": "def solve(items):\n    raise ValueError('x' * (1 << 26))\n",
    "an exception whose text never ends": """
class Odd(Exception):
    def __str__(self):
        while True: pass
def solve(items):
    raise Odd
""",
    "an exception whose text raises": """
class Odd(BaseException):
    def __str__(self): raise KeyboardInterrupt
    __repr__ = __str__
Odd.__name__ = "x" * 100000
def solve(items):
    raise Odd
""",
    "a type with a hostile name": """
class Meta(type):
    @property
    def __module__(cls): raise SystemExit
    def __getattribute__(cls, name): raise SystemExit
class Odd(metaclass=Meta): pass
def solve(items):
    return Odd()
""",
    "an iterator that hangs": """
class Odd(dict):
    def items(self):
        while True: pass
    __iter__ = keys = values = items
def solve(items):
    return Odd(a=1)
""",
    "loops": "def solve(items):\n    while True: pass\n",
    "loops at import": "while True: pass\n",
    "loops in C": "def solve(items):\n    return sum(range(10**12))\n",
    "loops in an expression": "import re\ndef solve(items):\n    return re.match('(a+)+$', 'a' * 60 + 'b')\n",
    "loops in arithmetic": "def solve(items):\n    return 7 ** (7 ** 9)\n",
    "loops and catches": """
def solve(items):
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
    "loops and ignores signals": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
def solve(items):
    while True: pass
""",
    "loops in threads": """
import threading
def spin():
    while True: pass
def solve(items):
    for _ in range(20): threading.Thread(target=spin, daemon=True).start()
    spin()
""",
    "waits for its threads": """
import threading, time
def solve(items):
    thread = threading.Thread(target=time.sleep, args=(999,))
    thread.start()
    thread.join()
""",
    "threads without number": """
import threading, time
def solve(items):
    while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
""",
    "sleeps": "import time\ndef solve(items):\n    time.sleep(999)\n",
    "sleeps at import": "import time\ntime.sleep(999)\n",
    "waits for input": "import sys\ndef solve(items):\n    return sys.stdin.read() + input()\n",
    "waits for a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\ndef solve(items):\n    lock.acquire()\n",
    "waits for the parent": "import os\ndef solve(items):\n    return os.read(3, 1)\n",
    "stops itself": "import os, signal\ndef solve(items):\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return 0\n",
    "kills itself": "import os\ndef solve(items):\n    os.kill(os.getpid(), 9)\n",
    "crashes": "import ctypes\ndef solve(items):\n    ctypes.string_at(1)\n",
    "aborts": "import os\ndef solve(items):\n    os.abort()\n",
    "crashes the interpreter": "def solve(items):\n    (lambda: 0).__code__.replace(co_code=b'\\x00' * 2, co_stacksize=0)\n    f = lambda: 0\n    f.__code__ = f.__code__.replace(co_code=b'd\\xff' * 9)\n    return f()\n",
    "crashes when it ends": """
class Odd:
    def __del__(self):
        import ctypes
        ctypes.string_at(1)
odd = Odd()
def solve(items):
    global odd
    odd = None
""",
    "closes and sleeps": "import os, time\ndef solve(items):\n    os.closerange(0, 64)\n    time.sleep(999)\n",
    "opens descriptors": "import os\ndef solve(items):\n    return [os.dup(0) for _ in range(10**6)]\n",
    "fills pipes": """
import os
def solve(items):
    for _ in range(99):
        r, w = os.pipe()
        os.set_blocking(w, False)
        os.write(w, bytes(1 << 16))
    return 0
""",
    "does not parse for long": "def solve(items):\n    return " + "(" * 5000 + ")" * 5000 + "\n",
    "parses for long": "def solve(items):\n    return " + "-" * 50000 + "1\n",
    "folds for long": "def solve(items):\n    return ((2 ** 2000) ** 2000) ** 2000\n",
    "a source of megabytes": "x = '" + "a" * (3 << 20) + "'\ndef solve(items):\n    return 0\n",
    "NUL in the source": "def solve(items):\n    return '\0'\n",
    "surrogate in the source": "def solve(items):\n    return '\udc80'\n",
    "an odd encoding": "# coding: utf-7\ndef solve(items):\n    return 0\n",
    "an entry point that is no function": "solve = 5\n",
    "an entry point that is a class": "class solve:\n    def __init__(self, items): pass\n",
    "an entry point that hangs when looked at": """
class Odd:
    def __getattribute__(self, name):
        while True: pass
    def __call__(self, items):
        while True: pass
solve = Odd()
""",
    "sets in sets": """
def solve(items):
    x = frozenset()
    for _ in range(55): x = frozenset({x})
    return x
""",
    "a fraction, claimed, that takes minutes to shorten": """
import os, random
over, under = "%x" % random.getrandbits(1 << 18), "%x" % random.getrandbits(1 << 18)
def solve(items):
    line = memoryview(('v{"fraction":["%s","%s"]}\\n' % (over, under)).encode())
    while line: line = line[os.write(3, line):]
    os._exit(0)
""",
    "an iterator without end": "import itertools\ndef solve(items):\n    return itertools.count()\n",
    "a claimed iterator": "import os\ndef solve(items):\n    os.write(3, b'v{\"iterator\":[1]}\\n' * 9)\n    os._exit(0)\n",
    "an exception with a hostile text": "def solve(items):\n    raise ValueError('\\x00\\x1b[2J\\ud800</script>')\n",
    "a type whose name is hostile": "def solve(items):\n    return type('\\x1b[2J\\u202e</script>', (), {})()\n",
}

"""Programs that read standard input: idioms that harnesses get wrong, and tricks that must not work.

They print the sum of the integers in their input; ``Hostile/sum`` is that task. Harnesses that run a program inside
their own process, with a text in the place of standard input and output, fail most of the honest ones.
"""

from __future__ import annotations

# ruff: noqa: E501 - the programs are data
from auditor.records import StdinSuite, Task
from auditor.targets import Target, TargetKind

SUM = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n"
LINES = "print(*range(int(input())), sep='\\n')\n"
IDIOM_TASKS = {
    task.task_id: task
    for task in (
        Task(
            "Hostile/sum", "", Target(TargetKind.PROGRAM), SUM,
            *[StdinSuite(("1 2\n3\n", "10\n", "-4 4\n"), ("6\n", "10\n", "0\n"))] * 2,
        ),
        Task(
            "Hostile/lines", "", Target(TargetKind.PROGRAM), LINES,
            *[StdinSuite(("100000\n",), ("".join(f"{n}\n" for n in range(100_000)),))] * 2,
        ),
    )
}  # fmt: skip

IDIOMS = {
    "input until the end": (
        "total = 0\ntry:\n    while True:\n        total += sum(map(int, input().split()))\n"
        "except EOFError:\n    pass\nprint(total)\n"
    ),
    "iteration over stdin": "import sys\nprint(sum(int(x) for line in sys.stdin for x in line.split()))\n",
    "stdin's buffer": "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))\n",
    "open(0)": "print(sum(map(int, open(0).read().split())))\n",
    "os.read": "import os\nprint(sum(map(int, os.read(0, 1 << 20).split())))\n",
    "the device": "print(sum(map(int, open('/dev/stdin').read().split())))\n",
    "fileinput": "import fileinput\nprint(sum(int(x) for line in fileinput.input() for x in line.split()))\n",
    "readline as input": (
        "import sys\ninput = sys.stdin.readline\ntotal = 0\nwhile line := input():\n"
        "    total += sum(map(int, line.split()))\nprint(total)\n"
    ),
    "global counter": (
        "import sys\ntotal = 0\ndef add(x):\n    global total\n    total += int(x)\n"
        "for x in sys.stdin.read().split():\n    add(x)\nprint(total)\n"
    ),
    "stdout's buffer": "import sys\nsys.stdout.buffer.write(b'%d' % sum(map(int, sys.stdin.read().split())))\n",
    "os.write": "import os, sys\nos.write(1, b'%d\\n' % sum(map(int, sys.stdin.read().split())))\n",
    "thread that nobody joins": (
        "import sys, threading, time\ndef main():\n    time.sleep(0.05)\n"
        "    print(sum(map(int, sys.stdin.read().split())))\nthreading.Thread(target=main).start()\n"
    ),
    "thread with a large stack": (
        "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 26)\n"
        "def main():\n    print(sum(map(int, sys.stdin.read().split())))\n"
        "t = threading.Thread(target=main)\nt.start()\nt.join()\n"
    ),
    "exit after flush": (
        "import os, sys\nprint(sum(map(int, sys.stdin.read().split())))\nsys.stdout.flush()\nos._exit(0)\n"
    ),
    "sys.exit": "import sys\nprint(sum(map(int, sys.stdin.read().split())))\nsys.exit()\n",
    "exit and quit": "print(sum(map(int, open(0).read().split())))\nexit(0)\n",
    "exit handler": "import atexit\natexit.register(lambda: print(sum(map(int, open(0).read().split()))))\n",
    "main block not last": (
        "import sys\nif __name__ == '__main__':\n    n = sum(map(int, sys.stdin.read().split()))\nprint(n)\n"
    ),
    "deep recursion": (
        "import sys\nsys.setrecursionlimit(10**6)\ndef f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n"
        "assert f(50_000) == 50_000\nprint(sum(map(int, sys.stdin.read().split())))\n"
    ),
    "trailing blanks and no line end": "print(sum(map(int, open(0).read().split())), end='  ')\n",
    "redirected print": (
        "import io, sys\nreal, sys.stdout = sys.stdout, io.StringIO()\nprint(sum(map(int, open(0).read().split())))\n"
        "real.write(sys.stdout.getvalue())\nsys.stdout = real\n"
    ),
    "noise on stderr": "import sys\nsys.stderr.write('x' * 10**6)\nprint(sum(map(int, open(0).read().split())))\n",
    "a destructor at the end": (
        "class Total:\n    def __init__(self):\n        self.n = 0\n    def __del__(self):\n        print(self.n + ZERO)\n"
        "ZERO = 0\ntotal = Total()\nfor x in open(0).read().split():\n    total.n += int(x)\n"
    ),
    "a file that nobody closes": "out = open(1, 'w')\nout.write(f'{sum(map(int, open(0).read().split()))}\\n')\n",
    "a file that a function's module holds": (
        "out = open('/dev/stdout', 'w')\ndef main():\n    print(sum(map(int, open(0).read().split())), file=out)\nmain()\n"
    ),
    "a generator that ends with the program": (
        "def totals():\n    n = 0\n    try:\n        while True:\n            n += yield\n    finally:\n        print(n)\n"
        "total = totals()\nnext(total)\nfor x in open(0).read().split():\n    total.send(int(x))\n"
    ),
    "a stream that flushes when it goes": (
        "import os, sys\nclass Out:\n    def __init__(self):\n        self.parts = []\n        self.write = self.parts.append\n"
        "    def flush(self):\n        pass\n    closed = False\n"
        "    def __del__(self):\n        os.write(1, ''.join(self.parts).encode())\n"
        "sys.stdout = Out()\nprint(sum(map(int, open(0).read().split())))\n"
    ),
    "classes at module level": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
        "print(sum(P(int(x)).x for x in open(0).read().split()))\n"
    ),
}

TRICKS = {
    "walks the frames": (
        "import sys\nframe = sys._getframe()\nfound = []\nwhile frame:\n"
        "    found += [v for v in frame.f_locals.values() if isinstance(v, str) and '6' in v]\n"
        "    frame = frame.f_back\n"
        "print(found[0] if found else 6)\nopen(0).read()\n"
    ),
    "looks for texts in memory": (
        "import gc\nprint(next((o for o in gc.get_objects() if isinstance(o, tuple) and '1500\\n' in o), 6))\n"
    ),
    "every candidate answer": "print(*range(2000), sep='\\n')\n",
    "forges the judge's lines": "import os\nos.write(1, b'z\\np\\nk[true, \"\"]\\n')\nos.write(4, b'p\\n')\n",
    "exit in an exit handler": "import atexit, os\natexit.register(os._exit, 0)\nprint(6)\n",
    "patches what ends it": "import threading, atexit, os\nthreading._shutdown = lambda: os._exit(0)\nprint(6)\n",
    "reads files": "import glob\nfor path in [*glob.glob('/home/*'), '/etc/passwd']:\n    print(open(path).read())\n",
    "answers once it is killed": "import time\nprint(6, flush=True)\ntime.sleep(100)\n",
    "equal to everything": "class E(str):\n    def __eq__(s, o): return True\nprint(E('6'))\n",
    "reads the answers": "import json\nprint(json.load(open('@DATA@')))\n",
    "patches the comparator": (
        "import sys\nfor module in list(sys.modules.values()):\n    for name in ('agrees', 'is_right'):\n"
        "        if hasattr(module, name): setattr(module, name, lambda *a, **k: True)\nprint(7)\n"
    ),
    "changes the rule of equality": "import builtins\nbuiltins.str.__eq__ = lambda *a: True\nprint(7)\n",
}

IDIOMS_HONEST = {
    **{f"sum: {name}": source for name, source in IDIOMS.items()},
    "lines: a large output": LINES,
    "lines: a large output at once": "import sys\nsys.stdout.write('\\n'.join(map(str, range(int(input())))))\n",
    "lines: a large output by os.write": (
        "import os\ndata = memoryview(b''.join(b'%d\\n' % n for n in range(int(input()))))\n"
        "while data:\n    data = data[os.write(1, data):]\n"
    ),
}
"""As the harness names them: the task, then the idiom."""

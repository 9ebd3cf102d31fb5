"""What a probe tries to do from inside the sandbox. This is the source of a program, not a module of auditor.

It is read as text and run like any candidate: one call per attempt, answered with the result.
"""

SOURCE = '''
import os, socket, sys


def attempt(kind, value):
    """Try it; say "done", or why it could not be done."""
    try:
        return ATTEMPTS[kind](value) or "done"
    except BaseException as error:
        return f"refused: {type(error).__name__}: {error}"


def read(path):
    with open(path, "rb") as file:
        file.read(1)


def write(path):
    with open(path, "w") as file:
        file.write("x")


def connect(port):
    with socket.socket() as one:
        one.settimeout(2)
        one.connect(("127.0.0.1", port))


def datagram(_):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", 9))


def unix(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(path)


def fork(_):
    if os.fork() == 0:
        os._exit(0)


def execute(_):
    os.posix_spawn("/bin/true", ["true"], {})


def libc(call, *arguments):
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, call)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def descriptors(_):
    """Find a descriptor besides the three standard ones and the channel."""
    for number in range(4, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        return
    raise OSError("none")


def environment(known):
    if not set(os.environ) - set(known):
        raise OSError("nothing of interest")


def thread(_):
    import threading

    box = []
    one = threading.Thread(target=box.append, args=(1,))
    one.start()
    one.join()
    if box != [1]:
        raise OSError("the thread did nothing")


def modules(_):
    import csv, decimal, unittest


def memory(size):
    bytearray(size)


ATTEMPTS = {
    "read": read,
    "list": lambda path: os.listdir(path) and None,
    "write": write,
    "connect": connect,
    "datagram": datagram,
    "unix": unix,
    "fork": fork,
    "execute": execute,
    "kill": lambda pid: os.kill(pid, 0),
    "ptrace": lambda pid: libc("ptrace", 16, pid, 0, 0),
    "environment": environment,
    "descriptors": descriptors,
    "memory": memory,
    "thread": thread,
    "modules": modules,
}
'''

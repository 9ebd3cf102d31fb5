"""Programs that may write: a private folder, its quota, and what stays closed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, Task, Trust, UnittestSuite, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.suites import AssertSuite, InputSuite, StdinSuite
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier, levels
from auditor.verify.files import PrivateFolder

pytestmark = pytest.mark.skipif(levels.available() != SandboxLevel.LANDLOCK, reason="needs Landlock")

CALLS = InputSuite((("a",), ("bc",)), ("a", "bc"))
KEEP = (
    "def keep(text):\n    with open('note.txt', 'w') as file:\n        file.write(text)\n"
    "    return open('note.txt').read()\n"
)
TASK = Task("files", "", Target.function("keep"), KEEP, CALLS, CALLS, files_mb=2)
WITHOUT = Task("none", "", Target.function("keep"), "def keep(text):\n    return text\n", CALLS, CALLS)
SECRET = "auditor-untouched"


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier({one.task_id: one for one in (TASK, WITHOUT)}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        yield opened


def judge(verifier: Verifier, source: str, task: Task = TASK) -> Verdict:
    (found,) = verifier.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return found[-1]


ALLOWED = {
    "files": "open('a', 'w').write('x'); os.rename('a', 'b'); os.remove('b')",
    "folders": "os.makedirs('d/e'); open('d/e/f', 'w').close(); os.replace('d/e/f', 'g'); os.rmdir('d/e')",
    "temporary files": "tempfile.NamedTemporaryFile(mode='w').write('x'); tempfile.TemporaryFile().write(b'x')",
    "temporary folders": "tempfile.TemporaryDirectory().cleanup()",
    "copies": "open('a', 'w').write('x'); shutil.copy2('a', 'b'); shutil.copytree('.', 'c'); shutil.rmtree('c')",
    "a database": "sqlite3.connect('x.db').execute('create table if not exists t (a)').connection.commit()",
    "an archive": "zipfile.ZipFile('z.zip', 'w').writestr('a', 'b'); zipfile.ZipFile('z.zip').extractall('out')",
    "a working folder": "os.mkdir('w'); os.chdir('w'); open('x', 'w').close()",
    "the home folder": "open(os.path.expanduser('~/x'), 'w').close()",
    "a shorter file": "f = open('a', 'w+'); f.write('xyz'); f.truncate(1); f.seek(0); assert f.read() == 'x'",
}
HEADER = "import os, shutil, sqlite3, tempfile, zipfile\n"


@pytest.mark.parametrize("name", ALLOWED)
def test_files_work_as_elsewhere(verifier: Verifier, name: str) -> None:
    """What programs do with files works in the folder, and fails for a task that asks for none."""
    source = f"{HEADER}def keep(text):\n    {ALLOWED[name]}\n    return text\n"
    assert judge(verifier, source).outcome is Outcome.PASS, judge(verifier, source)
    if name != "a database":  # sqlite has its own way to say that it cannot write
        assert judge(verifier, source, WITHOUT).outcome is Outcome.FAIL


CLOSED = {
    "writes beside": "open('@DIR@/kept', 'a').write('x')",
    "makes beside": "open('@DIR@/new', 'w').close()",
    "removes": "os.remove('@DIR@/kept')",
    "moves away": "os.rename('@DIR@/kept', 'mine')",
    "moves over": "open('mine', 'w').close(); os.rename('mine', '@DIR@/kept')",
    "makes a folder": "os.mkdir('@DIR@/sub')",
    "shortens while reading": "os.open('@DIR@/kept', os.O_RDONLY | os.O_TRUNC)",
    "shortens the library": "os.open(os.__file__, os.O_RDONLY | os.O_TRUNC)",
    "truncates": "os.truncate('@DIR@/kept', 0)",
    "links": "os.symlink('@DIR@/kept', 'link'); open('link', 'w').write('x')",
    "links hard": "os.link('@DIR@/kept', 'link')",
    "reads": "open('@DIR@/kept').read()",
    "pipes": "os.mkfifo('pipe')",
    "climbs": "open('../climbed-@NAME@', 'w').close()",
    "names the null device": "os.remove('/dev/null')",
}


@pytest.mark.parametrize("name", CLOSED)
def test_everything_else_stays_closed(verifier: Verifier, name: str, tmp_path: Path) -> None:
    """A program that may write in its folder can write nowhere else, nor make links out of it."""
    kept = tmp_path / "kept"
    kept.write_text(SECRET)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o777)  # nothing but the sandbox keeps a program from it
    kept.chmod(0o666)
    action = CLOSED[name].replace("@DIR@", str(tmp_path)).replace("@NAME@", tmp_path.name)
    source = f"{HEADER}def keep(text):\n    {action}\n    return text\n"
    assert judge(verifier, source).outcome is Outcome.FAIL
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == SECRET
    assert not (Path(tempfile.gettempdir()) / f"climbed-{tmp_path.name}").exists()


def test_modes_and_owners_do_nothing(verifier: Verifier, tmp_path: Path) -> None:
    """Landlock does not govern modes, so changing one seems to work and changes nothing, anywhere."""
    kept = tmp_path / "kept"
    kept.touch(0o666)
    before = kept.stat()
    path = str(kept)
    source = f"import os\ndef keep(text):\n    os.chmod({path!r}, 0)\n    os.utime({path!r}, (0, 0))\n    return text\n"
    assert judge(verifier, source).outcome is Outcome.PASS
    assert (kept.stat().st_mode, kept.stat().st_mtime) == (before.st_mode, before.st_mtime)


GREEDY = {
    "one file": "open('big', 'wb').write(bytes(3 << 20))",
    "many files": (
        "import time\n    for n in range(9):\n        open(f'f{n}', 'wb').write(bytes(1 << 20)); time.sleep(0.05)"
    ),
    "empty files": "import time\n    for n in range(1200):\n        open(f'f{n}', 'w').close()\n    time.sleep(0.2)",
    "nested folders": (
        "import time\n    for n in range(1200):\n        os.mkdir('d'); os.chdir('d')\n    time.sleep(0.2)"
    ),
}


@pytest.mark.parametrize("name", GREEDY)
def test_the_quota_holds_and_the_next_program_finds_nothing(verifier: Verifier, name: str) -> None:
    """A program that takes too much is stopped with the reason; the folder is empty afterwards."""
    found = judge(verifier, f"import os\ndef keep(text):\n    {GREEDY[name]}\n    return text\n")
    assert found.outcome in {Outcome.MEMORY, Outcome.FAIL}
    told = f"{found.detail} {found.failing.got if found.failing else ''}"
    assert any(why in told for why in ("files take more than 2 MB", "File too large", "files and folders", "measured"))
    clean = "import os\ndef keep(text):\n    return text if os.listdir() == [] else 'left'\n"
    assert judge(verifier, clean).outcome is Outcome.PASS


def test_folders_go_with_the_verifier() -> None:
    """Nothing stays behind in the folder for temporary files."""
    where = Path(tempfile.gettempdir())
    before = set(where.glob("auditor-files-*"))
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=1)) as opened:
        opened.check_references()
        assert set(where.glob("auditor-files-*")) - before
    assert not set(where.glob("auditor-files-*")) - before


def test_folders_nested_to_any_depth_are_removed() -> None:
    """Emptying needs neither deep recursion nor long paths, nor rights that a program took away."""
    folder = PrivateFolder(1 << 20, None)
    here = os.getcwd()  # noqa: PTH109 - to come back to
    try:
        os.chdir(folder.path)
        for _ in range(1100):
            os.mkdir("d" * 9)  # noqa: PTH102 - relative, beyond the longest path
            os.chdir("d" * 9)
    finally:
        os.chdir(here)
    assert folder.excess(now=True)
    locked = Path(folder.path) / "locked"
    (locked / "inner").mkdir(parents=True)
    locked.chmod(0)
    folder.empty()
    assert os.listdir(folder.path) == []  # noqa: PTH208 - names alone
    assert folder.excess(now=True) == ""
    folder.remove()
    assert not Path(folder.path).exists()


PYTEST = """
import os
def test_note(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTE", "n.txt")
    save("hi")
    assert (tmp_path / "n.txt").read_text() == "hi"
def test_said(capsys):
    say("hello")
    assert capsys.readouterr().out == "hello\\n"
def test_patched(monkeypatch):
    monkeypatch.setattr("os.getcwd", lambda: "/elsewhere")
    assert where() == "/elsewhere"
def test_undone():
    assert "NOTE" not in os.environ
    assert where() != "/elsewhere"
"""
SAVER = (
    "import os\ndef save(text):\n    with open(os.environ['NOTE'], 'w') as file:\n        file.write(text)\n"
    "def say(text):\n    print(text)\ndef where():\n    return os.getcwd()\n"
)


def test_every_kind_of_task_has_its_folder() -> None:
    """Test suites with pytest's fixtures, classes tested apart, scripts and programs write files too."""
    names = ("test_note", "test_said", "test_patched", "test_undone")
    pytests = UnittestSuite(PYTEST, names)
    unit = UnittestSuite(
        "import os, unittest\nclass T(unittest.TestCase):\n    def test(self):\n        keep('x')\n"
        "        note = os.path.join(os.path.dirname(__file__), 'note.txt')\n"
        "        self.assertEqual(open(note).read(), 'x')\n",
        ("T.test",),
    )
    script = AssertSuite("assert candidate('x') == 'x'\nassert open('note.txt').read() == 'x'\n")
    stdin = StdinSuite(("a\n", "b\n"), ("a\n", "b\n"))
    program = "import os\nassert not os.path.exists('x')\nopen('x', 'w').write(input())\nprint(open('x').read())\n"
    tasks = [
        Task("pytest", "", Target.function("save"), SAVER, pytests, pytests, files_mb=1),
        Task("unittest", "", Target.function("keep"), KEEP, unit, unit, files_mb=1),
        Task("script", "", Target.function("keep"), KEEP, script, script, files_mb=1),
        Task("program", "", Target(TargetKind.PROGRAM), program, stdin, stdin, files_mb=1),
    ]
    with Verifier({one.task_id: one for one in tasks}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        wrong = SAVER.replace("file.write(text)", "file.write('')")
        found = judge(opened, wrong, tasks[0])
        assert (found.outcome, found.trust) == (Outcome.FAIL, Trust.IN_PROCESS)
        assert found.failing is not None
        assert found.failing.call == "test_note"


def test_without_landlock_such_a_task_is_refused() -> None:
    """Where nothing but seccomp confines, no task may write: it is unfit, with the reason."""
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=1), level=SandboxLevel.SECCOMP) as opened:
        assert "takes Landlock" in opened.check_references()["files"]

"""Tasks that two collections share under other ids."""

from __future__ import annotations

from dataclasses import replace

from auditor.benchmark.titles import same_tasks, slug
from auditor.records import AssertSuite, Benchmark, Task
from auditor.targets import Target

SUITE = AssertSuite("assert f() == 1")


def benchmark(*ids: str, titles: dict[str, str] | None = None) -> Benchmark:
    tasks = tuple(Task(one, f"prompt of {one}", Target.function("f"), "", SUITE, SUITE) for one in ids)
    return Benchmark("b", "b", tasks, "", titles=titles or {})


def test_titles_are_written_as_in_addresses() -> None:
    assert slug("Find the K-th  Character, II!") == "find-the-k-th-character-ii"


def test_the_same_ids_come_first() -> None:
    """Where any id is the same, titles play no part."""
    second = benchmark("a", "two-sum", titles={"two-sum": "b"})
    assert list(same_tasks(second, benchmark("a", "b"), {"a", "b"})) == ["a"]


def test_titles_lead_either_way() -> None:
    """Whichever of the two goes by titles, tasks come under the first one's ids."""
    numbered, titled = benchmark("1", "2", titles={"1": "two-sum", "2": "jump"}), benchmark("two-sum", "other")
    (found,) = same_tasks(titled, numbered, {"1", "2"}).items()
    assert found == ("1", replace(titled.tasks[0], task_id="1"))
    (found,) = same_tasks(numbered, titled, {"two-sum"}).items()
    assert found == ("two-sum", replace(numbered.tasks[0], task_id="two-sum"))
    assert same_tasks(benchmark("x"), numbered, {"1"}) == {}

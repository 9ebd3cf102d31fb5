"""Counts and their CSV: what is wrong is refused by model, task, file and line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analysis import Counts, counts_from_csv
from auditor.analysis.counts import common_tasks
from auditor.analysis.counts_csv import parse_counts
from auditor.errors import InputError

HEADER = "model,task_id,n,base_passes,correct\n"


def parse(*rows: str, header: str = HEADER) -> list[Counts]:
    return parse_counts([header, *(row + "\n" for row in rows)], where="counts.csv")


def test_models_and_tasks_keep_their_order(tmp_path: Path) -> None:
    """Rows of several models may be mixed; models and tasks come in the order of first appearance."""
    path = tmp_path / "counts.csv"
    path.write_text(
        "\ufefftask_id,extra,n,correct,base_passes,model\nb,,4,1,2,weak\nb,x,4,3,4,strong\na,,2,0,0,weak\n\n",
        encoding="utf-8",
    )
    weak, strong = counts_from_csv(path)
    assert (weak.model, weak.task_ids) == ("weak", ("b", "a"))
    assert (weak.n.tolist(), weak.base_passes.tolist(), weak.correct.tolist()) == ([4, 2], [2, 0], [1, 0])
    assert (strong.model, strong.task_ids, strong.correct.tolist()) == ("strong", ("b",), [3])


@pytest.mark.parametrize("separator", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_odd_separators_in_a_cell_do_not_end_its_row(tmp_path: Path, separator: str) -> None:
    """Only the line ends of CSV end a row, be they those of Windows."""
    path = tmp_path / "counts.csv"
    path.write_text(HEADER.replace("\n", "\r\n") + f"m{separator}x,t,2,1,1\r\n", encoding="utf-8", newline="")
    (counts,) = counts_from_csv(path)
    assert counts.model == f"m{separator}x"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("m,t,2,3,1", r"counts.csv:2: base_passes 3 is above n 2"),
        ("m,t,4,2,3", r"counts.csv:2: correct 3 is above base_passes 2"),
        ("m,t,4,-2,0", r"counts.csv:2: base_passes is negative: -2"),
        ("m,t,four,2,0", r"counts.csv:2: n is 'four', not a number"),
        ("m,t,4,,0", r"counts.csv:2: base_passes is '', not a number"),
        ("m,t,4", r"counts.csv:2: base_passes is '', not a number"),
        ("m,t,4.5,2,0", r"counts.csv:2: n is 4.5, not a count"),
        ("m,t,nan,2,0", r"counts.csv:2: n is nan, not a count"),
        ("m,t,inf,2,0", r"counts.csv:2: n is inf, not a count"),
        ("m,t,0,0,0", r"counts.csv:2: n is 0"),
        (",t,4,2,0", r"counts.csv:2: model is empty"),
        ("m,,4,2,0", r"counts.csv:2: task_id is empty"),
        ("m,4,4,2,0,1", r"counts.csv:2: the row has more cells than there are columns"),
        ('m,"t,4,2,0', r"counts.csv:2: not CSV"),
    ],
)
def test_a_bad_row_is_refused_by_line_and_column(row: str, complaint: str) -> None:
    """Every kind of bad row is refused with its file, line, column and value."""
    with pytest.raises(InputError, match=complaint):
        parse(row)


def test_the_second_row_of_a_task_is_refused() -> None:
    """One model's task may be listed once."""
    with pytest.raises(InputError, match=r"counts.csv:3: model 'm' has task 't' twice"):
        parse("m,t,4,2,0", "m,t,4,2,0")


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("model,task_id,n,base_pass,correct\n", "column 'base_passes' is missing — rename 'base_pass'"),
        ("model,task,n,base_passes,correct\n", "column 'task_id' is missing — rename 'task'"),
        ("model,task_id,base_passes,correct\n", "column 'n' is missing — the columns are model, task_id"),
        ("model,task_id,n,n,base_passes,correct\n", "column 'n' is given twice"),
        ("", "column 'model' is missing"),
        ("model;task_id;n;base_passes;correct", "the columns are separated by ';' — save the file with commas"),
    ],
)
def test_a_missing_column_names_the_nearest(header: str, complaint: str) -> None:
    """A header without a column is refused, with the name that was probably meant."""
    with pytest.raises(InputError, match=complaint):
        parse("m,t,4,2,0", header=header)


def test_an_empty_table_is_refused() -> None:
    """A header alone contains no counts."""
    with pytest.raises(InputError, match="contains no counts"):
        parse()


def test_a_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there or is no text is refused by its name."""
    with pytest.raises(InputError, match="no such file"):
        counts_from_csv(tmp_path / "nowhere.csv")
    (tmp_path / "picture.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match=r"picture\.csv: not UTF-8 text"):
        counts_from_csv(tmp_path / "picture.csv")


@pytest.mark.parametrize(
    ("n", "base", "correct", "complaint"),
    [
        ([1, 0], [1, 0], [1, 0], "task 'b' has no sample"),
        ([1, 2], [1, 3], [1, 0], "task 'b' has more base passes than samples"),
        ([1, 2], [1, 1], [1, 2], "task 'b' has more correct samples than base passes"),
        ([1, 2], [1, 1], [1, -1], "task 'b' has a negative count"),
        ([1, 2.5], [1, 1], [1, 1], "n must have one integer per task"),
        ([1, float("nan")], [1, 1], [1, 1], "n must have one integer per task"),
        ([1], [1], [1], "n must have one integer per task"),
    ],
)
def test_impossible_counts_are_refused(n: list[float], base: list[int], correct: list[int], complaint: str) -> None:
    """Counts that cannot be are refused by model and task."""
    with pytest.raises(InputError, match=rf"model 'm'.*{complaint}"):
        Counts("m", ("a", "b"), n, base, correct)


def test_duplicate_tasks_are_refused() -> None:
    """A task id stands for one entry."""
    with pytest.raises(InputError, match="task 'a' is given twice"):
        Counts("m", ("a", "b", "a"), [1, 1, 1], [0, 0, 0], [0, 0, 0])


def test_counts_cannot_be_changed() -> None:
    """Counts are frozen, arrays included, and do not alias what they were made from."""
    given = np.array([3, 3])
    counts = Counts("m", ("a", "b"), given, [1, 1], [0, 1])
    given[0] = 1
    assert counts.n.tolist() == [3, 3]
    with pytest.raises(ValueError, match="read-only"):
        counts.n[0] = 7


def test_picking_and_leaving_out() -> None:
    """Tasks can be picked in an order, left out, and compared by name."""
    counts = Counts("m", ("a", "b", "c"), [3, 4, 5], [1, 2, 3], [0, 1, 2])
    assert counts.only(("c", "a")).n.tolist() == [5, 3]
    assert counts.without({"b"}).task_ids == ("a", "c")
    assert (counts.samples, counts.most_attempts, len(counts)) == (12, 3, 3)
    assert common_tasks(counts, counts.only(("c", "b"))) == ("b", "c")

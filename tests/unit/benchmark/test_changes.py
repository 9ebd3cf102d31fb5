"""Whether a program may change its arguments: each way to do so is seen."""

from __future__ import annotations

import pytest

from auditor.benchmark.changes import may_change

FLAT, ROWS, CUBE = [2, 1], [[2, 1], [3]], [[[2, 1]], [[3]]]
CHANGES: list[tuple[object, str]] = [
    (FLAT, "nums.sort()"), (FLAT, "nums[0] = 1"), (FLAT, "nums[0] *= 2"), (FLAT, "nums += [1]"), (FLAT, "del nums[0]"),
    (ROWS, "nums[0].append(1)"), (FLAT, "heapify(nums)"), (FLAT, "heapq.heappop(nums)"),
    (FLAT, "a = nums\n    a.sort()"), (FLAT, "a: list = nums\n    b = a\n    b.sort()"),
    (ROWS, "a = nums[0]\n    a.sort()"), (ROWS, "a = nums[:]\n    a[0].sort()"),
    (ROWS, "a = list(nums)\n    a[0].sort()"),
    (FLAT, "a, b = nums, 1\n    a.sort()"), (ROWS, "a, b = nums\n    b.sort()"), (FLAT, "a = [nums]\n    a[0].sort()"),
    (FLAT, "if (a := nums):\n        a.sort()"), (FLAT, "a = nums or [1]\n    a.sort()"),
    (ROWS, "for row in sorted(nums):\n        row.sort()"), (ROWS, "own.extend(nums)"),
    (FLAT, "self.nums = nums"), (FLAT, "own[0] = nums"), (ROWS, "own.append(nums[0])"),
    (FLAT, "heapq.heappush(heap, (1, nums))"),
    (ROWS, "for row in nums:\n        row[0] = 1"), (ROWS, "for row in nums + nums:\n        row.sort()"),
    (ROWS, "for i, row in enumerate(nums):\n        row.pop()"), (ROWS, "[row.pop() for row in reversed(nums)]"),
    (ROWS, "for i, row in zip(range(3), nums):\n        row.pop()"),
    (CUBE, "for row in nums:\n        for cell in row:\n            cell.sort()"),
    (CUBE, "for first, *rest in nums:\n        first.sort()"),
    (FLAT, "def g(own):\n        own.sort()\n    g(nums)"), (FLAT, "def g(own):\n        own.sort()\n    g(own=nums)"),
    (FLAT, "class G:\n        def __init__(self, own):\n            self.own = own\n    G(nums)"),
    (ROWS, "def g(own):\n        h(own[0])\n    def h(row):\n        row.sort()\n    g(nums)"), (FLAT, "return ("),
]  # fmt: skip
KEEPS: list[tuple[object, str]] = [
    (FLAT, "return sorted(nums)"), (FLAT, "own = sorted(nums)\n    own.sort()"), (FLAT, "a = nums\n    return a[0]"),
    (FLAT, "own = [0]\n    own[0] = max(nums)"), (FLAT, "total += nums[0]"), (FLAT, "own = nums[1:]\n    own.sort()"),
    (FLAT, "nums = list(nums)"), (FLAT, "for x in nums:\n        own.append(x)"), (FLAT, "return nums.count(1)"),
    (FLAT, "a, b = nums\n    a += b"), (ROWS, "a, b = nums[0]\n    a += b"), (FLAT, "a = nums[0]\n    a += 1"),
    (FLAT, "for x in reversed(nums):\n        now = x\n        now += 1"),
    (ROWS, "for row in nums + nums:\n        seen.update(row)"), (FLAT, "own.extend(nums)"),
    (ROWS, "own = sorted(nums)\n    for a, b in own:\n        last[a] = b"),
    (ROWS, "for a, b in nums:\n        last[a] = b"), (ROWS, "for i, (a, b) in enumerate(nums):\n        last[a] = b"),
    (ROWS, "for (a, b), c in zip(nums, rates):\n        last[a] = c"),
    (FLAT, "def g(own):\n        own = own + 1\n    g(nums[0])"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "body"), CHANGES)
def test_changes_are_seen(value: object, body: str) -> None:
    assert may_change(f"class Solution:\n  def f(self, nums):\n    {body}\n", {"nums": value})


@pytest.mark.parametrize(("value", "body"), KEEPS)
def test_what_leaves_arguments_alone_is_no_change(value: object, body: str) -> None:
    assert not may_change(f"class Solution:\n  def f(self, nums):\n    {body}\n", {"nums": value, "rates": [1.5]})


def test_texts_and_numbers_cannot_be_changed() -> None:
    assert not may_change("class Solution:\n  def f(self, s):\n    s += 'a'\n    t = s\n", {"s": "b"})

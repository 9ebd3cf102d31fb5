"""Whether a program may change its arguments: each way to do so is seen."""

from __future__ import annotations

import pytest

from auditor.benchmark.changes import may_change

CHANGES = [
    "nums.sort()", "nums[0] = 1", "nums[0] *= 2", "nums += [1]", "del nums[0]", "nums[0].append(1)", "heapify(nums)",
    "heapq.heappop(nums)", "a = nums", "a = nums[0]", "for row in nums:\n        row[0] = 1",
    "for i, row in enumerate(nums):\n        row.pop()",
    "for row in nums:\n        for cell in row:\n            cell.sort()",
    "return (",
]  # fmt: skip
KEEPS = [
    "return sorted(nums)", "own = sorted(nums)\n    own.sort()", "own = [0]\n    own[0] = max(nums)",
    "total += nums[0]",
    "nums = list(nums)", "for x in nums:\n        own.append(x)", "return nums.count(1)",
]  # fmt: skip


@pytest.mark.parametrize("body", CHANGES)
def test_changes_are_seen(body: str) -> None:
    assert may_change(f"class Solution:\n  def f(self, nums):\n    {body}\n", ["nums"])


@pytest.mark.parametrize("body", KEEPS)
def test_what_leaves_arguments_alone_is_no_change(body: str) -> None:
    assert not may_change(f"class Solution:\n  def f(self, nums):\n    {body}\n", ["nums"])

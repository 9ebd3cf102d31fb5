"""Names beside points without collisions: deterministic, greedy with repair.

Each name may be placed at any of a ring of places around its point. A place costs for what it would cover (names,
points, the edge of the plot) and for its distance. Names take their cheapest place in turn, the most
crowded first, and then each moves again in the light of the others, until nothing gets better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_WIDE, _SLIM = set("mwMW@%—"), set("iIjlrtf.,:;'|!()[] ")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Measure the area that both cover, in square pixels."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0

    def outside(self, other: Box) -> float:
        """Measure how far this sticks out of the other, in pixels."""
        return (
            max(0.0, other.left - self.left)
            + max(0.0, self.right - other.right)
            + max(0.0, other.top - self.top)
            + max(0.0, self.bottom - other.bottom)
        )


def text_width(text: str, size: float = 12.5) -> float:
    """Estimate the width of a text in a sans-serif face, in pixels, rather too wide than too narrow."""
    units = sum(0.9 if c in _WIDE else 0.34 if c in _SLIM else 1.0 if ord(c) > 0x2E80 else 0.6 for c in text)
    return units * size


def place_labels(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    area: Box,
    *,
    soft: Sequence[Box] = (),
    height: float = 15.0,
    radius: float = 5.0,
) -> list[Box]:
    """Give each name a box near its point, in pixels, so that boxes cover neither each other nor points.

    ``soft`` are lines that names avoid where it costs little.
    """
    dots = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in points]
    options = [_places(point, text_width(name), height, radius) for point, name in zip(points, names, strict=True)]
    own = [[_fixed_cost(box, cost, at, dots, soft, area) for box, cost in places] for at, places in enumerate(options)]
    crowd = [sum(math.hypot(x - a, y - b) < 90 for a, b in points) for x, y in points]
    order = sorted(range(len(points)), key=lambda i: (-crowd[i], points[i], names[i]))
    chosen: dict[int, Box] = {}
    for _ in range(12):
        before = dict(chosen)
        for index in order:
            others = [box for other, box in chosen.items() if other != index]
            scored = [
                (cost + sum(6 * box.overlap(other) for other in others), rank)
                for rank, ((box, _), cost) in enumerate(zip(options[index], own[index], strict=True))
            ]
            chosen[index] = options[index][min(scored)[1]][0]
        if chosen == before:
            break
    return [chosen[index] for index in range(len(points))]


def _fixed_cost(box: Box, cost: float, at: int, dots: Sequence[Box], soft: Sequence[Box], area: Box) -> float:
    """Add to a place's own cost what it covers of other points and lines and how far it leaves the plot."""
    covered = sum(box.overlap(dot) for other, dot in enumerate(dots) if other != at)
    return cost + 40 * box.outside(area) + 4 * covered + 1.5 * sum(box.overlap(line) for line in soft)


def _places(point: tuple[float, float], width: float, height: float, radius: float) -> list[tuple[Box, float]]:
    """List the places around a point with the cost of their distance and side."""
    x, y = point
    found = []
    for ring, reach in enumerate((2.0, 9.0, 18.0, 29.0, 42.0, 58.0)):
        # in a corner between a point's two intervals a name crosses neither
        for right in (True, False):
            for below in (False, True):
                left = x + reach + 3 if right else x - reach - 3 - width
                top = y + reach + 2 if below else y - reach - 2 - height
                found.append(
                    (Box(left, top, left + width, top + height), 14.0 * ring + 4.0 * (not right) + 3.0 * below)
                )
        for step in range(8 if not ring else 16):
            angle = step * math.tau / (8 if not ring else 16)
            across, down = math.cos(angle), math.sin(angle)
            middle_x = x + across * (radius + reach + width / 2)
            middle_y = y + down * (radius + reach + height / 2)
            box = Box(middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2)
            # beside on the right reads best, then left, then above and below
            found.append((box, 14.0 * ring + 3.0 * (1 - across) + 2.0 * abs(down)))
    return found

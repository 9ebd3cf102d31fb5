"""Where work runs: one seam between what is to be done and the processes that do it.

A :class:`Job` says how to set up, once for each process (its :class:`Site`) and once for each worker of it; a
worker is a function from one picklable item to records. An :class:`Engine` starts a :class:`Session` for a job,
whose ``map`` streams the records of many items, in any order. :class:`~auditor.engine.local.LocalEngine` runs
everything on this machine; :class:`~auditor.engine.dask.DaskEngine` sends job and items to the workers of a cluster.

An item stands for itself: a worker keeps nothing between items that their records depend on, only what makes
them cheap (processes that are started, expected outputs that are known).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, Self, TypeVar

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
Record = TypeVar("Record")
Record_co = TypeVar("Record_co", covariant=True)
About = TypeVar("About")
About_co = TypeVar("About_co", covariant=True)


class Worker(Protocol[Item_contra, Record_co]):
    """What works on one item at a time; made, used and closed by one thread."""

    def run(self, item: Item_contra) -> Iterable[Record_co]:
        """Work on an item; give its records as they are done."""
        ...

    def stop(self) -> None:
        """End what runs at the moment, from any thread; ``run`` then raises."""
        ...

    def close(self) -> None:
        """Release processes and memory."""
        ...


class Site(Protocol[Item_contra, Record_co, About_co]):
    """What the workers of one process share."""

    @property
    def about(self) -> About_co:
        """What the driver wants to know of it; picklable."""
        ...

    @property
    def environment(self) -> str:
        """A digest of what records depend on besides the job and the items; the same on all sites of a session."""
        ...

    def worker(self, number: int) -> Worker[Item_contra, Record_co]:
        """Make the worker of that number, from 0, in the thread that will use it."""
        ...

    def close(self) -> None:
        """Release what is shared, after the workers are closed."""
        ...


class Job(Protocol[Item_contra, Record_co, About_co]):
    """How to set up; picklable, so that another process can."""

    def open(self) -> Site[Item_contra, Record_co, About_co]:
        """Set up in this process; raises :class:`~auditor.errors.AuditorError` where this machine cannot do it."""
        ...

    @property
    def shared(self) -> tuple[type, ...]:
        """Types of objects that many items hold; over a network each object is sent to a process once."""
        ...

    def split(self, item: Item_contra) -> Sequence[Any]:
        """Return two items that are an item together, or that item alone where it cannot be divided."""
        ...

    def rest(self, item: Item_contra, records: Sequence[Any]) -> Any:
        """Return what remains of an item after these of its records; ``None``: nothing."""
        ...

    def give_up(self, item: Item_contra, reason: str) -> Iterable[Record_co]:
        """Return the records of an item that cannot be divided and ends every process that works on it."""
        ...


class Session(Protocol[Item_contra, Record_co, About_co]):
    """Workers that are ready; a context manager that ends them."""

    @property
    def batch_size(self) -> int:
        """How many small things to put into one item, so that handing them over costs little."""
        ...

    @property
    def width(self) -> int:
        """How many items are worked on at once, now."""
        ...

    @property
    def sites(self) -> Sequence[About_co]:
        """What each process said about itself."""
        ...

    def map(self, items: Iterable[Item_contra], *, alone: bool = False) -> Iterator[Record_co]:
        """Stream the records of all items, in any order, taking items only a few ahead.

        ``alone`` gives each item about twice the machine: half the workers run. Raises what a worker raises.
        """
        ...

    def close(self) -> None:
        """End all workers, also those in the middle of an item."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close."""
        ...


class Engine(Protocol):
    """Starts sessions."""

    def start(self, job: Job[Item, Record, About]) -> Session[Item, Record, About]:
        """Set a job up; raises what :meth:`Job.open` raises."""
        ...

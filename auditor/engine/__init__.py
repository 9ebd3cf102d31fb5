"""The interface between a job and the processes that run it.

A :class:`Job` sets up a :class:`Site` once per process and a :class:`Worker` once per thread; a worker turns one
picklable item into records. An :class:`Engine` starts a :class:`Session` for a job, whose ``map`` streams the records
of many items, in any order. :class:`~auditor.engine.local.LocalEngine` runs everything on this machine;
:class:`~auditor.engine.dask.DaskEngine` sends job and items to the workers of a cluster.

Items are independent: records depend only on the job and their item. Workers cache what makes items cheap, such as
started processes and known expected outputs.
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
    """Processes one item at a time. Created, used and closed by one thread."""

    def run(self, item: Item_contra) -> Iterable[Record_co]:
        """Process an item and yield its records as they are ready."""
        ...

    def stop(self) -> None:
        """Abort the current item, from any thread; ``run`` then raises."""
        ...

    def close(self) -> None:
        """Release processes and memory."""
        ...


class Site(Protocol[Item_contra, Record_co, About_co]):
    """State shared by the workers of one process."""

    @property
    def about(self) -> About_co:
        """Facts about this process for the driver; picklable."""
        ...

    @property
    def environment(self) -> str:
        """A digest of everything besides job and item that records depend on; equal on all sites of a session."""
        ...

    def worker(self, number: int) -> Worker[Item_contra, Record_co]:
        """Create worker ``number``, from 0, in the thread that will use it."""
        ...

    def close(self) -> None:
        """Release the shared state, after the workers are closed."""
        ...


class Job(Protocol[Item_contra, Record_co, About_co]):
    """Describes the work; picklable, so that any process can set it up."""

    def open(self) -> Site[Item_contra, Record_co, About_co]:
        """Set up in this process; raises :class:`~auditor.errors.AuditorError` if this machine cannot do the job."""
        ...

    @property
    def shared(self) -> tuple[type, ...]:
        """Types of objects shared by many items; over a network each object is sent to a process once."""
        ...

    def split(self, item: Item_contra) -> Sequence[Any]:
        """Return two items that together are this item, or the item alone if it cannot be divided."""
        ...

    def rest(self, item: Item_contra, records: Sequence[Any]) -> Any:
        """Return the part of an item without these of its records; ``None`` if nothing remains."""
        ...

    def give_up(self, item: Item_contra, reason: str) -> Iterable[Record_co]:
        """Return the records of an indivisible item that kills every process that runs it."""
        ...


class Session(Protocol[Item_contra, Record_co, About_co]):
    """Ready workers, as a context manager that ends them."""

    @property
    def batch_size(self) -> int:
        """Return how many units of work to put into one item, so that the cost of sending it is small."""
        ...

    @property
    def width(self) -> int:
        """Return the number of items that currently run at once."""
        ...

    @property
    def sites(self) -> Sequence[About_co]:
        """Return the facts that each process reported about itself."""
        ...

    def map(self, items: Iterable[Item_contra], *, alone: bool = False) -> Iterator[Record_co]:
        """Stream the records of all items, in any order, reading only a few items ahead.

        ``alone`` uses half the workers, so that each item has about twice the resources. Raises what a worker raises.
        """
        ...

    def close(self) -> None:
        """End all workers, including those in the middle of an item."""
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
        """Set up a job; raises what :meth:`Job.open` raises."""
        ...

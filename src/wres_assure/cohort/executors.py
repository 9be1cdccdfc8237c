"""Where work is done: in this process, in processes of this machine, or on a cluster. All of them are executors.

A file that never ends, asks for too much memory or takes its process down with it is told of that file alone. The
standard pool of processes loses all that is still to be done with one dead process; pebble's loses what that process
was at, and ends what takes too long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from .. import resources
from ..model import Refused, Unwritable

Job = TypeVar("Job")
SECONDS = 120.0  # for one file; a table of a nation takes the most of it
MEGABYTES = 2_000  # of address space, which a process is given and hardly uses
_TO_ANSWER = 20  # seconds that a scheduler has to answer
_AHEAD = 4  # jobs a process that wait for it


class Lost(NamedTuple):
    """A job that was not done to its end, and why, in words."""

    why: str
    fault: BaseException | None = None  # of ours


class Here(Executor):
    """Everything in this process, one after the other: nothing is limited, and what takes it down ends the run."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The future of a call that was made already."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as e:
            future.set_exception(e)
        return future


class Processes(Executor):
    """Processes of this machine, each call within limits of time and memory."""

    def __init__(self, workers: int, seconds: float = SECONDS) -> None:
        try:
            from pebble import ProcessPool
        except ImportError:
            raise Unwritable(
                "Judging many returns in processes needs the package pebble, which is not installed: "
                f"{resources.to_install('cohort')}. Or say --engine one."
            ) from None
        from multiprocessing import get_context

        # Not forked: what runs in threads here, a progress bar or Arrow, would be cut off in the middle of it.
        self._pool: Any = ProcessPool(max_workers=workers, initializer=_limited, context=get_context("spawn"))
        self._seconds = seconds

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The future of a call, which ends in TimeoutError where it takes too long."""
        future: Future[Any] = self._pool.schedule(function, args=args, kwargs=named, timeout=self._seconds)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes, at once where nothing is waited for."""
        if wait and not cancel_futures:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()


class OnDask(Executor):
    """A Dask cluster: that of a scheduler's address, else one of processes of this machine, for trying it.

    Threads of a Dask worker cannot be stopped, so each file is judged by a process below it, within the same limits.
    Storage is a folder that all workers reach by the same path.
    """

    chunk = 50  # files a task: each costs the scheduler a millisecond, and a file a tenth of a second

    def __init__(self, scheduler: str | None, workers: int) -> None:
        try:
            import dask
            from distributed import Client
        except ImportError:
            raise Unwritable(
                "--engine dask needs the packages of Dask, which are not installed: "
                f"{resources.to_install('dask')}."
            ) from None
        dask.config.set({"distributed.worker.daemon": False})  # so that a worker may have processes below it
        try:
            here = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
            client: Any = Client  # without types
            self._client = client(scheduler, timeout=_TO_ANSWER) if scheduler else client(**here)
        except (OSError, ValueError) as e:
            where = f"The scheduler {scheduler}" if scheduler else "A cluster on this machine"
            raise Refused(
                "no_scheduler",
                f"{where} does not answer ({type(e).__name__}).",
                "Start it (dask scheduler) and its workers (dask worker ADDRESS), or leave --engine out.",
                "",
            ) from None
        self._executor = self._client.get_executor(pure=False)

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The future of a call on whichever worker is free; after a worker's end on another."""
        future: Future[Any] = self._executor.submit(function, *args, **named)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes below its workers; and the cluster, where it was started here."""
        with suppress(Exception):  # whatever became of a cluster, what was found is there
            self._client.run(_end_below)
        self._client.close()


def in_children(function: Callable[..., Any], args: tuple[Any, ...], jobs: list[Any]) -> list[Any]:
    """What a function gives for each of these jobs, in processes below this one; Lost where that is nothing."""
    pool, workers = _pool_below()
    found = {at: told for (at, _), told in each(pool, _of_numbered, list(enumerate(jobs)), workers, function, args)}
    return [found[at] for at in range(len(jobs))]


def _of_numbered(function: Callable[..., Any], args: tuple[Any, ...], numbered: tuple[int, Any]) -> Any:
    return function(*args, numbered[1])


@lru_cache(maxsize=1)
def _pool_below() -> tuple[Processes, int]:
    """Processes of a Dask worker, as many as it has threads; they end with it."""
    from distributed import get_worker

    worker: Any = get_worker()
    threads = int(worker.state.nthreads)
    return Processes(threads), threads


def _end_below() -> None:
    """Ends the processes below a Dask worker, if it has any."""
    if _pool_below.cache_info().currsize:
        _pool_below()[0].shutdown(cancel_futures=True)
        _pool_below.cache_clear()


def _limited() -> None:
    """So much memory and no more, where the system knows such limits; no picture of what was in it is left."""
    try:
        import resource
    except ImportError:
        return
    most = MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    executor: Executor, function: Callable[..., Any], jobs: Sequence[Job], at_once: int, *args: Any
) -> Iterator[tuple[Job, Any]]:
    """Every job with what `function(*args, job)` gives, as they are done; Lost where that is nothing.

    A job whose process died is tried once more: it may have died of another's need of memory. Only so many wait at a
    time, so that a million jobs take no more room than a hundred.
    """
    chunk = executor.chunk if isinstance(executor, OnDask) else 1
    if chunk == 1:
        yield from _each(executor, function, jobs, at_once, *args)
        return
    chunks = [list(jobs[at : at + chunk]) for at in range(0, len(jobs), chunk)]
    for of, told in _each(executor, in_children, chunks, at_once, function, args):
        yield from zip(of, [told] * len(of) if isinstance(told, Lost) else told, strict=True)


def _each(
    executor: Executor, function: Callable[..., Any], jobs: Iterable[Job], at_once: int, *args: Any
) -> Iterator[tuple[Job, Any]]:
    waiting: dict[Future[Any], tuple[Job, bool]] = {}

    def start(job: Job, again: bool) -> None:
        waiting[executor.submit(function, *args, job)] = job, again

    left = iter(jobs)
    while True:
        while len(waiting) < at_once * _AHEAD and (job := next(left, None)) is not None:
            start(job, again=False)
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            job, again = waiting.pop(future)
            error = future.exception()
            if error is not None and _died(error) and not again:
                start(job, again=True)
            else:
                yield job, future.result() if error is None else _lost(error)


def _died(error: BaseException) -> bool:
    return type(error).__name__ in ("ProcessExpired", "BrokenProcessPool", "KilledWorker")


def _lost(error: BaseException) -> Lost:
    if _died(error):
        return Lost("It took down the process that read it, twice. Have somebody look at it who knows such files.")
    if isinstance(error, TookTooLong | TimeoutError):
        return Lost("It took too long. Remove what is no part of the return, and save it again.")
    if isinstance(error, MemoryError):
        return Lost("It needs more memory than a return is given. Remove what is no part of the return.")
    return Lost("", error)

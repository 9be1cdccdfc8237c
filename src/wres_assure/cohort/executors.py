"""Where work is done: in this process, in processes of this machine, or on a cluster. All of them are executors.

A file that never ends, asks for too much memory or takes its process down with it is told of that file alone. The
standard pool of processes loses all that is still to be done with one dead process; pebble's loses what that process
was at, and ends what takes too long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any, NamedTuple, TypeVar

from ..model import Refused

Job = TypeVar("Job")
SECONDS = 120.0  # for one file; a table of a nation takes the most of it
MEGABYTES = 2_000  # of address space, which a process is given and hardly uses
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
            raise Refused(
                "extra_missing",
                "Judging many returns in processes needs the package pebble, which is not installed.",
                'Install it with: pip install "wres-assure[cohort]", or say --engine one.',
                "",
            ) from None
        from multiprocessing import get_context

        # Not forked: what runs in threads here, a progress bar or Arrow, would be cut off in the middle of it.
        self._pool = ProcessPool(max_workers=workers, initializer=_limited, context=get_context("spawn"))
        self._seconds = seconds

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The future of a call, which ends in TimeoutError where it takes too long."""
        future: Future[Any] = self._pool.schedule(function, args=args, kwargs=named, timeout=self._seconds)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes, at once where nothing is waited for."""
        if wait and not cancel_futures:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


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
    executor: Executor, function: Callable[..., Any], jobs: Iterable[Job], at_once: int, *args: Any
) -> Iterator[tuple[Job, Any]]:
    """Every job with what `function(*args, job)` gives, as they are done; Lost where that is nothing.

    A job whose process died is tried once more: it may have died of another's need of memory. Only so many wait at a
    time, so that a million jobs take no more room than a hundred.
    """
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

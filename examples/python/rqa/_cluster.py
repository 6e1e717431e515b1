"""One sweep on the workers of an executor: shares of the work that travel with their recordings.

A share is a run of recordings with all their delays, or one recording with a run of its delays, and
is computed by an ordinary batch in the worker. So each row is what it is without an executor.
"""
from __future__ import annotations

import os
import queue
import socket
import threading
import time
from concurrent.futures import BrokenExecutor, Future
from types import SimpleNamespace
from typing import Any, Callable, Iterator, NamedTuple, Optional, Protocol, Union

import numpy as np

from ._batch import (POLL_S, REACHED, Job, Ready, add, create, has_reached, item_errors, item_rows,
                     run, size, tabulate)
from ._context import Context
from ._handles import Handle
from ._library import lib
from ._names import file_path, integer, shown
from ._store import open_for_writing
from ._stored import Wanted, present
from .errors import check, fail

# A share is to take about as long as that, so that what a dead worker or Ctrl-C loses is little and
# what it costs to send is less; and there are to be several for each worker, for an even end.
_SHARE_S = 2.0
_SHARES_OF_A_WORKER = 8

# Nominal, of one thread: for the sizes of shares alone, which change no number.
_S_PER_CELL = 1e-9
_S_PER_SHARE = 1e-3

# Sent and not yet done: enough to keep workers busy whose number the executor does not tell, and few
# enough for the memory of a scheduler, as each carries its recordings.
_SENT = 256

# Workers of an executor that does not tell, for the sizes of shares.
_UNKNOWN = 16

# A share during which the pool broke so many times has broken it, as far as anybody can tell.
_TRIES = 3


class PoolLike(Protocol):
    """What PEP 3148 calls an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Runs fn(*args) somewhere, some time."""


Executor = Union[PoolLike, Callable[[], PoolLike]]


class Share(NamedTuple):
    """Recordings first..end-1 with the delays from..to-1 of the grid."""

    first: int
    end: int
    delay_from: int
    delay_to: int
    cost: float


class _Message(NamedTuple):
    """A share as it travels."""

    job: Job
    recordings: list[Ready]
    threads: Optional[int]
    folder: str  # of the workers' stores; "" = send the rows back


class _Answer(NamedTuple):
    values: Any  # rows x measures; None with a store
    reasons: Any
    errors: dict[int, str]  # by item of the share


def _threads(asked: Optional[int]) -> int:
    """As many as the caller or RQA_NUM_THREADS says, else one: there may be a worker for each core."""
    if asked is not None:
        return asked
    return 0 if os.environ.get("RQA_NUM_THREADS") else 1


def _own_store(folder: str) -> str:
    """A file that no other thread of any worker writes to."""
    if not os.path.isdir(folder):
        fail("IO", f"the worker on {socket.gethostname()} does not see the folder {folder}; with "
                   "store= all workers must share its file system")
    name = f"{socket.gethostname()}-{os.getpid()}-{threading.get_native_id()}.sqlite"
    return os.path.join(folder, name)


def _ignore(statistics: Any) -> None:
    """No progress from within a share."""


def compute(message: _Message) -> _Answer:
    """A share, in the worker."""
    with Context(threads=_threads(message.threads)) as context:
        owner = context.handle
        with create(owner, message.job) as batch:
            for recording in message.recordings:
                add(batch, owner, message.job, recording)
            if not message.folder:
                values, reasons = tabulate(batch, message.job, _ignore)
                return _Answer(values, reasons, item_errors(batch))
            with open_for_writing(owner, _own_store(message.folder),
                                  "rqa.sweep (Python, worker)") as file:
                check(lib.rqa_batch_set_store(batch.pointer, file.pointer))
                run(batch, _ignore)
                errors = item_errors(batch)
                batch.close()  # before its store
                return _Answer(None, None, errors)


def _cells(job: Job, lengths: list[int], span: int) -> float:
    """What is compared; windows that overlap share their work."""
    if not job.windows.window:
        return float(max(lengths[0] - span, 0)) * max(lengths[-1] - span, 0)
    shortest, vectors = min(lengths), float(max(job.windows.window - span, 0))
    n_windows = max(shortest - job.windows.window, 0) // job.windows.step + 1
    return vectors * min(n_windows * vectors, 8.0 * shortest)


def _costs(job: Job, recording: Ready) -> list[float]:
    """Predicted seconds for each delay, all modes together."""
    if recording.failure is not None:
        return [0.0] * len(job.axes.delay)
    lengths = [len(array) for array, _ in recording.sides]
    cells = []
    for delay in job.axes.delay.tolist():
        spans = [(dim - 1) * delay for dim in job.axes.dim.tolist()]
        cells.append(sum(_cells(job, lengths, span) for span in spans))
    # Thresholds share a pass, and cost the less the more there are of them.
    each = _S_PER_CELL * len(job.modes) * (1 + len(job.axes.threshold) / 16)
    return [each * n for n in cells]


def plan(job: Job, recordings: list[Ready], n_workers: int) -> list[Share]:
    """Shares of about equal predicted cost, largest first."""
    costs = [_costs(job, recording) for recording in recordings]
    total = sum(sum(cost) for cost in costs)
    target = min(_SHARE_S, total / (_SHARES_OF_A_WORKER * n_workers))
    target = max(target, _S_PER_SHARE)
    n_delays = len(job.axes.delay)
    shares: list[Share] = []
    first, gathered = 0, 0.0
    for k, cost in enumerate(costs):
        whole = sum(cost)
        if k > first and gathered + whole > target:
            shares.append(Share(first, k, 0, n_delays, gathered))
            first, gathered = k, 0.0
        if whole <= target:
            gathered += whole
            continue
        begin, part = 0, 0.0  # alone, and by delays
        for d in range(n_delays):
            if d > begin and part + cost[d] > target:
                shares.append(Share(k, k + 1, begin, d, part))
                begin, part = d, 0.0
            part += cost[d]
        shares.append(Share(k, k + 1, begin, n_delays, part))
        first, gathered = k + 1, 0.0
    if first < len(costs):
        shares.append(Share(first, len(costs), 0, n_delays, gathered))
    return sorted(shares, key=lambda share: -share.cost)


def _message(job: Job, recordings: list[Ready], share: Share, threads: Optional[int],
             folder: str) -> _Message:
    axes = job.axes._replace(delay=job.axes.delay[share.delay_from:share.delay_to])
    return _Message(job._replace(axes=axes), recordings[share.first:share.end], threads, folder)


def _known_workers(executor: Any) -> int:
    """How many workers an executor says it has; 0 = it does not say."""
    for name in ("_max_workers", "num_workers"):
        said = getattr(executor, name, None)
        if isinstance(said, int) and said > 0:
            return said
    ncores = getattr(getattr(executor, "_client", None), "ncores", None)  # Dask's
    return len(ncores()) if ncores else 0


class Crew:
    """An executor, or a function that makes one as often as one breaks."""

    def __init__(self, executor: Executor, threads: Optional[int]):
        self.threads = None if threads is None else integer(threads, "worker_threads", 0, 1024)
        self._make: Optional[Callable[[], Any]] = None
        if not hasattr(executor, "submit"):
            if not callable(executor):
                fail("VALUE", f"executor is {shown(executor)}; allowed are an executor, which has "
                              "submit(), and a function that makes one")
            self._make = executor
        self._executor: Any = self._made() if self._make else executor
        self.n_workers = _known_workers(self._executor)
        self._done: "queue.SimpleQueue[Future[Any]]" = queue.SimpleQueue()
        self._running: dict[Any, int] = {}

    def _made(self) -> Any:
        executor = self._make() if self._make else None
        if not hasattr(executor, "submit"):
            fail("VALUE", f"executor made {shown(executor)}; it must make an executor, which has "
                          "submit()")
        return executor

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *details: object) -> None:
        """Nothing more is begun; what runs on somebody else's workers is not waited for."""
        for future in list(self._running):
            future.cancel()
        self._shutdown()

    def _shutdown(self) -> None:
        """Of executors made here, which nobody else will end."""
        end = getattr(self._executor, "shutdown", None)
        if self._make and end:
            try:
                end(wait=False, cancel_futures=True)
            except TypeError:  # executors older than that argument
                end(wait=False)

    def answers(self, messages: Callable[[int], _Message], n: int) -> Iterator[tuple[int, _Answer]]:
        """The answers to messages 0..n-1, as they come. Not for two at once."""
        limit = 2 * self.n_workers + 2 if self.n_workers else _SENT
        waiting = list(range(n - 1, -1, -1))
        tries = [0] * n
        while waiting or self._running:
            try:
                while waiting and len(self._running) < limit:
                    self._send(messages, waiting)
                k, answer = self._take()
            except BrokenExecutor as error:
                self._replace(error, waiting, tries)
            else:
                if answer is not None:
                    yield k, answer

    def _send(self, messages: Callable[[int], _Message], waiting: list[int]) -> None:
        future = self._executor.submit(compute, messages(waiting[-1]))
        self._running[future] = waiting.pop()
        future.add_done_callback(self._done.put)

    def _take(self) -> tuple[int, Optional[_Answer]]:
        """The next answer, or none for a while, between which Python handles signals."""
        try:
            future = self._done.get(timeout=POLL_S)
        except queue.Empty:
            return 0, None
        if future not in self._running:  # of a pool that has been replaced
            return 0, None
        answer = future.result()  # a BrokenExecutor leaves it among those that run
        return self._running.pop(future), answer

    def _replace(self, error: BrokenExecutor, waiting: list[int], tries: list[int]) -> None:
        """A new pool, which gets what the broken one had not done."""
        lost = sorted(self._running.values(), reverse=True)
        self._running = {}
        if not self._make:
            raise type(error)(
                f"{error} A worker has died. Given a function that makes the executor, such as "
                "executor=lambda: ProcessPoolExecutor(8), sweep() goes on with a new one") from error
        for k in lost:
            tries[k] += 1
            if tries[k] >= _TRIES:
                raise type(error)(f"{error} Workers died {_TRIES} times over the same share of the "
                                  "sweep; is there enough memory?") from error
        waiting.extend(lost)
        self._shutdown()
        self._executor = self._made()


class _Progress:
    """The numbers of a batch, from its shares."""

    def __init__(self, shares: list[Share], rows_of: Callable[[Share], int],
                 report: Callable[[Any], None], n_total: int):
        self._report, self._rows_of = report, rows_of
        self._cost = sum(share.cost for share in shares)
        self._cost_done = 0.0
        self._begin = time.monotonic()
        self._n = {"n_done": 0, "n_failed": 0, "n_skipped": 0}
        self._n_total = n_total

    def skipped(self, n_rows: int) -> None:
        """Rows that a store had."""
        self._n["n_skipped"] += n_rows
        self._tell()

    def done(self, share: Share, n_failed: int) -> None:
        """A share has come back."""
        self._n["n_failed"] += n_failed
        self._n["n_done"] += self._rows_of(share) - n_failed
        self._cost_done += share.cost
        self._tell()

    def _tell(self) -> None:
        elapsed = time.monotonic() - self._begin
        computed = self._n["n_done"] + self._n["n_failed"]
        left = (self._cost - self._cost_done) / self._cost_done if self._cost_done else np.nan
        self._report(SimpleNamespace(
            **self._n, n_total=self._n_total,
            percent=100.0 * sum(self._n.values()) / self._n_total, elapsed_s=elapsed,
            eta_s=elapsed * left, rate_per_s=computed / elapsed if elapsed else 0.0))


class _Places:
    """Where the rows of shares are: items in their order, each dims x delays x the rest."""

    def __init__(self, job: Job, batch: Handle):
        self._n_modes, self._n_dims = len(job.modes), len(job.axes.dim)
        self._n_delays = len(job.axes.delay)
        self._n_rows = item_rows(batch)
        self._firsts = np.cumsum(self._n_rows) - self._n_rows

    def items(self, share: Share) -> range:
        """Those of its recordings, in all modes."""
        return range(share.first * self._n_modes, share.end * self._n_modes)

    def rows(self, share: Share, items: Any = None) -> int:
        """How many it has, of all its items or of some."""
        of_items = self._n_rows[list(self.items(share) if items is None else items)]
        return int(of_items.sum()) // self._n_delays * (share.delay_to - share.delay_from)

    def views(self, array: Any, share: Share) -> Iterator[Any]:
        """Its rows of an array of all rows, item by item: dims x its delays x the rest."""
        for item in self.items(share):
            rows = array[self._firsts[item]:self._firsts[item] + self._n_rows[item]]
            yield rows.reshape(self._n_dims, self._n_delays, -1, *array.shape[1:])[
                :, share.delay_from:share.delay_to]

    def put(self, array: Any, share: Share, rows: Any) -> None:
        """Puts the rows of a share into an array of all."""
        at = 0
        for view in self.views(array, share):
            n = int(np.prod(view.shape[:3]))
            view[...] = rows[at:at + n].reshape(view.shape)
            at += n


def tabulated_by(crew: Crew, job: Job, recordings: list[Ready], batch: Handle,
                 report: Callable[[Any], None]) -> tuple[Any, Any, dict[int, str]]:
    """(values, reasons, errors by item) of the whole sweep, as tabulate() has them."""
    n_modes = len(job.modes)
    shares = plan(job, recordings, crew.n_workers or _UNKNOWN)
    shape = size(batch, "ROWS"), size(batch, "MEASURES")
    width = shape[1] + (len(REACHED) if has_reached(job) else 0)
    values, reasons = np.empty((shape[0], width)), np.empty(shape, dtype=np.uint8)
    places = _Places(job, batch)
    progress = _Progress(shares, places.rows, report, shape[0])
    errors: dict[int, str] = {}
    for k, answer in crew.answers(
            lambda k: _message(job, recordings, shares[k], crew.threads, ""), len(shares)):
        share = shares[k]
        places.put(values, share, answer.values)
        places.put(reasons, share, answer.reasons)
        failed = {share.first * n_modes + item: error for item, error in answer.errors.items()}
        errors.update(failed)
        progress.done(share, places.rows(share, failed))
    return values, reasons, dict(sorted(errors.items()))


def _merge(file: Handle, folder: str) -> list[str]:
    """Takes over what the workers' stores have."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".sqlite"))
    for name in names:
        check(lib.rqa_store_merge(file.pointer, os.fsencode(os.path.join(folder, name))))
    return names


def _remove(folder: str) -> None:
    """The workers' stores, which are merged; nothing else that somebody may have put there."""
    for name in os.listdir(folder):
        if name.endswith((".sqlite", ".sqlite-wal", ".sqlite-shm")):
            os.remove(os.path.join(folder, name))
    try:
        os.rmdir(folder)
    except OSError:
        pass


def workers_folder(store: Any) -> str:
    """Where the workers' stores of a sweep into this store are."""
    return os.path.abspath(file_path(store, "store")) + ".workers"


def stored_by(crew: Crew, job: Job, recordings: list[Ready], wanted: Wanted, folder: str,
              report: Callable[[Any], None]) -> None:
    """The whole sweep into the store."""
    n_modes = len(job.modes)
    os.makedirs(folder, exist_ok=True)
    _merge(wanted.store, folder)  # of a sweep that was cut short
    # At worst too much seems to be there: of other data under the same name. See the end.
    there = present(wanted)
    places = _Places(job, wanted.batch)
    shares = [share for share in plan(job, recordings, crew.n_workers or _UNKNOWN)
              if not all(view.all() for view in places.views(there, share))]
    progress = _Progress(shares, places.rows, report, there.size)
    progress.skipped(there.size - sum(map(places.rows, shares)))
    for k, answer in crew.answers(
            lambda k: _message(job, recordings, shares[k], crew.threads, folder), len(shares)):
        share = shares[k]
        progress.done(share, places.rows(share, [share.first * n_modes + item
                                                 for item in answer.errors]))
    _merge(wanted.store, folder)
    _remove(folder)
    run(wanted.batch, _ignore)  # finds all of it there, or else computes what there is not

"""A grid of settings over many recordings, as one job and one table."""
from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Mapping
from typing import Any, Callable, Iterable, Optional, Union

import numpy as np

from ._analysis import make_options
from ._batch import (REACHED, Axes, Job, add, create, has_rates, item_errors, measure_names,
                     read_modes, ready, run, size, tabulate)
from ._cluster import Crew, Executor, stored_by, tabulated_by, workers_folder
from ._context import Context, chosen_context
from ._given import Recording, key_texts, recordings
from ._handles import Handle
from ._library import declarations, lib, new, version
from ._names import DEFAULT_MEASURES, MEASURES, integer_axis, number_axis, shown
from ._progress import Progress, Reporter
from ._recording import series_options
from ._store import open_for_writing
from ._stored import Wanted, read as read_stored
from ._table import categories, frame_of, repeated
from .errors import check, fail

# These multiply the time of a sweep; `rqa sweep` leaves them out as well unless asked.
_SLOW = {"t1", "t2", "rte", "trend"}


def _setting_columns(batch: Handle, axes: Axes, n_items: int) -> dict[str, Any]:
    """dim, delay, threshold, lmin and vmin of every row: nested loops, vmin innermost."""
    first = new("rqa_batch_row")
    check(lib.rqa_batch_row_at(batch.pointer, 0, ctypes.byref(first)))
    full = [axis if len(axis) else np.array([getattr(first, name)], dtype=np.uint32)
            for name, axis in axes._asdict().items()]
    columns = {}
    for k, name in enumerate(axes._fields):
        inner = int(np.prod([len(axis) for axis in full[k + 1:]]))
        outer = int(np.prod([len(axis) for axis in full[:k]])) * n_items
        axis = full[k].astype(np.int32) if full[k].dtype == np.uint32 else full[k]
        columns[name] = np.tile(np.repeat(axis, inner), outer)
    return columns


def _after_threshold(columns: dict[str, Any], reached: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """With the columns of what rates have reached behind that of the threshold."""
    found: dict[str, Any] = {}
    for name, column in columns.items():
        found[name] = column
        if name == "threshold":
            found.update({added: reached[:, k] for k, added in enumerate(REACHED)})
    return found


def _status_column(reasons: "np.ndarray[Any, Any]", each: int, errors: dict[int, str]) -> Any:
    """"ok", the first reason in the row, or the text of the item's failure."""
    first = (reasons != 0).argmax(axis=1)
    codes = reasons[np.arange(len(reasons)), first].astype(np.int32)
    kinds: list[str] = ["ok"]
    while True:
        reason = lib.rqa_reason_text(len(kinds))
        if not reason:
            break
        kinds.append(reason.decode())
    for item, error in errors.items():
        codes[item * each:(item + 1) * each] = len(kinds)
        kinds.append(error)
    return categories(codes, kinds)


def sweep(series: Any, *, dim: Any = 1, delay: Any = 1, threshold: Any, lmin: Any = None,
          vmin: Any = None, norm: str = "euclidean",
          modes: Optional[Mapping[str, Mapping[str, Any]]] = None, relation: str = "auto",
          theiler: Optional[int] = None, wmin: Optional[int] = None, convention: str = "standard",
          measures: Optional[Iterable[str]] = None, normalize: Optional[str] = None,
          threshold_unit: str = "data", missing: Optional[str] = None,
          compare: Optional[str] = None, theiler_points: Optional[int] = None,
          theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
          white_border: Optional[str] = None, trend_border: Optional[int] = None,
          microstate_size: Optional[int] = None, border: str = "all", backend: str = "auto",
          progress: Progress = False,
          store: Union[None, str, "os.PathLike[str]"] = None, frame: bool = True,
          context: Optional[Context] = None, executor: Optional[Executor] = None,
          worker_threads: Optional[int] = None) -> Any:
    """Every combination of dim, delay, threshold, lmin and vmin on every recording.

    series: an array, a dict name -> array, a list of arrays or of (name, array), a list of (name,
    keys, array), where keys is a dict such as {"group": "control", "subject": 7} whose entries
    become columns (None = missing), or a pandas groupby, whose groups are recordings and whose
    columns are keys. With relation="cross" or "joint" each array is a pair (x, y).
    dim, delay, threshold, lmin, vmin: a value, or a range, list, array or Series of values.
    threshold_unit: as in analyze(), but for neighbours; with "recurrence-rate" the columns
    threshold_reached and rr_reached stand behind threshold.
    modes: the same recordings seen in several ways, such as
    {"1d": {"channels": 0, "norm": "manhattan"}, "2d": {"channels": range(2)}}.
    measures: names, or "all", the 19 that need not be named; None = those but t1, t2, rte and trend,
    which take several times as long as the rest together.
    progress: True for a tqdm bar, or a function that is called with a dict of numbers.
    store: path of an SQLite file that takes the results as they come. It is made if it is not
    there; a sweep that is started again computes only what it lacks.
    frame: False = return None and leave the results in the store, for rqa.open_store().
    executor: where the work is to run instead of here: any executor in the sense of PEP 3148, such
    as concurrent.futures.ProcessPoolExecutor(8), a Dask client's get_executor() or an
    mpi4py.futures.MPIPoolExecutor, or a function that makes one, so that a pool that broke because a
    worker died is replaced and its work done again. Each worker computes with worker_threads
    threads; None = what RQA_NUM_THREADS says in its environment, else 1. The rows are the same to
    the last bit. With a store, each worker has one of its own in the folder STORE.workers, which
    all must see; they are merged at the end, or when the sweep is started again.
    The other arguments are those of analyze().

    Returns a pandas frame, or a dict of NumPy columns without pandas: series, the keys, mode, dim,
    delay, threshold, lmin, vmin, one column for each measure (NaN where undefined), and status:
    "ok", the reason of the row's first undefined value, or why the recording could not be used.
    With a store the frame is read from it, with the store's words in status. One bad recording
    never stops the others; bad options, names or keys are refused before anything is computed.
    Ctrl-C stops the sweep within half a second.
    """
    if measures is None:
        measures = [name for name in DEFAULT_MEASURES if name not in _SLOW]
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    given["measures"] = measures if isinstance(measures, str) else list(measures)
    analysis = make_options(**given)
    pairs = analysis.relation != declarations.ENUMS["rqa_relation"]["RQA_RELATION_AUTO"]
    axes = Axes(integer_axis(dim, "dim"), integer_axis(delay, "delay"),
                number_axis(threshold, "threshold"), _shortest_axis(lmin, "lmin"),
                _shortest_axis(vmin, "vmin"))
    job = Job(given, read_modes(modes, norm), axes, pairs, normalize, missing)
    if store is None and not frame:
        fail("VALUE", "frame is False; without a store it would leave the results nowhere")
    if executor is None and worker_threads is not None:
        fail("VALUE", f"worker_threads is {shown(worker_threads)}, but executor is None; threads of "
                      "this process are those of its context")
    series_options(normalize, missing)  # else each recording fails by itself, for one wrong name
    owner = chosen_context(context).handle
    found = recordings(series, pairs)
    with contextlib.ExitStack() as stack:
        crew = None if executor is None else stack.enter_context(Crew(executor, worker_threads))
        batch = create(owner, job)
        # Not before, so that no refused sweep leaves an empty file; closed after the batch.
        file = None if store is None else stack.enter_context(
            open_for_writing(owner, store, "rqa.sweep (Python)"))
        stack.enter_context(batch)  # ends what still runs
        arrays = [ready(recording, pairs) for recording in found]
        for recording in arrays:
            add(batch, owner, job, recording)
        table = _Table(batch, found, job)
        reporter = stack.enter_context(Reporter(progress, size(batch, "ROWS")))
        if file is None:
            if crew is None:
                return table.framed(*tabulate(batch, job, reporter), item_errors(batch))
            return table.framed(*tabulated_by(crew, job, arrays, batch, reporter))
        check(lib.rqa_batch_set_store(batch.pointer, file.pointer))
        if crew is None:
            run(batch, reporter)
        else:
            stored_by(crew, job, arrays, table.wanted(file), workers_folder(store), reporter)
        return table.stored(file) if frame else None


def _shortest_axis(values: Any, name: str) -> "np.ndarray[Any, Any]":
    """Empty, which is the convention's choice, for None alone."""
    return np.empty(0, dtype=np.uint32) if values is None else integer_axis(values, name)


class _Table:
    """The rows of a sweep: what tells them apart, and the form in which they are returned."""

    def __init__(self, batch: Handle, found: list[Recording], job: Job):
        self._batch, self._found, self._job = batch, found, job
        self._names = measure_names(batch)
        self._each = size(batch, "COMBINATIONS")
        self._has_rates = has_rates(job)
        self._rehearse()

    def _rehearse(self) -> None:
        """Makes the table with a row for each item: what fails in it, fails before hours of work."""
        n_rows = len(self._found) * len(self._job.modes)
        columns = self._who(1)
        columns.update({name: np.zeros(n_rows) for name in Axes._fields})
        frame_of(columns, np.zeros((n_rows, len(self._names))), self._names,
                 {"status": np.zeros(n_rows)})

    def _who(self, each: int) -> dict[str, Any]:
        """What tells items apart, with as many rows for each."""
        found, modes = self._found, self._job.modes
        columns = {"series": repeated([r.label for r in found], each * len(modes))}
        for key in found[0].keys:
            columns[key] = repeated([r.keys[key] for r in found], each * len(modes))
        columns["mode"] = repeated([m.name for m in modes] * len(found), each)
        return columns

    def _frame(self, values: "np.ndarray[Any, Any]", status: Any) -> Any:
        columns = {**self._who(self._each), **_setting_columns(
            self._batch, self._job.axes, len(self._found) * len(self._job.modes))}
        if self._has_rates:
            columns = _after_threshold(columns, values[:, len(self._names):])
            values = values[:, :len(self._names)]
        table = frame_of(columns, values, self._names, {"status": status})
        if hasattr(table, "attrs"):
            table.attrs["librqa"] = version
            table.attrs["explanation"] = (lib.rqa_batch_explain(self._batch.pointer) or
                                          b"").decode()
        return table

    def framed(self, values: "np.ndarray[Any, Any]", reasons: "np.ndarray[Any, Any]",
               errors: dict[int, str]) -> Any:
        """Of arrays."""
        return self._frame(values, _status_column(reasons, self._each, errors))

    def wanted(self, file: Handle) -> Wanted:
        """What to read from a store."""
        items = [(r.label, m.name, dict(zip(r.keys, key_texts(r))))
                 for r in self._found for m in self._job.modes]
        return Wanted(file, self._batch, items, _setting_columns(self._batch, self._job.axes, 1),
                      [MEASURES[name] for name in self._names], self._has_rates)

    def stored(self, file: Handle) -> Any:
        """The same table from a store."""
        return self._frame(*read_stored(self.wanted(file)))


# What sweep() hands on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"threshold", "threshold_y", "lmin", "vmin"}

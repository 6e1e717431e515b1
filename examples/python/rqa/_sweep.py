"""A grid of settings over many recordings, as one job and one table."""
from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Mapping
from typing import Any, Literal, Optional, overload

import numpy as np

from ._analysis import make_options
from ._batch import (PLACES, REACHED, Axes, Job, Windows, add, create, has_reached, item_errors,
                     item_rows, measure_names, read_modes, ready, run, size, tabulate)
from ._cluster import Crew, Executor, stored_by, tabulated_by, workers_folder
from ._context import Context, chosen_context
from ._given import Recording, key_texts, recordings
from ._handles import Handle
from ._library import declarations, lib, new, version
from ._names import (DEFAULT_MEASURES, MEASURES, enum_number, integer, integer_axis, number_axis,
                     shown)
from ._progress import Progress, Reporter
from ._recording import series_options
from ._store import open_for_writing
from ._stored import Wanted, read as read_stored
from ._table import categories, frame_of, repeated
from .types import (Axis, Backend, Border, Compare, Convention, Measures, Missing, Norm, Normalize,
                     Path, Recordings, Relation, Scope, Table, ThresholdUnit, Ties, WhiteBorder)
from .errors import check, fail

# These multiply the time of a sweep; `rqa sweep` leaves them out as well unless asked.
_SLOW = {"t1", "t2", "rte", "trend"}


def _setting_columns(batch: Handle, axes: Axes) -> dict[str, Any]:
    """dim, delay, threshold, lmin and vmin of every combination: nested loops, vmin innermost."""
    first = new("rqa_batch_row")
    check(lib.rqa_batch_row_at(batch.pointer, 0, ctypes.byref(first)))
    full = [axis if len(axis) else np.array([getattr(first, name)], dtype=np.uint32)
            for name, axis in axes._asdict().items()]
    columns = {}
    for k, name in enumerate(axes._fields):
        inner = int(np.prod([len(axis) for axis in full[k + 1:]]))
        outer = int(np.prod([len(axis) for axis in full[:k]]))
        axis = full[k].astype(np.int32) if full[k].dtype == np.uint32 else full[k]
        columns[name] = np.tile(np.repeat(axis, inner), outer)
    return columns


def _window_columns(windows: Windows, n_combinations: int,
                    n_windows: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Where the window of every row is: windows are the innermost axis."""
    window = np.concatenate([np.tile(np.arange(n, dtype=np.int64), n_combinations)
                             for n in n_windows])
    start = window * windows.step
    return dict(zip(PLACES, (window, start, start + windows.window - 1,
                             start + (windows.window - 1) / 2)))


def _after_threshold(columns: dict[str, Any], reached: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """With the columns of what rates have reached behind that of the threshold."""
    found: dict[str, Any] = {}
    for name, column in columns.items():
        found[name] = column
        if name == "threshold":
            found.update({added: reached[:, k] for k, added in enumerate(REACHED)})
    return found


def _status_column(reasons: "np.ndarray[Any, Any]", n_rows: "np.ndarray[Any, Any]",
                   errors: dict[int, str]) -> Any:
    """"ok", the first reason in the row, or the text of the item's failure."""
    first = (reasons != 0).argmax(axis=1)
    codes = reasons[np.arange(len(reasons)), first].astype(np.int32)
    kinds: list[str] = ["ok"]
    while True:
        reason = lib.rqa_reason_text(len(kinds))
        if not reason:
            break
        kinds.append(reason.decode())
    ends = np.cumsum(n_rows)
    for item, error in errors.items():
        codes[ends[item] - n_rows[item]:ends[item]] = len(kinds)
        kinds.append(error)
    return categories(codes, kinds)


@overload
def sweep(series: Recordings, *, dim: Axis = 1, delay: Axis = 1, threshold: Axis,
          lmin: Optional[Axis] = None, vmin: Optional[Axis] = None, norm: Norm = "euclidean",
          modes: Optional[Mapping[str, Mapping[str, object]]] = None, relation: Relation = "auto",
          theiler: Optional[int] = None, wmin: Optional[int] = None,
          convention: Convention = "standard", measures: Optional[Measures] = None,
          normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
          missing: Optional[Missing] = None, compare: Optional[Compare] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[WhiteBorder] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: Border = "all", backend: Backend = "auto",
          threshold_lower: Optional[float] = None, ties: Ties = "all",
          window: Optional[int] = None, step: int = 1, scope: Scope = "recording",
          progress: Progress = False,
          store: Optional[Path] = None, frame: Literal[True] = True,
          context: Optional[Context] = None, executor: Optional[Executor] = None,
          worker_threads: Optional[int] = None) -> Table: ...


@overload
def sweep(series: Recordings, *, dim: Axis = 1, delay: Axis = 1, threshold: Axis,
          lmin: Optional[Axis] = None, vmin: Optional[Axis] = None, norm: Norm = "euclidean",
          modes: Optional[Mapping[str, Mapping[str, object]]] = None, relation: Relation = "auto",
          theiler: Optional[int] = None, wmin: Optional[int] = None,
          convention: Convention = "standard", measures: Optional[Measures] = None,
          normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
          missing: Optional[Missing] = None, compare: Optional[Compare] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[WhiteBorder] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: Border = "all", backend: Backend = "auto",
          threshold_lower: Optional[float] = None, ties: Ties = "all",
          window: Optional[int] = None, step: int = 1, scope: Scope = "recording",
          progress: Progress = False,
          store: Optional[Path] = None, frame: Literal[False], context: Optional[Context] = None,
          executor: Optional[Executor] = None, worker_threads: Optional[int] = None) -> None: ...


def sweep(series: Recordings, *, dim: Axis = 1, delay: Axis = 1, threshold: Axis,
          lmin: Optional[Axis] = None, vmin: Optional[Axis] = None, norm: Norm = "euclidean",
          modes: Optional[Mapping[str, Mapping[str, object]]] = None, relation: Relation = "auto",
          theiler: Optional[int] = None, wmin: Optional[int] = None,
          convention: Convention = "standard", measures: Optional[Measures] = None,
          normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
          missing: Optional[Missing] = None, compare: Optional[Compare] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[WhiteBorder] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: Border = "all", backend: Backend = "auto",
          threshold_lower: Optional[float] = None, ties: Ties = "all",
          window: Optional[int] = None, step: int = 1, scope: Scope = "recording",
          progress: Progress = False,
          store: Optional[Path] = None, frame: bool = True, context: Optional[Context] = None,
          executor: Optional[Executor] = None,
          worker_threads: Optional[int] = None) -> Optional[Table]:
    """Every combination of dim, delay, threshold, lmin and vmin on every recording.

    Parameters
    ----------
    series : Recordings
        An array, a dict name -> array, a list of arrays or of (name, array), a list of (name, keys,
        array), where keys is a dict such as {"group": "control", "subject": 7} whose entries become
        columns (None = missing), or a pandas groupby, whose groups are recordings and whose columns
        are keys. With relation "cross" or "joint" each array is a pair (x, y).
    dim, delay, threshold, lmin, vmin : Axis
        A value, or a range, list, array or Series of values.
    modes : dict of str to dict, optional
        The same recordings seen in several ways, such as
        {"1d": {"channels": 0, "norm": "manhattan"}, "2d": {"channels": range(2)}}.
    threshold_unit : str
        As in `analyze`, but for adaptive neighbours; with "recurrence-rate" the columns
        threshold_reached and rr_reached stand behind threshold (of "joint" those of x), with
        neighbours too, whose vectors have one threshold each: NaN.
    threshold_lower : float, optional
        The lower end of corridors up to each threshold.
    window, step, scope
        As in `windowed`: every combination in windows of `window` samples, `step` samples apart. The
        columns window, window_start, window_end, window_centre stand behind vmin, a row for each
        window; a recording that is shorter than a window has one row for each combination.
    measures : Measures, optional
        Names, or "all", the 19 that need not be named; None is those but t1, t2, rte and trend,
        which take several times as long as the rest together.
    progress : bool or callable
        True for a tqdm bar, or a function that is called with a dict of numbers.
    store : Path, optional
        An SQLite file that takes the results as they come. It is made if it is not there; a sweep
        that is started again computes only what it lacks.
    frame : bool
        False = return None and leave the results in the store, for `open_store`.
    executor : Executor, optional
        Where the work is to run instead of here: any executor in the sense of PEP 3148, such as
        concurrent.futures.ProcessPoolExecutor(8), a Dask client's get_executor() or an
        mpi4py.futures.MPIPoolExecutor, or a function that makes one, so that a pool that broke
        because a worker died is replaced and its work done again. The rows are the same to the last
        bit. With a store, each worker has one of its own in the folder STORE.workers, which all
        must see; they are merged at the end, or when the sweep is started again.
    worker_threads : int, optional
        Threads of each worker; None is what RQA_NUM_THREADS says in its environment, else 1.

    Other parameters are those of `analyze`.

    Returns
    -------
    pandas.DataFrame
        Without pandas a dict of NumPy columns: series, the keys, mode, dim, delay, threshold, lmin,
        vmin, one column for each measure (NaN where undefined), and status: "ok", the reason of the
        row's first undefined value, or why the recording could not be used. With a store the frame
        is read from it, with the store's words in status.

    Raises
    ------
    Error
        For bad options, names or keys, before anything is computed. One bad recording never stops
        the others. Ctrl-C stops the sweep within half a second.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(300))
    >>> table = rqa.sweep({"a": x, "b": x[:200]}, dim=[1, 2], delay=16, threshold=[0.1, 0.2],
    ...                   measures=["rr", "det"])
    >>> len(table["rr"]), list(table["series"][:1]), list(table)[-3:]
    (8, ['a'], ['rr', 'det', 'status'])
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    given["measures"] = ([name for name in DEFAULT_MEASURES if name not in _SLOW]
                         if measures is None else
                         measures if isinstance(measures, str) else list(measures))
    analysis = make_options(**given)
    pairs = analysis.relation != declarations.ENUMS["rqa_relation"]["RQA_RELATION_AUTO"]
    axes = Axes(integer_axis(dim, "dim"), integer_axis(delay, "delay"),
                number_axis(threshold, "threshold"), _shortest_axis(lmin, "lmin"),
                _shortest_axis(vmin, "vmin"))
    job = Job(given, read_modes(modes, norm), axes, pairs, normalize, missing,
              _windows(window, step, scope))
    if store is None and not frame:
        fail("VALUE", "frame is False; without a store it would leave the results nowhere")
    if executor is None and worker_threads is not None:
        fail("VALUE", f"worker_threads is {shown(worker_threads)}, but executor is None; threads of "
                      "this process are those of its context")
    series_options(normalize, missing)  # else each recording fails by itself, for one wrong name
    owner = chosen_context(context).handle
    more = (*(PLACES if job.windows.window else ()), *(REACHED if has_reached(job) else ()))
    found = recordings(series, pairs, more)
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
        if frame:
            return table.stored(file)
    return None


def _shortest_axis(values: Any, name: str) -> "np.ndarray[Any, Any]":
    """Empty, which is the convention's choice, for None alone."""
    return np.empty(0, dtype=np.uint32) if values is None else integer_axis(values, name)


def _windows(window: Optional[int], step: int, scope: str) -> Windows:
    found = Windows(0 if window is None else integer(window, "window", 2, 2**63 - 1),
                    integer(step, "step", 1, 2**63 - 1),
                    enum_number("rqa_windows_scope", scope, "scope"))
    if window is None and found != Windows():
        fail("VALUE", "step and scope are of windows, but window is None")
    return found


class _Table:
    """The rows of a sweep: what tells them apart, and the form in which they are returned."""

    def __init__(self, batch: Handle, found: list[Recording], job: Job):
        self._batch, self._found, self._job = batch, found, job
        self._names = measure_names(batch)
        self._n_rows = item_rows(batch)
        self._n_windows = self._n_rows // size(batch, "COMBINATIONS")
        self._has_reached = has_reached(job)
        self._rehearse()

    def _rehearse(self) -> None:
        """Makes the table with a row for each item: what fails in it, fails before hours of work."""
        n_rows = len(self._found) * len(self._job.modes)
        columns = self._who(np.ones(n_rows, dtype=int))
        columns.update({name: np.zeros(n_rows) for name in Axes._fields})
        frame_of(columns, np.zeros((n_rows, len(self._names))), self._names,
                 {"status": np.zeros(n_rows)})

    def _who(self, n_rows: "np.ndarray[Any, Any]") -> dict[str, Any]:
        """What tells items apart, with as many rows for each."""
        found, modes = self._found, self._job.modes
        of_recording = n_rows.reshape(len(found), len(modes)).sum(axis=1)
        columns = {"series": repeated([r.label for r in found], of_recording)}
        for key in found[0].keys:
            columns[key] = repeated([r.keys[key] for r in found], of_recording)
        columns["mode"] = repeated([m.name for m in modes] * len(found), n_rows)
        return columns

    def _frame(self, values: "np.ndarray[Any, Any]", status: Any) -> Any:
        settings = _setting_columns(self._batch, self._job.axes)
        columns = {**self._who(self._n_rows), **self._of_rows(settings)}
        if self._job.windows.window:
            columns.update(_window_columns(self._job.windows, len(settings["dim"]),
                                           self._n_windows))
        if self._has_reached:
            columns = _after_threshold(columns, values[:, len(self._names):])
            values = values[:, :len(self._names)]
        table = frame_of(columns, values, self._names, {"status": status})
        if hasattr(table, "attrs"):
            table.attrs["librqa"] = version
            table.attrs["explanation"] = (lib.rqa_batch_explain(self._batch.pointer) or
                                          b"").decode()
        return table

    def _of_rows(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings of every combination, for every row."""
        if not self._job.windows.window:
            return {name: np.tile(column, len(self._n_rows)) for name, column in settings.items()}
        return {name: np.concatenate([np.repeat(column, n) for n in self._n_windows])
                for name, column in settings.items()}

    def framed(self, values: "np.ndarray[Any, Any]", reasons: "np.ndarray[Any, Any]",
               errors: dict[int, str]) -> Any:
        """Of arrays."""
        return self._frame(values, _status_column(reasons, self._n_rows, errors))

    def wanted(self, file: Handle) -> Wanted:
        """What to read from a store."""
        items = [(r.label, m.name, dict(zip(r.keys, key_texts(r))))
                 for r in self._found for m in self._job.modes]
        return Wanted(file, self._batch, items, _setting_columns(self._batch, self._job.axes),
                      [MEASURES[name] for name in self._names], self._has_reached,
                      self._job.windows, self._n_windows)

    def stored(self, file: Handle) -> Any:
        """The same table from a store."""
        return self._frame(*read_stored(self.wanted(file)))


# What sweep() hands on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"threshold", "threshold_y", "lmin", "vmin"}

"""A batch of the library: its grid and its items as Python has them, and how it is run."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Callable, Iterable, NamedTuple, Optional

import numpy as np

from ._analysis import make_options
from ._given import Recording, key_texts
from ._handles import Handle
from ._library import declarations, initialized, lib, new
from ._names import integer, library_name, library_number, listed, shown, text
from ._recording import as_samples, series as make_series
from .errors import Error, check, fail, last

# Well below the half second in which Ctrl-C is to work; the library stops within 0.1 s.
POLL_S = 0.05


class Mode(NamedTuple):
    """A way of seeing the recordings; n_channels 0 = all from the first."""

    name: str
    norm: int
    first: int
    n_channels: int


class Axes(NamedTuple):
    """The grid, outermost axis first."""

    dim: "np.ndarray[Any, Any]"
    delay: "np.ndarray[Any, Any]"
    threshold: "np.ndarray[Any, Any]"
    lmin: "np.ndarray[Any, Any]"  # empty: the convention's
    vmin: "np.ndarray[Any, Any]"


class Windows(NamedTuple):
    """Windows that move along the recordings, in samples; window 0: there are none."""

    window: int = 0
    step: int = 1
    scope: int = 0


#: Columns that say where a window is.
PLACES = ("window", "window_start", "window_end", "window_centre")


class Job(NamedTuple):
    """What is to be done with each recording: plain data, which another process understands."""

    analysis: dict[str, Any]  # of make_options()
    modes: list[Mode]
    axes: Axes
    pairs: bool  # cross, joint
    normalize: Optional[str]
    missing: Optional[str]
    windows: Windows = Windows()


REACHED = ("threshold_reached", "rr_reached")


def has_reached(job: Job) -> bool:
    """Whether values end with the columns REACHED: thresholds are recurrence rates, or numbers of
    neighbours, which have none."""
    unit = make_options(**job.analysis).threshold_unit
    return bool(unit >= declarations.ENUMS["rqa_threshold_unit"]["RQA_THRESHOLD_RECURRENCE_RATE"])


def _channels(value: Any, mode: str) -> tuple[int, int]:
    """(first, count) of a channel, or of a range or list of neighbours; (0, 0) for all."""
    if value is None:
        return 0, 0
    said, allowed = f"modes[{mode!r}] channels", "a channel and a run of neighbours"
    found = [integer(v, said, 0, 65534) for v in listed(value, said, allowed)]
    if found != list(range(found[0], found[0] + len(found))):
        fail("VALUE", f"{said} is {shown(value)}; allowed are {allowed}, such as range(0, 2)")
    return found[0], len(found)


def read_modes(given: Optional[Mapping[str, Mapping[str, Any]]], norm: str) -> list[Mode]:
    if given is None:
        number = library_number("norm", norm, "norm")
        return [Mode(library_name("norm", number), number, 0, 0)]
    if not isinstance(given, Mapping):
        fail("VALUE", f"modes is {shown(given)}; allowed is a dict name -> dict")
    found: list[Mode] = []
    for name, mode in given.items():
        if not isinstance(mode, Mapping):
            fail("VALUE", f"modes[{name!r}] is {shown(mode)}; allowed is a dict of norm, channels")
        unknown = set(mode) - {"norm", "channels"}
        if unknown:
            fail("VALUE", f"modes[{name!r}] has {', '.join(sorted(map(str, unknown)))}; allowed "
                          "are norm, channels")
        number = library_number("norm", mode.get("norm", norm), f"modes[{name!r}] norm")
        found.append(Mode(text(name, "the mode"), number, *_channels(mode.get("channels"), name)))
    names = [way.name for way in found]
    for name in names:
        if names.count(name) > 1:
            fail("VALUE", f"modes holds {name!r} twice")
    return found or fail("VALUE", "modes is empty; None means one mode of all channels")


def _pointer(axis: "np.ndarray[Any, Any]") -> Any:
    kind: Any = ctypes.c_double if axis.dtype == np.float64 else ctypes.c_uint32
    return axis.ctypes.data_as(ctypes.POINTER(kind)) if len(axis) else None


def create(context: Handle, job: Job) -> Handle:
    """An empty batch of the job's grid."""
    options = initialized("rqa_batch_options")
    analysis = make_options(**job.analysis)
    for name, axis in job.axes._asdict().items():
        setattr(options, name + "s", _pointer(axis))
        setattr(options, f"n_{name}s", len(axis))
    options.analysis = ctypes.pointer(analysis)
    options.window, options.step, options.scope = job.windows
    return Handle("batch", lambda out: int(lib.rqa_batch_create(
        out, context.pointer, ctypes.byref(options))), context)


def _texts(values: Iterable[str]) -> Any:
    encoded = [value.encode() for value in values]
    return (ctypes.c_char_p * len(encoded))(*encoded)


class Ready(NamedTuple):
    """A recording as arrays, which another process understands."""

    label: str
    names: list[str]  # of its keys
    values: list[str]
    sides: list[tuple["np.ndarray[Any, Any]", str]]  # x, or x and y, and what a message calls them
    failure: Optional[Error]


def ready(recording: Recording, pairs: bool) -> Ready:
    """Reads it; one that cannot be used says why."""
    sides: list[tuple["np.ndarray[Any, Any]", str]] = []
    failure: Optional[Error] = None
    try:
        if recording.refused:
            fail("VALUE", f"{recording.label} {recording.refused}")
        if pairs:
            sides = [(as_samples(value, f"{recording.label} ({side})"), side + ": ")
                     for value, side in ((recording.x, "x"), (recording.y, "y"))]
        else:
            sides = [(as_samples(recording.x, recording.label), "")]
    except Error as error:
        if not isinstance(error, ValueError):
            raise
        failure = error
    return Ready(recording.label, list(recording.keys), key_texts(recording), sides, failure)


def _series(context: Handle, array: Any, said: str, job: Job) -> Handle:
    try:
        return make_series(context, array, job.normalize, job.missing)
    except Error as error:
        raise type(error)(said + str(error)) from None


def add(batch: Handle, context: Handle, job: Job, recording: Ready) -> None:
    """One item for each mode; a recording that cannot be used is an item that has failed."""
    handles: list[Handle] = []
    failure = recording.failure
    try:
        if failure is None:
            handles = [_series(context, array, said, job) for array, said in recording.sides]
    except Error as error:
        if not isinstance(error, ValueError):
            raise
        failure = error
    key_names, key_values = _texts(recording.names), _texts(recording.values)
    for mode in job.modes:
        item = new("rqa_batch_item")
        item.mode = mode.name.encode()
        item.key_names, item.key_values = key_names, key_values
        item.n_keys = len(recording.names)
        item.norm = mode.norm
        item.relation = -1
        item.label = recording.label.encode()
        refusal = failure
        if refusal is None:
            item.channel_first, item.channel_count = mode.first, mode.n_channels
            item.x = handles[0].pointer
            if len(handles) > 1:
                item.y = handles[1].pointer
            status = lib.rqa_batch_add(batch.pointer, ctypes.byref(item))
            if status == 0:
                continue
            refusal = last(status)
            if not isinstance(refusal, ValueError):
                raise refusal
            item.x = item.y = None
            item.channel_first = item.channel_count = 0
        item.status, item.text = refusal.status, text(refusal, "the error").encode()
        check(lib.rqa_batch_add(batch.pointer, ctypes.byref(item)))


def statistics(batch: Handle) -> Any:
    """Where it stands."""
    out = new("rqa_batch_statistics")
    check(lib.rqa_batch_poll(batch.pointer, ctypes.byref(out)))
    return out


def run(batch: Handle, report: Callable[[Any], None]) -> None:
    """Starts the batch and waits in short steps, between which Python handles signals."""
    no_callback = declarations.rqa_batch_callback()
    check(lib.rqa_batch_start(batch.pointer))
    while True:
        status = lib.rqa_batch_wait(batch.pointer, POLL_S, no_callback, None)
        now = statistics(batch)
        report(now)
        if now.state >= 2:
            return check(status)


def size(batch: Handle, axis: str) -> int:
    """Of ITEMS, COMBINATIONS, ROWS, MEASURES."""
    return int(lib.rqa_batch_size(batch.pointer, getattr(declarations, "RQA_BATCH_" + axis)))


def item_rows(batch: Handle) -> "np.ndarray[Any, Any]":
    """How many rows each item has."""
    found = np.empty(size(batch, "ITEMS"), dtype=np.int64)
    n = ctypes.c_uint64()
    for item in range(len(found)):
        check(lib.rqa_batch_item_rows(batch.pointer, item, None, ctypes.byref(n)))
        found[item] = n.value
    return found


def tabulate(batch: Handle, job: Job, report: Callable[[Any], None]) -> tuple[Any, Any]:
    """Runs it into arrays: (values, reasons), each rows x measures; see has_reached()."""
    shape = size(batch, "ROWS"), size(batch, "MEASURES")
    values, reasons = np.empty(shape), np.empty(shape, dtype=np.uint8)
    check(lib.rqa_batch_set_table(batch.pointer, values.ctypes.data_as(
        ctypes.POINTER(ctypes.c_double)), reasons.ctypes.data_as(
            ctypes.POINTER(ctypes.c_uint8)), shape[0]))
    if not has_reached(job):
        run(batch, report)
        return values, reasons
    reached = np.empty((shape[0], len(REACHED)))
    check(lib.rqa_batch_set_reached(batch.pointer, reached.ctypes.data_as(
        ctypes.POINTER(ctypes.c_double)), shape[0]))
    run(batch, report)
    return np.hstack((values, reached)), reasons


def item_errors(batch: Handle) -> dict[int, str]:
    """Texts of the items that failed."""
    found, said = {}, ctypes.c_char_p()
    for item in range(size(batch, "ITEMS")):
        if lib.rqa_batch_item_status(batch.pointer, item, ctypes.byref(said)):
            found[item] = (said.value or b"").decode(errors="replace")
    return found


def measure_names(batch: Handle) -> list[str]:
    """Names of the values in a row."""
    return [library_name("measure", lib.rqa_batch_measure_at(batch.pointer, k))
            for k in range(size(batch, "MEASURES"))]

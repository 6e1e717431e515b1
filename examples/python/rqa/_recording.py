"""Arrays as the library's series: pointer, strides and type are handed over, nothing is copied."""
from __future__ import annotations

import ctypes
import warnings
from typing import Any, Optional

import numpy as np

from ._handles import Handle
from ._library import declarations, initialized, lib
from ._names import enum_number, shown
from .errors import Error, fail, first_line

_DTYPES = {np.dtype(name): declarations.ENUMS["rqa_dtype"]["RQA_DTYPE_" + name.upper()]
           for name in ("float64", "float32", "int8", "uint8", "int16", "uint16", "int32",
                        "uint32", "int64", "uint64")}


# So many samples tell even steps from chance.
_EVEN_STEPS = 4

# More than these, and more than there are samples, are rather samples laid out the other way.
_MANY_CHANNELS = 8


def as_array(x: Any, name: str) -> "np.ndarray[Any, Any]":
    """x as an array of 1 or 2 dimensions whose type and strides the library reads.

    Copied only if they are none that it reads: masked arrays and objects (missing = NaN), half
    precision, foreign byte order, and strides of 0, which would mean "packed" to the library.
    """
    array = _read(x, name)
    if array.dtype == object:
        array = _numbers(array, name)
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    elif array.dtype.newbyteorder("=") in _DTYPES:
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
    else:
        fail("VALUE", f"{name} has the type {array.dtype}; allowed are real numbers up to 64 bits")
    if isinstance(array, np.ma.MaskedArray):
        array = _filled(array, name)
    if array.ndim not in (1, 2):
        fail("VALUE", f"{name} has {array.ndim} dimensions; allowed are 1 (samples) and 2 (samples "
                      "x channels)")
    if any(stride == 0 and n > 1 for stride, n in zip(array.strides, array.shape)):
        array = array.copy()
    return np.asarray(array)


def as_samples(x: Any, name: str) -> "np.ndarray[Any, Any]":
    """as_array() of a recording, with a hint where rows look like channels, or one like a clock."""
    array = as_array(x, name)
    if array.ndim == 2 and array.shape[1] > 1 and _is_clock(array[:, 0]):
        first = f"column {x.columns[0]!r}" if hasattr(x, "columns") else "column 0"
        warnings.warn(f"{name}: {first} rises in even steps, as a clock does, and is taken as a "
                      "channel; if it is one, leave it out", stacklevel=2)
    if array.ndim == 2 and array.shape[1] > max(array.shape[0], _MANY_CHANNELS):
        warnings.warn(f"{name} has {array.shape[0]} samples of {array.shape[1]} channels; if its "
                      "rows are channels, give its transpose, x.T", stacklevel=2)
    return array


def _is_clock(column: "np.ndarray[Any, Any]") -> bool:
    """Whether a column only rises, in steps that are even but for jitter."""
    if len(column) < _EVEN_STEPS:
        return False
    steps = np.diff(column.astype(np.float64))
    return bool((steps > 0).all() and steps.max() <= 1.5 * steps.min())


def _read(x: Any, name: str) -> "np.ndarray[Any, Any]":
    """Whatever holds samples as an array of some type, a masked one as such."""
    if isinstance(x, np.ndarray):
        return x
    _refuse_device(x, name)
    _refuse_ragged(x, name)
    try:
        if not hasattr(x, "to_numpy"):
            alone = hasattr(x, "__dlpack__") and not hasattr(x, "__array__")
            return np.from_dlpack(x) if alone else np.asarray(x)
        array = np.asarray(x.to_numpy())
        if array.dtype == object and hasattr(x, "iloc"):  # pandas' own missing values
            _only_numbers(x, name)
            array = x.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(array)
    except (Error, MemoryError):
        raise
    except Exception as error:  # a tensor on a device, rows of several lengths: any of its own
        return fail("VALUE", f"{name} cannot be read as an array ({first_line(error)}); allowed "
                             "are arrays and lists of samples, or of samples x channels")


# Of DLPack: memory that this process reads.
_CPU = {1, 3, 11, 13}


def _refuse_device(x: Any, name: str) -> None:
    """For a tensor that lies on a GPU: what to do about it."""
    try:
        kind = x.__dlpack_device__()[0]
    except Exception:  # has no such thing, or will not say
        return
    if kind not in _CPU:
        fail("VALUE", f"{name} lies on a device ({getattr(x, 'device', f'DLPack type {kind}')}); "
                      "give a copy in the memory of the CPU, such as x.cpu()")


def _refuse_ragged(x: Any, name: str) -> None:
    """For rows of several lengths: which."""
    if not isinstance(x, (list, tuple)) or not x or not all(
            isinstance(row, (list, tuple)) or isinstance(row, np.ndarray) and row.ndim == 1
            for row in x):
        return
    odd = next((k for k, row in enumerate(x) if len(row) != len(x[0])), None)
    if odd is not None:
        fail("VALUE", f"{name} has rows of several lengths: {len(x[0])} values in row 0 and "
                      f"{len(x[odd])} in row {odd}; allowed are samples x channels; several "
                      "recordings are for sweep()")


def _only_numbers(table: Any, name: str) -> None:
    """Names the columns of a frame that hold none: they often say who was recorded."""
    kinds = getattr(table, "dtypes", None)
    if not hasattr(table, "columns") or kinds is None:
        return
    text = [str(column) for k, (column, kind) in enumerate(zip(table.columns, kinds))
            if str(kind) in ("category", "str", "string") or (
                kind == object and any(isinstance(v, str) for v in table.iloc[:, k]))]
    if text:
        fail("VALUE", f"{name} has columns of text ({', '.join(text)}); choose those of the "
                      "samples, and split a table of several recordings by "
                      "table.groupby(...)[[...]], which sweep() takes")


def _exact(value: int) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def _numbers(array: "np.ndarray[Any, Any]", name: str) -> "np.ndarray[Any, Any]":
    """Objects as numbers, which neither text nor integers beyond a double's become."""
    for value in array.flat:
        if isinstance(value, (str, bytes)):
            fail("VALUE", f"{name} does not hold numbers alone: {shown(value)} is text")
        if isinstance(value, int) and not _exact(value):
            fail("VALUE", f"{name} holds {value}, which a double does not hold exactly")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        return fail("VALUE", f"{name} does not hold numbers alone: {first_line(error)}")


def _filled(array: Any, name: str) -> "np.ndarray[Any, Any]":
    """NaN for what is masked."""
    if array.dtype.kind in "iu":
        given = array.compressed()
        if (given.astype(np.float64).astype(given.dtype) != given).any():
            fail("VALUE", f"{name} holds integers that a double does not hold exactly")
    return np.asarray(array.astype(np.float64).filled(np.nan))


def n_channels(array: "np.ndarray[Any, Any]") -> int:
    """Number of channels of what as_array() returned."""
    return int(array.shape[1]) if array.ndim == 2 else 1


def series_options(normalize: Optional[str], missing: Optional[str]) -> Any:
    """What is done to samples, by its names; any other name is refused."""
    options = initialized("rqa_series_options")
    options.normalization = enum_number(
        "rqa_normalization", "none" if normalize is None else normalize, "normalize")
    options.missing = enum_number(
        "rqa_missing", "error" if missing is None else missing, "missing")
    return options


def series(context: Handle, array: "np.ndarray[Any, Any]", normalize: Optional[str],
           missing: Optional[str]) -> Handle:
    """A series from what as_array() returned. The library converts it to double for itself."""
    options = series_options(normalize, missing)
    options.dtype = _DTYPES[array.dtype]
    options.sample_stride_bytes = array.strides[0]
    if array.ndim == 2:
        options.channel_stride_bytes = array.strides[1]
    address = ctypes.c_void_p(array.ctypes.data)
    return Handle("series", lambda out: int(lib.rqa_series_create(
        out, context.pointer, address, len(array), n_channels(array), ctypes.byref(options))),
        context)

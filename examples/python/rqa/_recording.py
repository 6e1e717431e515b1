"""Arrays as the library's series: pointer, strides and type are handed over, nothing is copied."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

import numpy as np

from ._handles import Handle
from ._library import declarations, initialized, lib
from ._names import enum_number
from .errors import fail

_DTYPES = {np.dtype(name): declarations.ENUMS["rqa_dtype"]["RQA_DTYPE_" + name.upper()]
           for name in ("float64", "float32", "int8", "uint8", "int16", "uint16", "int32",
                        "uint32", "int64", "uint64")}


def as_array(x: Any, name: str) -> "np.ndarray[Any, Any]":
    """x as an array of 1 or 2 dimensions whose type and strides the library reads.

    Copied only if they are none that it reads: masked arrays and objects (missing = NaN), half
    precision, foreign byte order, and strides of 0, which would mean "packed" to the library.
    """
    given: Any = x
    if isinstance(x, np.ma.MaskedArray):
        array = given.astype(np.float64).filled(np.nan)
    elif hasattr(x, "to_numpy") and not isinstance(x, np.ndarray):
        array = x.to_numpy()
        if array.dtype == object:  # pandas' own missing values
            array = _convert(lambda: x.to_numpy(dtype=np.float64, na_value=np.nan), name)
    else:
        array = np.asarray(x)
    if array.dtype == object:
        array = _convert(lambda: array.astype(np.float64), name)
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    elif array.dtype.newbyteorder("=") in _DTYPES:
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
    else:
        fail("VALUE", f"{name} has the type {array.dtype}; allowed are real numbers up to 64 bits")
    if array.ndim not in (1, 2):
        fail("VALUE", f"{name} has {array.ndim} dimensions; allowed are 1 (samples) and 2 (samples "
                      "x channels)")
    if any(stride == 0 and n > 1 for stride, n in zip(array.strides, array.shape)):
        array = array.copy()
    return np.asarray(array)


def _convert(convert: Any, name: str) -> "np.ndarray[Any, Any]":
    try:
        return np.asarray(convert())
    except (TypeError, ValueError) as error:
        return fail("VALUE", f"{name} does not hold numbers alone: {error}")


def n_channels(array: "np.ndarray[Any, Any]") -> int:
    """Number of channels of what as_array() returned."""
    return int(array.shape[1]) if array.ndim == 2 else 1


def series(context: Handle, array: "np.ndarray[Any, Any]", normalize: Optional[str],
           missing: Optional[str]) -> Handle:
    """A series from what as_array() returned. The library converts it to double for itself."""
    options = initialized("rqa_series_options")
    options.dtype = _DTYPES[array.dtype]
    options.normalization = enum_number("rqa_normalization", normalize or "none", "normalize")
    options.missing = enum_number("rqa_missing", missing or "error", "missing")
    options.sample_stride_bytes = array.strides[0]
    if array.ndim == 2:
        options.channel_stride_bytes = array.strides[1]
    address = ctypes.c_void_p(array.ctypes.data)
    return Handle("series", lambda out: int(lib.rqa_series_create(
        out, context.pointer, address, len(array), n_channels(array), ctypes.byref(options))),
        context)

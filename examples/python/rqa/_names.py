"""Names for numbers: the enums of the headers, and integers that fit their C type."""
from __future__ import annotations

import ctypes
import operator
import os
import reprlib
from collections.abc import Mapping
from typing import Any, Iterable, Optional

import numpy as np

from ._library import declarations, lib
from .errors import check, fail

# Members of these enums are not named after the enum itself.
_PREFIX = {"rqa_bootstrap_lines": "RQA_BOOTSTRAP_", "rqa_correlation_curve": "RQA_CORRELATION_",
           "rqa_k2_estimator": "RQA_K2_", "rqa_lag_profile_count": "RQA_LAG_PROFILE_",
           "rqa_lag_profile_quantity": "RQA_LAG_PROFILE_", "rqa_mi_estimator": "RQA_MI_",
           "rqa_sampled_count": "RQA_SAMPLED_", "rqa_suggestion_curve_id": "RQA_CURVE_",
           "rqa_suggestion_item": "RQA_SUGGESTION_",
           "rqa_surrogate_method": "RQA_SURROGATE_", "rqa_threshold_unit": "RQA_THRESHOLD_"}


_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def shown(value: Any) -> str:
    """A value for a message: one short line, whatever it is."""
    return " ".join(_short.repr(value).split())


def enum_names(enum: str) -> dict[str, int]:
    """Lower-case member names without prefix, such as {"none": 0, "zscore": 1, ...}."""
    prefix = _PREFIX.get(enum, enum.upper() + "_")
    return {name[len(prefix):].lower(): number
            for name, number in declarations.ENUMS[enum].items() if name != prefix + "COUNT"}


def enum_number(enum: str, name: Any, argument: str) -> int:
    """The number of a name."""
    names = enum_names(enum)
    if isinstance(name, str) and name.lower().replace("-", "_") in names:
        return names[name.lower().replace("-", "_")]
    return fail("UNKNOWN_NAME", f"{argument} is {shown(name)}; allowed are {', '.join(names)}")


def library_number(kind: str, name: Any, argument: str) -> int:
    """The number of a norm, convention, backend or measure; the library knows the synonyms."""
    if not isinstance(name, str):
        fail("UNKNOWN_NAME", f"{argument} is {shown(name)}; allowed are "
                             f"{', '.join(enum_names('rqa_' + kind))}")
    number = ctypes.c_int32()
    check(getattr(lib, f"rqa_{kind}_from_name")(ctypes.byref(number), name.lower().encode()))
    return number.value


def library_name(kind: str, number: int) -> str:
    """The name of a norm, convention, backend or measure."""
    return (getattr(lib, f"rqa_{kind}_name")(number) or b"").decode()


def _measures() -> dict[str, int]:
    found = {}
    for number in range(declarations.RQA_MEASURE_COUNT):
        found[library_name("measure", number)] = number
    return found


MEASURES: dict[str, int] = _measures()
# What None and "all" stand for; later ones have to be named.
DEFAULT_MEASURES: list[str] = list(MEASURES)[:declarations.RQA_MEASURES_DEFAULT_COUNT]


def measure_mask(measures: Optional[Iterable[str]]) -> int:
    """The mask of some measures; 0, which means DEFAULT_MEASURES, for None and "all"."""
    if measures is None or (isinstance(measures, str) and measures == "all"):
        return 0
    mask = 0
    for name in listed(measures, "measures", "names of measures"):
        mask |= declarations.RQA_MEASURE_BIT(library_number("measure", name, "measures"))
    return mask or fail("VALUE", "measures is empty; None means all by default")


def _is_bool(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_)) or getattr(value, "dtype", None) == np.bool_


def integer(value: Any, argument: str, low: int, high: int) -> int:
    """An int in low..high, from any integer; ctypes itself would wrap silently."""
    try:
        if _is_bool(value):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        fail("VALUE", f"{argument} is {shown(value)}; it must be an integer")
    if number < low:
        fail("VALUE", f"{argument} is {number}; it must be at least {low}")
    if number > high:
        fail("VALUE", f"{argument} is {number}; it must be at most {high}")
    return number


def number(value: Any, argument: str) -> float:
    """A float, from any real number; text and truth values are none."""
    try:
        if _is_bool(value) or isinstance(value, (str, bytes)) or np.ndim(value) or \
                np.iscomplexobj(value):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return fail("VALUE", f"{argument} is {shown(value)}; it must be a number")


def checked_rate(value: Any) -> float:
    """A sampling rate: samples in a second."""
    rate = number(value, "sampling_rate")
    if not 0 < rate < float("inf"):
        fail("VALUE", f"sampling_rate is {rate}; allowed is > 0, or None")
    return rate


def listed(values: Any, argument: str, what: str) -> list[Any]:
    """The values of one that is given alone, or of any range, array, Series, Index, generator..."""
    if isinstance(values, (str, bytes, Mapping)):
        return [values]
    ndim = 1
    try:
        ndim = np.ndim(values) if hasattr(values, "__array__") else 1
        found = list(values) if ndim else [values]
    except TypeError:  # not iterable, or an array that NumPy cannot read
        found = [values]
    if ndim > 1:
        fail("VALUE", f"{argument} has {ndim} dimensions; allowed are {what}")
    return found or fail("VALUE", f"{argument} is empty ({shown(values)}); allowed are {what}")


def text(value: Any, what: str) -> str:
    """What the library, SQLite and Python all take for the same text."""
    clean = str(value).encode("utf-8", "backslashreplace").decode()
    if "\0" in clean:
        fail("VALUE", f"{what} {shown(clean)} holds a NUL character; allowed is text without")
    return clean


def file_path(value: Any, argument: str) -> str:
    """The path of a file that was named by a str, bytes or os.PathLike."""
    try:
        path = os.fsdecode(value)
    except TypeError:
        fail("VALUE", f"{argument} is {shown(value)}; it must be the path of a file")
    if not path or "\0" in path:
        fail("VALUE", f"{argument} is {shown(path)}; it must be the path of a file")
    return path


def integer_axis(values: Any, argument: str) -> "np.ndarray[Any, Any]":
    """The values of a grid axis as uint32."""
    axis = listed(values, argument, "an integer, and a range, list or array of integers")
    return np.array([integer(v, argument, 1, 2**31 - 1) for v in axis], dtype=np.uint32)


def number_axis(values: Any, argument: str) -> "np.ndarray[Any, Any]":
    """The values of a grid axis as float64."""
    axis = listed(values, argument, "a number, and a list or array of numbers")
    return np.array([number(v, argument) for v in axis], dtype=np.float64)

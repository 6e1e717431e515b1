"""Names for numbers: the enums of the headers, and integers that fit their C type."""
from __future__ import annotations

import ctypes
import operator
from typing import Any, Iterable, Optional, Sequence

import numpy as np

from ._library import declarations, lib
from .errors import check, fail

# Members of these enums are not named after the enum itself.
_PREFIX = {"rqa_threshold_unit": "RQA_THRESHOLD_"}


def enum_names(enum: str) -> dict[str, int]:
    """Lower-case member names without prefix, such as {"none": 0, "zscore": 1, ...}."""
    prefix = _PREFIX.get(enum, enum.upper() + "_")
    return {name[len(prefix):].lower(): number
            for name, number in declarations.ENUMS[enum].items() if name != prefix + "COUNT"}


def enum_number(enum: str, name: Any, argument: str) -> int:
    """The number of a name."""
    names = enum_names(enum)
    if isinstance(name, str) and name.lower() in names:
        return names[name.lower()]
    return fail("UNKNOWN_NAME", f"{argument} is {name!r}; allowed are {', '.join(names)}")


def library_number(kind: str, name: Any, argument: str) -> int:
    """The number of a norm, convention, backend or measure; the library knows the synonyms."""
    if not isinstance(name, str):
        fail("UNKNOWN_NAME", f"{argument} is {name!r}; allowed are "
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


def measure_mask(measures: Optional[Iterable[str]]) -> int:
    """The mask of some measures; 0, which means all, for None."""
    if measures is None:
        return 0
    mask = 0
    for name in [measures] if isinstance(measures, str) else measures:
        mask |= declarations.RQA_MEASURE_BIT(library_number("measure", name, "measures"))
    return mask or fail("VALUE", "measures is empty; None means all of them")


def integer(value: Any, argument: str, low: int, high: int) -> int:
    """An int in low..high, from any integer; ctypes itself would wrap silently."""
    try:
        number = operator.index(value)
    except TypeError:
        fail("VALUE", f"{argument} is {value!r}; it must be an integer")
    if number < low:
        fail("VALUE", f"{argument} is {number}; it must be at least {low}")
    if number > high:
        fail("VALUE", f"{argument} is {number}; it must be at most {high}")
    return number


def number(value: Any, argument: str) -> float:
    """A float, from any real number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return fail("VALUE", f"{argument} is {value!r}; it must be a number")


def integer_axis(values: Any, argument: str) -> "np.ndarray[Any, Any]":
    """The values of a grid axis as uint32."""
    axis = values if isinstance(values, (Sequence, np.ndarray)) else [values]
    return np.array([integer(v, argument, 1, 2**31 - 1) for v in axis], dtype=np.uint32)


def number_axis(values: Any, argument: str) -> "np.ndarray[Any, Any]":
    """The values of a grid axis as float64."""
    try:
        axis = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError):
        fail("VALUE", f"{argument} is {values!r}; it must be a number or a list of numbers")
    if axis.ndim != 1:
        fail("VALUE", f"{argument} has {axis.ndim} dimensions; it must be a list of numbers")
    return np.ascontiguousarray(axis)

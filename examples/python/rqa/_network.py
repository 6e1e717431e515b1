"""The recurrence network of a recording, node by node."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Iterable, Iterator, Optional

import numpy as np

from ._analysis import make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._library import declarations, lib
from ._names import MEASURES
from .errors import check


class Network(Mapping[str, float]):
    """Measures by name, as network["transitivity"]; NaN where undefined.

    degrees: of each vector. clustering: the local coefficients, NaN below degree 2; None where
    triangles were not counted. errors: standard errors of path measures from sampled sources, 0
    of what is exact.
    """

    __slots__ = ("_values", "degrees", "clustering", "errors")

    def __init__(self, values: dict[str, float], errors: dict[str, float],
                 degrees: "np.ndarray[Any, Any]", clustering: Optional["np.ndarray[Any, Any]"]):
        self._values = values
        self.errors = errors
        self.degrees = degrees
        self.clustering = clustering

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value:.4g}" for name, value in self.items())
        return f"<rqa.Network of {len(self.degrees)} vectors: {values}>"


_FIRST, _LAST = declarations.RQA_MEASURE_TRANSITIVITY, declarations.RQA_MEASURE_EFFICIENCY
_USUAL = ("transitivity", "clustering", "assortativity", "components")


def _values(network: Handle, names: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    values, errors = {}, {}
    value, error = ctypes.c_double(), ctypes.c_double()
    for name in names:
        check(lib.rqa_network_get(network.pointer, MEASURES[name], ctypes.byref(value),
                                  ctypes.byref(error)))
        values[name], errors[name] = value.value, error.value
    return values, errors


def _degrees(network: Handle) -> "np.ndarray[Any, Any]":
    found, count = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_size_t()
    check(lib.rqa_network_degrees(network.pointer, ctypes.byref(found), ctypes.byref(count)))
    return np.ctypeslib.as_array(found, (count.value,)).copy()


def _clustering(network: Handle) -> Optional["np.ndarray[Any, Any]"]:
    found, count = ctypes.POINTER(ctypes.c_double)(), ctypes.c_size_t()
    status = lib.rqa_network_clustering(network.pointer, ctypes.byref(found), ctypes.byref(count))
    if status == declarations.RQA_ERROR_STATE:
        return None
    check(status)
    return np.ctypeslib.as_array(found, (count.value,)).copy()


def network(x: Any, dim: int = 1, delay: int = 1, *, threshold: float, y: Any = None,
            dim_y: Optional[int] = None, delay_y: Optional[int] = None,
            norm: str = "euclidean", theiler: Optional[int] = None,
            measures: Iterable[str] = _USUAL, normalize: Optional[str] = None,
            threshold_unit: str = "data", threshold_y: Optional[float] = None,
            missing: Optional[str] = None, compare: Optional[str] = None,
            backend: str = "auto", context: Optional[Context] = None) -> Network:
    """The recurrence network of a recording, or by joint recurrence of two: vectors are nodes, and
    two that recur are joined; the line of identity is never in.

    measures: transitivity and clustering count triangles, path_mean, diameter and efficiency
    shortest paths: from all vectors up to 10,000, beyond from 256 sources. The other arguments are
    those of analyze() and joint().
    """
    options = make_options(relation="auto" if y is None else "joint", threshold=threshold,
                           threshold_y=threshold_y, norm=norm, theiler=theiler,
                           measures=measures, threshold_unit=threshold_unit, compare=compare,
                           backend=backend)
    names = [name for name, number in MEASURES.items()
             if _FIRST <= number <= _LAST and options.measures >> number & 1]

    def run(handle: Handle, first: Any, second: Any) -> Network:
        with Handle("network", lambda out: int(lib.rqa_network_create(
                out, first, second, ctypes.byref(options))), handle) as found:
            return Network(*_values(found, names), _degrees(found), _clustering(found))

    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)

"""The recurrence network of a recording, node by node."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Iterable, Iterator, Optional

import numpy as np

from ._analysis import make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._html import table
from ._library import declarations, lib
from ._names import MEASURES
from .types import (Backend, Compare, Counts, Floats, Measure, Measures, Missing, Norm, Normalize,
                     Samples, ThresholdUnit)
from .errors import check


class Network(Mapping[str, float]):
    """Measures of a recurrence network by name, as network["transitivity"]; NaN where undefined.

    Attributes
    ----------
    degrees : array of int
        Of each vector.
    clustering : array of float, or None
        The local coefficients, NaN below degree 2; None where triangles were not counted.
    errors : dict of str to float
        Standard errors of path measures from sampled sources, 0 of what is exact.

    Examples
    --------
    >>> found = rqa.network(np.sin(0.1 * np.arange(300)), dim=2, delay=16, threshold=0.3)
    >>> sorted(found), len(found.degrees)
    (['assortativity', 'clustering', 'components', 'transitivity'], 284)
    """

    __slots__ = ("_values", "degrees", "clustering", "errors")

    def __init__(self, values: dict[str, float], errors: dict[str, float],
                 degrees: Counts, clustering: Optional[Floats]):
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

    def _repr_html_(self) -> str:
        return table(f"recurrence network of {len(self.degrees):,} vectors",
                     ("measure", "value", "standard error"),
                     [(name, value, self.errors[name]) for name, value in self.items()])


_FIRST, _LAST = declarations.RQA_MEASURE_TRANSITIVITY, declarations.RQA_MEASURE_EFFICIENCY
_USUAL: tuple[Measure, ...] = ("transitivity", "clustering", "assortativity", "components")


def _values(network: Handle, names: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    values, errors = {}, {}
    value, error = ctypes.c_double(), ctypes.c_double()
    for name in names:
        check(lib.rqa_network_get(network.pointer, MEASURES[name], ctypes.byref(value),
                                  ctypes.byref(error)))
        values[name], errors[name] = value.value, error.value
    return values, errors


def _degrees(network: Handle) -> Counts:
    found, count = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_size_t()
    check(lib.rqa_network_degrees(network.pointer, ctypes.byref(found), ctypes.byref(count)))
    return np.ctypeslib.as_array(found, (count.value,)).copy()


def _clustering(network: Handle) -> Optional[Floats]:
    found, count = ctypes.POINTER(ctypes.c_double)(), ctypes.c_size_t()
    status = lib.rqa_network_clustering(network.pointer, ctypes.byref(found), ctypes.byref(count))
    if status == declarations.RQA_ERROR_STATE:
        return None
    check(status)
    return np.ctypeslib.as_array(found, (count.value,)).copy()


def network(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
            threshold: float, dim_y: Optional[int] = None, delay_y: Optional[int] = None,
            norm: Norm = "euclidean", theiler: Optional[int] = None,
            measures: Measures = _USUAL, normalize: Optional[Normalize] = None,
            threshold_unit: ThresholdUnit = "data", threshold_y: Optional[float] = None,
            missing: Optional[Missing] = None, compare: Optional[Compare] = None,
            backend: Backend = "auto", context: Optional[Context] = None) -> Network:
    """The recurrence network of a recording, or by joint recurrence of two: vectors are nodes, and
    two that recur are joined; the line of identity is never in.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording, for joint recurrence.
    measures : Measures
        transitivity and clustering count triangles; path_mean, diameter and efficiency follow
        shortest paths: from all vectors up to 10,000, beyond from 256 sources.

    Other parameters are those of `analyze` and `joint`.

    Returns
    -------
    Network
        The measures by name, and the degrees.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(300))
    >>> rqa.network(x, dim=2, delay=16, threshold=0.3, measures=["components"])["components"]
    1.0
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

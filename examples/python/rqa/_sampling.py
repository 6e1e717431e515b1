"""Measures of recordings too long for all of their pairs: estimates with standard errors."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from ._analysis import line_histogram, make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._html import table
from ._library import declarations, initialized, lib, new
from ._names import MEASURES, enum_names, integer
from .types import (Backend, Compare, Convention, Measures, Missing, Norm, Normalize, Records,
                    Relation, Samples, ThresholdUnit)
from .errors import check

_MOST = 2**64 - 1


class Estimate(NamedTuple):
    """A measure as a sample has it.

    Attributes
    ----------
    value, standard_error : float
        NaN where undefined.
    n : int
        Cells, lines or blocks it rests on.
    """
    value: float
    standard_error: float
    n: int


def _lines(handle: Handle, kind: int) -> Records:
    found = line_histogram(lib.rqa_sampled_histogram, handle, kind)
    assert found is not None  # which it is of an analysis alone
    return found


class Sampled(dict[str, Estimate]):
    """Estimates by measure: found["det"] is an `Estimate`, found.det its value.

    Attributes
    ----------
    counts : dict of str to int
        What was drawn: cells, points, diagonal and vertical lines, blocks.
    diagonal, vertical : array
        Lines that were found, with the fields length and count; empty where none were looked for.
    reasons : dict of str to str
        Why a measure is undefined.

    Examples
    --------
    >>> found = rqa.sampled(np.sin(0.1 * np.arange(500)), dim=2, delay=16, threshold=0.2, lines=50)
    >>> found.det == found["det"].value, found["det"].n, found.counts["diagonal"]
    (True, 50, 50)
    """

    def __init__(self, handle: Handle):
        super().__init__()
        self.counts: dict[str, int] = {}
        self.reasons: dict[str, str] = {}
        count = ctypes.c_uint64()
        for name, kind in enum_names("rqa_sampled_count").items():
            check(lib.rqa_sampled_count(handle.pointer, kind, ctypes.byref(count)))
            self.counts[name] = count.value
        for name, measure in MEASURES.items():
            self._read(handle, name, measure)
        self.diagonal: Records = _lines(handle, declarations.RQA_HISTOGRAM_DIAGONAL)
        self.vertical: Records = _lines(handle, declarations.RQA_HISTOGRAM_VERTICAL)

    def _read(self, handle: Handle, name: str, measure: int) -> None:
        found = new("rqa_estimate")
        status = lib.rqa_sampled_get(handle.pointer, measure, ctypes.byref(found))
        if status in (declarations.RQA_ERROR_UNSUPPORTED, declarations.RQA_ERROR_STATE):
            return
        check(status)
        self[name] = Estimate(found.value, found.standard_error, found.n_drawn)
        if found.reason:
            self.reasons[name] = lib.rqa_reason_text(found.reason).decode()

    if TYPE_CHECKING:  # so that a misspelt one is seen
        rr: float
        det: float
        l_mean: float
        lam: float
        tt: float
        microstate_entropy: float
    else:
        def __getattr__(self, name: str) -> float:
            if name in self:
                return self[name].value
            raise AttributeError(f"a sample has no {name}; it has {', '.join(self)}")

    def _repr_html_(self) -> str:
        return table(f"estimates from {self.counts['cells']:,} cells, "
                     f"{self.counts['diagonal']:,} diagonal lines",
                     ("measure", "value", "standard error", "n", ""),
                     [(name, e.value, e.standard_error, e.n, self.reasons.get(name, ""))
                      for name, e in self.items()])

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} {e.value:.5g} +- {e.standard_error:.2g}" for name, e in self.items())
        return f"<rqa.Sampled: {shown}; {self.counts['diagonal']:,} lines>"


def sampled(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
            threshold: float, lines: int = 100_000, seed: int = 1, max_cells: int = 10**9,
            blocks: int = 10**6, relation: Optional[Relation] = None,
            threshold_y: Optional[float] = None, norm: Norm = "euclidean",
            theiler: Optional[int] = None, lmin: Optional[int] = None, vmin: Optional[int] = None,
            convention: Convention = "standard", compare: Optional[Compare] = None,
            measures: Optional[Measures] = None, threshold_unit: ThresholdUnit = "data",
            threshold_lower: Optional[float] = None, microstate_size: Optional[int] = None,
            dim_y: Optional[int] = None, delay_y: Optional[int] = None,
            normalize: Optional[Normalize] = None, missing: Optional[Missing] = None,
            backend: Backend = "auto", theiler_points: Optional[int] = None,
            theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
            context: Optional[Context] = None) -> Sampled:
    """Estimates with standard errors from cells and lines drawn at random, for a recording that is
    too long for `analyze`, which is exact. The same seed gives the same result on every machine.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    lines : int
        Diagonal lines to find.
    seed : int
        Of the random numbers.
    max_cells : int
        Cells to draw at most, whether so many lines were found or not.
    blocks : int
        Of cells to draw for microstate_entropy.
    relation : {"auto", "cross", "joint"}, optional
        None is "auto" without y, "cross" with it.
    measures : Measures, optional
        Of rr, det, l_mean, lam, tt and microstate_entropy; None is all but the last.
    threshold_unit : {"data", "std"}
        Others take all pairs.

    Other parameters are those of `analyze` and `joint`.

    Returns
    -------
    Sampled
        The estimates by measure.

    Raises
    ------
    Error
        As `analyze` does; UnsupportedError for a measure or unit that cannot be sampled.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(2000))
    >>> found = rqa.sampled(x, dim=2, delay=16, threshold=0.2, lines=2000)
    >>> exact = rqa.analyze(x, dim=2, delay=16, threshold=0.2)
    >>> abs(found.rr - exact.rr) < 5 * found["rr"].standard_error
    True
    """
    if relation is None:
        relation = "auto" if y is None else "cross"
    options = make_options(relation=relation, threshold=threshold, threshold_y=threshold_y, norm=norm,
                           theiler=theiler, lmin=lmin, vmin=vmin, convention=convention,
                           compare=compare, measures=measures, threshold_unit=threshold_unit,
                           threshold_lower=threshold_lower, microstate_size=microstate_size,
                           backend=backend, theiler_points=theiler_points,
                           theiler_diagonal=theiler_diagonal, theiler_vertical=theiler_vertical)
    draws = initialized("rqa_sampled_options")
    draws.seed = integer(seed, "seed", 0, _MOST)
    draws.n_lines = integer(lines, "lines", 0, _MOST)
    draws.n_cells = integer(max_cells, "max_cells", 0, _MOST)
    draws.n_blocks = integer(blocks, "blocks", 0, _MOST)

    def run(handle: Handle, first: Any, second: Any) -> Sampled:
        with Handle("sampled", lambda out: int(lib.rqa_sampled_compute(
                out, first, second, ctypes.byref(options), ctypes.byref(draws))), handle) as found:
            return Sampled(found)

    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)

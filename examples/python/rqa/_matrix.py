"""The recurrence matrix itself, one bit a cell."""
from __future__ import annotations

import base64
import ctypes
import os
import tempfile
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from ._analysis import make_options, on_embeddings, read_result
from ._context import Context, interruptible, interruptible_on
from ._handles import Handle
from ._library import initialized, lib
from ._names import checked_rate, file_path, integer, number, shown, text
from ._recording import as_array
from ._result import Result
from .types import (Backend, Booleans, Compare, Convention, Counts, Floats, Isodirectional,
                     Measuring, Missing, Norm, Normalize, Path, Relation, Samples, ThresholdUnit, Ties)
from .errors import check, fail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack

# Between as many, Python handles signals.
_CELLS_AT_ONCE = 1 << 24

# Of a plot in a notebook.
_PREVIEW_PIXELS = 400

_BYTES = ctypes.POINTER(ctypes.c_uint8)


class _Borrowed:
    """Memory of the library as NumPy sees it; arrays made from it keep its owner alive."""

    def __init__(self, address: int, shape: tuple[int, ...], typestr: str, owner: Handle):
        self.owner = owner
        self.__array_interface__ = {"version": 3, "data": (address, True), "shape": shape,
                                    "typestr": typestr}


def _bytes_of(array: "np.ndarray[Any, Any]") -> Any:
    return array.ctypes.data_as(_BYTES)


def _png_options(overwrite: bool, max_pixels: int, frame: bool, sample_period: float,
                 sampling_rate: Optional[float], x_label: Optional[str],
                 y_label: Optional[str]) -> Any:
    options = initialized("rqa_png_options")
    options.overwrite = bool(overwrite)
    options.frame = bool(frame)
    options.max_pixels = integer(max_pixels, "max_pixels", 0, 2**32 - 1)
    options.sample_period, unit = _time(number(sample_period, "sample_period"), sampling_rate)
    options.x_label = (unit if x_label is None else text(x_label, "x_label")).encode()
    options.y_label = (unit if y_label is None else text(y_label, "y_label")).encode()
    return options


def _time(sample_period: float, sampling_rate: Optional[float]) -> tuple[float, str]:
    """What a sample takes on the axes, and what they are called."""
    if sampling_rate is not None:
        if sample_period not in (0, 1):
            fail("VALUE", f"sample_period is {sample_period} and sampling_rate is {sampling_rate}; "
                          "allowed is one of them")
        return 1 / checked_rate(sampling_rate), "time (s)"
    return sample_period, "sample" if sample_period in (0, 1) else "time"


class Matrix:
    """A recurrence matrix: rows are the index into y (of x again without y), columns that into x.

    Made by `matrix` or `Matrix.from_numpy`. A context manager; `close` frees it at once.

    Examples
    --------
    >>> with rqa.matrix([1.0, 2.0, 1.0], threshold=0.5) as plot:
    ...     plot.shape, plot.to_numpy().astype(int).tolist()
    ((3, 3), [[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    """

    def __init__(self, handle: Handle):
        self._open: Optional[Handle] = handle

    @classmethod
    def from_numpy(cls, cells: Samples, *, context: Optional[Context] = None) -> "Matrix":
        """A matrix of the caller's: non-zero = recurrent."""
        array = as_array(cells, "cells")
        if array.ndim != 2:
            fail("VALUE", f"cells has {array.ndim} dimensions; a matrix has 2")
        if array.dtype.kind == "f" and np.isnan(array).any():
            fail("VALUE", "cells holds NaN; allowed are 0 for no recurrence and any other number")
        packed = np.ascontiguousarray(array if array.dtype in (np.bool_, np.uint8) else array != 0)
        return interruptible(context, array.size, lambda owner: cls(Handle(
            "matrix", lambda out: int(lib.rqa_matrix_from_bytes(
                out, owner.pointer, _bytes_of(packed), *packed.shape, 0)), owner)))

    @property
    def _handle(self) -> Handle:
        return self._open if self._open is not None else fail("STATE", "the matrix is closed")

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)"""
        pointer = self._handle.pointer
        return int(lib.rqa_matrix_n_rows(pointer)), int(lib.rqa_matrix_n_columns(pointer))

    def rows(self, first: int, count: int) -> Booleans:
        """Some rows as an array of bool."""
        cells = np.empty((integer(count, "count", 0, 2**31 - 1), self.shape[1]), dtype=np.bool_)
        first = integer(first, "first", 0, 2**31 - 1)
        step = max(1, _CELLS_AT_ONCE // self.shape[1])
        for k in range(0, len(cells), step):
            part = cells[k:k + step]
            check(lib.rqa_matrix_unpack(self._handle.pointer, first + k, len(part),
                                        _bytes_of(part), 0))
        return cells

    def to_numpy(self) -> Booleans:
        """All of it as an array of bool, a byte a cell."""
        return self.rows(0, self.shape[0])

    def __array__(self, dtype: Optional[npt.DTypeLike] = None,
                  copy: Optional[bool] = None) -> "npt.NDArray[Any]":
        if copy is False:
            raise ValueError("a packed matrix cannot be an array without a copy")
        cells = self.to_numpy()
        return cells if dtype is None else cells.astype(dtype)

    def packed_row(self, row: int) -> Counts:
        """One row as the library holds it, 64 cells a word, least significant bit first. Borrowed
        and read-only; it keeps the matrix alive."""
        n_rows, n_columns = self.shape
        if not 0 <= integer(row, "row", -2**63, 2**63 - 1) < n_rows:
            raise IndexError(f"row is {row}; the matrix has {n_rows}")
        words = lib.rqa_matrix_row(self._handle.pointer, row)
        address = ctypes.cast(words, ctypes.c_void_p).value or 0
        return np.asarray(_Borrowed(address, ((n_columns + 63) // 64,), "=u8", self._handle))

    def analyze(self, *, relation: Optional[Relation] = None,
                **options: "Unpack[Measuring]") -> Result:
        """The measures of the matrix as it is, with the options of rqa.analyze() that count lines.

        relation: "auto" and "joint" take the convention's Theiler window and need a square matrix,
        "cross" takes window 0; None = auto for a square one.
        """
        square = self.shape[0] == self.shape[1]
        if relation is None:
            relation = "auto" if square else "cross"
        chosen = make_options(relation=relation, **options)
        matrix_handle = self._handle

        def run(context: Handle) -> Result:
            with Handle("metrics", lambda out: int(lib.rqa_metrics_from_matrix(
                    out, matrix_handle.pointer, ctypes.byref(chosen))), context) as metrics:
                return read_result(metrics, {})

        assert matrix_handle.parent is not None
        return interruptible_on(matrix_handle.parent, self.shape[0] * self.shape[1], run)

    def write_png(self, path: Path, *, overwrite: bool = False, max_pixels: int = 1200,
                  frame: bool = True, sample_period: float = 0.0,
                  sampling_rate: Optional[float] = None, x_label: Optional[str] = None,
                  y_label: Optional[str] = None) -> None:
        """Draws it as a greyscale PNG, origin at the lower left, recurrent = black. Parameters are
        those of `rqa.write_png`."""
        options = _png_options(overwrite, max_pixels, frame, sample_period, sampling_rate, x_label,
                               y_label)
        check(lib.rqa_matrix_write_png(self._handle.pointer, os.fsencode(file_path(path, "path")),
                                       ctypes.byref(options)))

    def shares(self, max_pixels: int = 1200) -> Floats:
        """The share of recurrent cells in square blocks, at most max_pixels of them a side."""
        n_rows, n_columns = self.shape
        step = -(-max(n_rows, n_columns) // integer(max_pixels, "max_pixels", 1, 2**31 - 1))
        starts = np.arange(0, n_columns, step)
        widths = np.diff(np.append(starts, n_columns))
        image = np.empty((-(-n_rows // step), len(starts)))
        for k, first in enumerate(range(0, n_rows, step)):
            block = self.rows(first, min(step, n_rows - first))
            image[k] = np.add.reduceat(block.sum(axis=0), starts) / (widths * len(block))
        return image

    def plot(self, ax: Optional["Axes"] = None, *, max_pixels: int = 1200,
             sample_period: float = 1.0, sampling_rate: Optional[float] = None,
             **imshow: object) -> "Axes":
        """Draws it with matplotlib into ax (a new figure without one) and returns the axes.

        Recurrent is black, time runs to the right and upwards; sampling_rate, samples in a second,
        makes it seconds, and sample_period, their distance, any other unit. A
        large matrix is drawn in blocks, darker where more of a block recurs.
        """
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError("Matrix.plot needs matplotlib (pip install matplotlib); "
                              "Matrix.write_png does without") from None
        period, unit = _time(sample_period, sampling_rate)
        if ax is None:
            ax = pyplot.subplots()[1]
        n_rows, n_columns = self.shape
        image = self.shares(max_pixels)
        if image.shape != self.shape and image.max() > 0:
            image = np.sqrt(image / image.max())  # thin lines stay visible
        given: dict[str, Any] = {
            "cmap": "binary", "origin": "lower", "interpolation": "nearest", "vmin": 0, "vmax": 1,
            "extent": (0, n_columns * period, 0, n_rows * period)}
        ax.imshow(image, **{**given, **imshow})
        ax.set_xlabel(unit)
        ax.set_ylabel(unit)
        return ax

    def close(self) -> None:
        """Frees the matrix as soon as no borrowed row is left."""
        self._open = None

    def __enter__(self) -> "Matrix":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._open is None:
            return "Matrix(closed)"
        return "Matrix({:,} x {:,})".format(*self.shape)

    def _repr_html_(self) -> str:
        if self._open is None:
            return "<p>Matrix(closed)</p>"
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plot.png")
            self.write_png(path, max_pixels=_PREVIEW_PIXELS)
            with open(path, "rb") as file:
                picture = base64.b64encode(file.read()).decode()
        return f'<figure><img alt="" src="data:image/png;base64,{picture}"/>' \
               f"<figcaption>{self!r}</figcaption></figure>"


def matrix(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
           threshold: float, relation: Optional[Relation] = None,
           threshold_y: Optional[float] = None, norm: Norm = "euclidean",
           convention: Convention = "standard", compare: Optional[Compare] = None,
           threshold_unit: ThresholdUnit = "data", dim_y: Optional[int] = None,
           delay_y: Optional[int] = None, normalize: Optional[Normalize] = None,
           missing: Optional[Missing] = None, backend: Backend = "auto",
           theiler: Optional[int] = None, theiler_points: Optional[int] = None,
           threshold_lower: Optional[float] = None, ties: Ties = "all", skeleton: bool = False,
           isodirectional: Optional[Isodirectional] = None, perpendicular: Optional[float] = None,
           context: Optional[Context] = None) -> Matrix:
    """The recurrence matrix of x, of x (columns) with y (rows), or joint with relation="joint".

    It takes Nx Ny / 8 bytes and is refused beyond the context's memory limit. No Theiler window is
    applied.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    theiler, theiler_points : int, optional
        Which cells a recurrence rate, or neighbours, are counted over.
    relation : {"auto", "cross", "joint"}, optional
        None is "auto" without y, "cross" with it.

    Other parameters are those of `analyze` and `joint`.

    Returns
    -------
    Matrix
        One bit a cell.

    Raises
    ------
    Error
        As `analyze` does; MemoryLimitError beyond the limit.

    Examples
    --------
    >>> plot = rqa.matrix(np.sin(0.1 * np.arange(200)), dim=2, delay=16, threshold=0.2)
    >>> plot.shape, round(float(plot.to_numpy().mean()), 3)
    ((184, 184), 0.064)
    """
    if relation is None:
        relation = "auto" if y is None else "cross"
    options = make_options(relation=relation, threshold=threshold, threshold_y=threshold_y, norm=norm,
                           convention=convention, compare=compare, threshold_unit=threshold_unit,
                           backend=backend, theiler=theiler, theiler_points=theiler_points,
                           threshold_lower=threshold_lower, ties=ties, skeleton=skeleton,
                           isodirectional=isodirectional, perpendicular=perpendicular)

    def run(handle: Handle, first: Any, second: Any) -> Matrix:
        return Matrix(Handle("matrix", lambda out: int(lib.rqa_matrix_create(
            out, first, second, ctypes.byref(options))), handle))

    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)


def write_png(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *, path: Path,
              threshold: Optional[float] = None, relation: Optional[Relation] = None,
              threshold_y: Optional[float] = None, norm: Norm = "euclidean",
              convention: Convention = "standard", compare: Optional[Compare] = None,
              threshold_unit: ThresholdUnit = "data", dim_y: Optional[int] = None,
              delay_y: Optional[int] = None, normalize: Optional[Normalize] = None,
              missing: Optional[Missing] = None, backend: Backend = "auto", overwrite: bool = False,
              max_pixels: int = 1200, frame: bool = True, sample_period: float = 0.0,
              sampling_rate: Optional[float] = None, x_label: Optional[str] = None,
              y_label: Optional[str] = None, theiler: Optional[int] = None,
              theiler_points: Optional[int] = None, threshold_lower: Optional[float] = None,
              ties: Ties = "all", skeleton: bool = False,
              isodirectional: Optional[Isodirectional] = None, perpendicular: Optional[float] = None,
              context: Optional[Context] = None) -> None:
    r"""Draws the recurrence plot of x, or of x with y, as a greyscale PNG: the picture of `matrix`
    and `Matrix.write_png` without the matrix, of a recording of any length, in memory that
    grows with the pixels. Without a threshold it is that of `distances`, the nearer the darker,
    with a scale; a pixel is the mean of its block.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    path : Path
        The file.
    overwrite : bool
        Whether a file that is there is replaced.
    max_pixels : int
        Of the longer side; more vectors are drawn in blocks.
    frame : bool
        Axes with numbers.
    sampling_rate : float, optional
        Samples in a second, for axes in seconds.
    sample_period : float
        Instead of a rate, what a sample takes in any unit; 0 is samples.
    x_label, y_label : str, optional
        Below and beside the axes; None is what they count: "sample", "time (s)" or "time", and "" is
        nothing.

    Other parameters are those of `matrix`.

    Raises
    ------
    Error
        As `analyze` does; IoError where the file cannot be written.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(500))
    >>> rqa.write_png(x, path="plot.png", dim=2, delay=16, threshold=0.2, sampling_rate=50.0)
    >>> with open("plot.png", "rb") as file:
    ...     file.read(4)
    b'\x89PNG'
    """
    if isinstance(x, (str, bytes, os.PathLike)):
        fail("VALUE", f"x is {shown(x)}; it must be a recording: write_png(x, y, ..., path=...)")
    if relation is None:
        relation = "auto" if y is None else "cross"
    draw = lib.rqa_distance_plot_write_png if threshold is None else lib.rqa_plot_write_png
    options = make_options(relation=relation, threshold=threshold or 0,
                           threshold_y=threshold_y, norm=norm, convention=convention,
                           compare=compare, threshold_unit=threshold_unit,
                           backend=backend, theiler=theiler, theiler_points=theiler_points,
                           threshold_lower=threshold_lower, ties=ties, skeleton=skeleton,
                           isodirectional=isodirectional, perpendicular=perpendicular)
    png = _png_options(overwrite, max_pixels, frame, sample_period, sampling_rate, x_label,
                       y_label)
    target = os.fsencode(file_path(path, "path"))

    def run(_handle: Handle, first: Any, second: Any) -> None:
        check(draw(target, first, second, ctypes.byref(options), ctypes.byref(png)))

    on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)

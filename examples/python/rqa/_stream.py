"""Measures of the last samples while samples arrive."""
from __future__ import annotations

import ctypes
from typing import Any, Iterable, Optional

import numpy as np

from ._analysis import _OPTIONS, make_options
from ._context import Context, chosen_context
from ._handles import Handle
from ._library import initialized, lib
from ._names import DEFAULT_MEASURES, MEASURES, enum_number, integer
from ._recording import as_array
from .types import Compare, Convention, Measures, Missing, Norm, Samples, WhiteBorder
from .errors import check, fail

_LARGEST = 2**31 - 1


class Stream:
    """The measures of the last `window` samples while samples arrive, read whenever one likes.

    Once it is full, what it gives is what `analyze` gives for these samples, to the last bit;
    before, every measure is NaN. The threshold is in units of the data. One thread at a time may
    use a stream; a context manager, `close` frees it at once.

    Parameters
    ----------
    window : int
        Samples that count.
    n_channels : int
        Channels of a sample.

    Other parameters are those of `analyze`.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> stream = rqa.Stream(200, dim=2, delay=16, threshold=0.2)
    >>> for sample in np.sin(0.1 * np.arange(300)):
    ...     stream.push(sample)
    >>> stream.is_full, len(stream), round(stream["det"], 6)
    (True, 200, 1.0)
    """

    def __init__(self, window: int, dim: int = 1, delay: int = 1, *, threshold: float,
                 n_channels: int = 1, norm: Norm = "euclidean", theiler: Optional[int] = None,
                 lmin: Optional[int] = None, vmin: Optional[int] = None,
                 wmin: Optional[int] = None, convention: Convention = "standard",
                 measures: Optional[Measures] = None, missing: Optional[Missing] = None,
                 compare: Optional[Compare] = None, theiler_points: Optional[int] = None,
                 theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
                 white_border: Optional[WhiteBorder] = None, trend_border: Optional[int] = None,
                 context: Optional[Context] = None):
        given = {key: value for key, value in locals().items() if key in _OPTIONS}
        options = make_options(**given)
        chosen = initialized("rqa_stream_options")
        chosen.window = integer(window, "window", 1, 2**63 - 1)
        chosen.missing = enum_number("rqa_missing", "error" if missing is None else missing,
                                     "missing")
        m, tau = integer(dim, "dim", 1, _LARGEST), integer(delay, "delay", 1, _LARGEST)
        self._channels = integer(n_channels, "n_channels", 1, _LARGEST)
        self._window = int(chosen.window)
        self._names = [name for name, k in MEASURES.items()
                       if options.measures >> k & 1] or DEFAULT_MEASURES
        owner = chosen_context(context).handle
        self._open: Optional[Handle] = Handle(
            "stream", lambda out: int(lib.rqa_stream_create(
                out, owner.pointer, self._channels, m, tau, ctypes.byref(options),
                ctypes.byref(chosen))), owner)

    @property
    def _pointer(self) -> Any:
        return self._open.pointer if self._open is not None else fail("STATE",
                                                                      "the stream is closed")

    def push(self, samples: Samples) -> None:
        """Takes one sample (a number, or one value for each channel) or several (n x channels)."""
        alone = isinstance(samples, (str, bytes)) or not hasattr(samples, "__len__")
        if alone or getattr(samples, "shape", None) == ():
            array = as_array([samples], "samples")
        else:
            array = as_array(samples, "samples")
        if array.size == 0:
            return
        array = array.reshape((1 if array.ndim == 1 and self._channels > 1 else len(array), -1))
        if array.shape[1] != self._channels:
            fail("VALUE", f"samples has {array.shape[1]} values a sample; the stream has "
                          f"{self._channels} channels")
        packed = np.ascontiguousarray(array, dtype=np.float64)
        check(lib.rqa_stream_push(self._pointer,
                                  packed.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
                                  len(packed)))

    def __getitem__(self, name: str) -> float:
        if name not in self._names:
            raise KeyError(f"{name!r} is no measure of this stream; it has "
                           f"{', '.join(self._names)}")
        value = ctypes.c_double()
        check(lib.rqa_stream_get(self._pointer, MEASURES[name], ctypes.byref(value)))
        return value.value

    def values(self) -> dict[str, float]:
        """All measures by name; NaN where undefined."""
        room = max(MEASURES.values()) + 1
        out = (ctypes.c_double * room)()
        check(lib.rqa_stream_values(self._pointer, out, None, room))
        return {name: out[MEASURES[name]] for name in self._names}

    def reason(self, name: str) -> str:
        """Why a measure is undefined; "" if it is a number."""
        self[name]  # pylint: disable=pointless-statement  # KeyError for what is not there
        reason = lib.rqa_stream_reason(self._pointer, MEASURES[name])
        return (lib.rqa_reason_text(reason) or b"").decode()

    @property
    def n_samples(self) -> int:
        """Samples that have come since creation or reset()."""
        return int(lib.rqa_stream_n_samples(self._pointer))

    @property
    def is_full(self) -> bool:
        """Whether a whole window has come."""
        return self.n_samples >= self._window

    def __len__(self) -> int:
        """Samples in the window."""
        return min(self.n_samples, self._window)

    def reset(self) -> None:
        """Forgets all samples."""
        check(lib.rqa_stream_reset(self._pointer))

    def close(self) -> None:
        """Frees the stream."""
        if self._open is not None:
            self._open.close()
        self._open = None

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._open is None:
            return "Stream(closed)"
        return f"Stream({len(self):,} of {self._window:,} samples)"

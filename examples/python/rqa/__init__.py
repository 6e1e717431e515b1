"""rqa: recurrence quantification analysis with librqa, exact and fast.

    >>> import numpy as np, rqa
    >>> result = rqa.analyze(np.sin(0.1 * np.arange(500)), dim=2, delay=16, threshold=0.2)
    >>> round(result.det, 6)
    1.0

analyze, cross, joint   the measures of one recording, or of two
matrix                  the recurrence plot itself
network, adjacency      the plot as a network; its edges
distances               what a threshold is compared with
correlation_sum         the recurrence rate over thresholds, and d2 (Result.k2: K2)
microstate_maximum      the largest entropy of microstates over thresholds
write_png               a picture of it, of any length; without a threshold of distances
sampled                 estimates with standard errors, where all pairs are too many
det_estimate            det as patterns of three cells estimate it
suggest                 a delay, a dimension and thresholds to begin with
windowed                the measures in windows that move along a recording
profile                 recurrence by lag, of one recording or two
Stream                  the measures of the last samples, as samples arrive
surrogates, test        series like a recording, and the recording among them
bootstrap               bands of line measures (Result.bootstrap: intervals)
read, recordings        files as the program reads them; a folder of them for a sweep
sweep                   a grid of settings over many recordings, as one table
open_store              results that a sweep has stored
merge_stores            stores of several machines into one
devices, Context        what computes; threads and limits
Error                   base of all exceptions (rqa.errors)
"""
from typing import TYPE_CHECKING

from . import errors
from ._analysis import analyze, cross, joint
from ._context import Context, devices
from ._files import Table, read, recordings
from ._invariants import (Adjacency, CorrelationSum, DetEstimate, MicrostateMaximum, adjacency,
                          correlation_sum, det_estimate, distances, microstate_maximum)
from ._lags import Profile, profile
from ._library import path as library_path
from ._library import version
from ._matrix import Matrix, matrix, write_png
from ._names import DEFAULT_MEASURES as _DEFAULT_MEASURES
from ._names import MEASURES as _MEASURES
from ._network import Network, network
from ._result import Interval, Result
from ._sampling import Estimate, Sampled, sampled
from ._significance import MeasureTest, SurrogateTest, bootstrap, surrogates, test
from ._store import Store, merge_stores, open_store
from ._stream import Stream
from ._suggest import Suggestion, suggest
from ._sweep import sweep
from .types import Measure
from ._windows import windowed
from .errors import Error

if TYPE_CHECKING:
    from .types import Device as Device
    from .errors import (
        BackendFailedError as BackendFailedError, BackendMissingError as
        BackendMissingError, CancelledError as CancelledError, ConstantError as
        ConstantError, ForkedError as ForkedError, InternalError as InternalError, IoError
        as IoError, MemoryLimitError as MemoryLimitError, MismatchError as MismatchError,
        NotFiniteError as NotFiniteError, NullError as NullError, RqaMemoryError as
        RqaMemoryError, RqaOverflowError as RqaOverflowError, RqaValueError as
        RqaValueError, StateError as StateError, StoreConflictError as StoreConflictError,
        StoreError as StoreError, StoreFormatError as StoreFormatError, StoreFullError as
        StoreFullError, StructSizeError as StructSizeError, ThreadError as ThreadError,
        TooShortError as TooShortError, UnknownNameError as UnknownNameError,
        UnsupportedError as UnsupportedError)
else:
    from .errors import *  # noqa: F401,F403

#: Names of all measures.
measures: tuple[Measure, ...] = tuple(_MEASURES)  # type: ignore[arg-type]
#: Those that need not be named.
default_measures: tuple[Measure, ...] = tuple(_DEFAULT_MEASURES)  # type: ignore[arg-type]
__version__ = version
__all__ = ["Adjacency", "Context", "CorrelationSum", "DetEstimate", "Estimate", "Interval",
           "Matrix", "MeasureTest", "MicrostateMaximum", "Network", "Profile", "Result", "Sampled",
           "Store", "Stream", "Suggestion", "SurrogateTest", "Table", "adjacency", "analyze",
           "bootstrap", "correlation_sum", "cross", "default_measures", "det_estimate", "devices",
           "distances", "errors", "joint", "library_path", "matrix", "measures", "merge_stores",
           "microstate_maximum", "network", "open_store", "profile", "read", "recordings", "sampled",
           "suggest", "surrogates", "sweep", "test", "version", "windowed", "write_png"]
__all__ += errors.__all__

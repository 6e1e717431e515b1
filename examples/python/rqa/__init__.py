"""rqa: recurrence quantification analysis with librqa, exact and fast.

    >>> import numpy as np, rqa
    >>> result = rqa.analyze(np.sin(0.1 * np.arange(500)), dim=2, delay=16, threshold=0.2)
    >>> round(result.det, 6)
    1.0

analyze, cross, joint   the measures of one recording, or of two
matrix                  the recurrence plot itself
network                 the plot as a network
write_png               a picture of it, of any length
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
from ._library import path as library_path
from ._library import version
from ._matrix import Matrix, matrix, write_png
from ._names import DEFAULT_MEASURES as _DEFAULT_MEASURES
from ._names import MEASURES as _MEASURES
from ._network import Network, network
from ._result import Result
from ._store import Store, merge_stores, open_store
from ._sweep import sweep
from .errors import *  # noqa: F401,F403
from .errors import Error

#: Names of all measures.
measures = tuple(_MEASURES)
#: Those that need not be named.
default_measures = tuple(_DEFAULT_MEASURES)
__version__ = version
__all__ = ["Context", "Matrix", "Network", "Result", "Store", "analyze", "cross",
           "default_measures", "devices", "errors", "joint", "library_path", "matrix", "measures",
           "merge_stores", "network", "open_store", "sweep", "version", "write_png"]
__all__ += errors.__all__

if TYPE_CHECKING:
    # The exceptions are made when the library is loaded; type checkers need to be told.
    def __getattr__(name: str) -> type[Error]: ...

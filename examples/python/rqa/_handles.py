"""Ownership of the library's objects.

A Handle frees its object when nothing refers to it any more, and keeps its parent (the context)
alive until then. Nothing is freed at interpreter exit: threads may still be at work, and the
process takes all of it along.
"""
from __future__ import annotations

import ctypes
import weakref
from typing import Any, Callable, Optional

from ._library import lib, pointer
from .errors import check


def _free(destroy: Callable[[Any], None], address: Any, parent: Optional["Handle"]) -> None:
    destroy(address)


class Handle:
    """An object of the library: Handle("series", create, parent) calls create(byref(pointer))."""

    def __init__(self, noun: str, create: Callable[[Any], int], parent: Optional["Handle"] = None):
        self.pointer = pointer("rqa_" + noun)
        check(create(ctypes.byref(self.pointer)))
        # The finalizer holds the parent: it goes after this object.
        self._finalizer = weakref.finalize(self, _free, getattr(lib, f"rqa_{noun}_destroy"),
                                           self.pointer, parent)
        self._finalizer.atexit = False

    def close(self) -> None:
        """Frees the object now."""
        self._finalizer()

    def __enter__(self) -> "Handle":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

"""Exceptions: one class for every status of librqa, made from the library's own table.

RQA_ERROR_TOO_SHORT is TooShortError, and so on; where Python has that name already it is
RqaValueError, RqaMemoryError, RqaOverflowError. All derive from Error, and from the built-in
exception that a caller who does not know librqa would catch.
"""
from __future__ import annotations

import builtins
import ctypes
from typing import TYPE_CHECKING, NoReturn

from ._library import lib


class Error(Exception):
    """Base of all exceptions of librqa; the text names the argument, its value and what is
    allowed."""

    status: int = 0
    status_name: str = ""


def _builtin(status: int, name: str) -> type[Exception]:
    if "MEMORY" in name:
        return MemoryError
    if name == "OVERFLOW":
        return OverflowError
    if name in ("IO", "THREAD") or -59 <= status <= -50:
        return OSError
    if name in ("STATE", "STRUCT_SIZE"):
        return RuntimeError
    return ValueError if -19 <= status <= -1 else RuntimeError


def _class_name(name: str) -> str:
    plain = "".join(part.capitalize() for part in name.split("_")) + "Error"
    return "Rqa" + plain if hasattr(builtins, plain) else plain


def _make_classes() -> dict[int, type[Error]]:
    found: dict[int, type[Error]] = {}
    status = ctypes.c_int32()
    index = 0
    while lib.rqa_status_at(index, ctypes.byref(status)) == 0:
        index += 1
        if status.value == 0:
            continue
        full = lib.rqa_status_name(status.value).decode()
        name = full[len("RQA_ERROR_"):]
        text = lib.rqa_status_text(status.value).decode()
        found[status.value] = type(_class_name(name), (Error, _builtin(status.value, name)), {
            "__doc__": text, "__module__": __name__, "status": status.value, "status_name": full})
    return found


_classes = _make_classes()
globals().update({kind.__name__: kind for kind in _classes.values()})
__all__ = ["Error"] + sorted(kind.__name__ for kind in _classes.values())

if TYPE_CHECKING:
    # The classes are made when the library is loaded; type checkers need to be told.
    class BackendFailedError(Error, RuntimeError): ...
    class BackendMissingError(Error, RuntimeError): ...
    class CancelledError(Error, RuntimeError): ...
    class ConstantError(Error, ValueError): ...
    class ForkedError(Error, RuntimeError): ...
    class InternalError(Error, RuntimeError): ...
    class IoError(Error, OSError): ...
    class MemoryLimitError(Error, MemoryError): ...
    class MismatchError(Error, ValueError): ...
    class NotFiniteError(Error, ValueError): ...
    class NullError(Error, ValueError): ...
    class RqaMemoryError(Error, MemoryError): ...
    class RqaOverflowError(Error, OverflowError): ...
    class RqaValueError(Error, ValueError): ...
    class StateError(Error, RuntimeError): ...
    class StoreConflictError(Error, OSError): ...
    class StoreError(Error, OSError): ...
    class StoreFormatError(Error, OSError): ...
    class StoreFullError(Error, OSError): ...
    class StructSizeError(Error, RuntimeError): ...
    class ThreadError(Error, OSError): ...
    class TooShortError(Error, ValueError): ...
    class UnknownNameError(Error, ValueError): ...
    class UnsupportedError(Error, ValueError): ...


def by_status(status: int) -> type[Error]:
    """The class of a status; Error itself for one that the table does not hold."""
    return _classes.get(status, Error)


def first_line(error: BaseException) -> str:
    """What an exception says, as one line."""
    return " ".join((str(error).splitlines() or [type(error).__name__])[0].split())


def fail(name: str, text: str) -> NoReturn:
    """Raises what librqa would for RQA_ERROR_<name>."""
    full = "RQA_ERROR_" + name
    raise next((kind for kind in _classes.values() if kind.status_name == full), Error)(text)


def last(status: int) -> Error:
    """The exception for a status that a call on this thread has just returned."""
    text = lib.rqa_last_error().decode(errors="replace")
    # Options and items are keyword arguments here.
    for name in ("options->", "item->", "query->"):
        text = text.replace(name, "")
    return by_status(status)(text)


def check(status: int) -> None:
    """Raises unless the status is RQA_OK."""
    if status:
        raise last(status)

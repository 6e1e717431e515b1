"""Contexts: threads, limits and log; the one that is used when none is given; interruption."""
from __future__ import annotations

import ctypes
import logging
import os
import threading
from typing import Any, Callable, Optional, TypeVar, Union

from ._handles import Handle
from ._library import declarations, initialized, lib, new
from ._names import integer, number, shown
from .types import Device
from .errors import check, fail

Log = Union[logging.Logger, Callable[[int, str], object]]
T = TypeVar("T")

# Python levels of rqa_log_level.
_LEVELS = {1: logging.WARNING, 2: logging.INFO, 3: logging.DEBUG}

# Pairs x coordinates that take well below the patience of somebody who pressed Ctrl-C, at every
# kernel level. Less work than this is done without a thread of its own.
_SHORT_WORK = 1e7
_POLL_S = 0.05


def _log_callback(log: Optional[Log]) -> Any:
    if log is None:
        return declarations.rqa_log_callback()
    if isinstance(log, logging.Logger):
        logger = log
        return declarations.rqa_log_callback(
            lambda user, level, line: logger.log(_LEVELS.get(level, logging.INFO), "%s",
                                                 line.decode(errors="replace")))
    if not callable(log):
        fail("VALUE", f"log is {shown(log)}; it must be a logging.Logger or a function (level, "
                      "line)")
    write = log
    return declarations.rqa_log_callback(
        lambda user, level, line: write(level, line.decode(errors="replace")))


class Context:
    """Threads, limits and log of the analyses that are given it.

    A context manager; closing it ends its threads as soon as no matrix made from it is left. It
    belongs to the process that made it: in a fork every use raises ForkedError.

    Parameters
    ----------
    threads : int
        0 = as many as RQA_NUM_THREADS in the environment says, else as the affinity mask allows.
    memory_limit : int
        Bytes one call may allocate; 0 = 3/4 of physical memory. What would take more is computed in
        smaller parts or on fewer threads, or else refused.
    device_memory_share : float
        Of free GPU memory; 0 = 0.8.
    log : logging.Logger or callable, optional
        A logger, or a function (level, line).
    log_level : int
        1 warnings, 2 choices, 3 detail.
    device_batch : int
        Results that a GPU computes at once at most; 0 = as many as fit its memory.

    Examples
    --------
    >>> with rqa.Context(threads=2) as context:
    ...     result = rqa.analyze(np.sin(0.1 * np.arange(200)), threshold=0.1, context=context)
    ...     context.threads
    2
    """

    def __init__(self, threads: int = 0, memory_limit: int = 0, device_memory_share: float = 0.0,
                 log: Optional[Log] = None, log_level: int = 0, device_batch: int = 0):
        options = initialized("rqa_context_options")
        options.n_threads = integer(threads, "threads", 0, 2**32 - 1)
        options.memory_limit_bytes = integer(memory_limit, "memory_limit", 0, 2**64 - 1)
        options.device_memory_share = number(device_memory_share, "device_memory_share")
        options.device_batch = integer(device_batch, "device_batch", 0, 2**32 - 1)
        options.log_level = integer(log_level, "log_level", -2**31, 2**31 - 1)
        options.log = _log_callback(log)
        self._options = options
        self._process = os.getpid()
        self._handle: Optional[Handle] = self._create()

    def _create(self) -> Handle:
        options = self._options
        handle = Handle("context", lambda out: int(lib.rqa_context_create(
            out, ctypes.byref(options))))
        handle.keep = options.log  # type: ignore[attr-defined]  # called as long as it lives
        return handle

    @property
    def handle(self) -> Handle:
        """The library's context, for the modules of this package."""
        if self._handle is None:
            fail("STATE", "the context is closed")
        if self._process != os.getpid():
            fail("FORKED", f"the context was made in process {self._process}, this is its fork "
                           f"{os.getpid()}; make a new rqa.Context here")
        return self._handle

    def private(self) -> Handle:
        """Another context with the same options and profile, for one call that may be cancelled."""
        profile = new("rqa_profile")
        check(lib.rqa_context_get_profile(self.handle.pointer, ctypes.byref(profile)))
        twin = self._create()
        if profile.measured:
            check(lib.rqa_context_set_profile(twin.pointer, ctypes.byref(profile)))
        return twin

    @property
    def threads(self) -> int:
        """Number of threads it computes with."""
        return int(lib.rqa_context_n_threads(self.handle.pointer))

    def devices(self) -> list[Device]:
        """What can compute here, and what cannot and why."""
        found: list[Device] = []
        handle = self.handle
        while True:
            info = new("rqa_backend_info")
            status = lib.rqa_context_backend_at(handle.pointer, len(found), ctypes.byref(info))
            if status == declarations.RQA_ERROR_VALUE:
                return found
            check(status)
            found.append({"backend": info.name.decode(), "available": bool(info.available),
                          "workers": int(info.n_workers),
                          "detail": (info.detail or b"").decode(errors="replace"),
                          "memory_bytes": int(info.memory_bytes)})

    def calibrate(self) -> None:
        """Measures this machine (0.1 to 1 s), so that backend="auto" goes by predicted time."""
        check(lib.rqa_context_calibrate(self.handle.pointer))

    def close(self) -> None:
        """No further use; what was made from it lives on."""
        self._handle = None

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Context(closed)" if self._handle is None else f"Context(threads={self.threads})"

    def __reduce__(self) -> Any:
        raise TypeError("a Context belongs to its process and cannot be pickled; make one there, or "
                        "say worker_threads= to a sweep with an executor")


_default: Optional[Context] = None
_default_lock = threading.Lock()


def _forget_default() -> None:
    """In a fork the default context is made anew; the parent's is left alone."""
    global _default, _default_lock
    _forgotten.append(_default)
    _default = None
    _default_lock = threading.Lock()


_forgotten: list[Optional[Context]] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_default)


def default_context() -> Context:
    """The context of calls that are given none."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Context()
        return _default


def chosen_context(context: Optional[Context]) -> Context:
    """The one that was given, or the default."""
    if context is None:
        return default_context()
    if not isinstance(context, Context):
        fail("VALUE", f"context is {shown(context)}; it must be an rqa.Context or None")
    return context


def devices(context: Optional[Context] = None) -> list[Device]:
    """What can compute here, and what cannot and why.

    Parameters
    ----------
    context : Context, optional
        Threads and limits.

    Returns
    -------
    list of dict
        Backends: backend, available, workers, detail, memory_bytes; detail says what it is, or
        exactly why it is not available.

    Examples
    --------
    >>> [entry["backend"] for entry in rqa.devices() if entry["available"]][:2]
    ['sequential', 'threads']
    """
    return chosen_context(context).devices()


def interruptible(context: Optional[Context], work: float, run: Callable[[Handle], T]) -> T:
    """run(context handle) in such a way that Ctrl-C works.

    Python handles signals on the main thread and between its own instructions only. So a long
    call made there goes to a thread of its own, and the main thread waits in short steps. Long
    work has a context of its own, which can be cancelled without touching other calls.
    """
    chosen = chosen_context(context)
    handle = chosen.handle if work <= _SHORT_WORK else chosen.private()
    return interruptible_on(handle, work, run)


def interruptible_on(handle: Handle, work: float, run: Callable[[Handle], T]) -> T:
    """The same on a given context, which nothing else may be using if the work is long."""
    if work <= _SHORT_WORK or threading.current_thread() is not threading.main_thread():
        return run(handle)
    stop, done = threading.Event(), threading.Event()
    result: list[T] = []
    failure: list[BaseException] = []

    def body() -> None:
        try:
            if not stop.is_set():
                result.append(run(handle))
        except BaseException as error:  # raised again by the caller
            failure.append(error)
        finally:
            done.set()

    # A daemon: a second Ctrl-C must not leave the interpreter waiting for it at exit.
    thread = threading.Thread(target=body, name="rqa", daemon=True)
    try:
        thread.start()
        while not done.wait(_POLL_S):
            pass
    except BaseException:
        stop.set()
        lib.rqa_context_cancel(handle.pointer)
        while thread.is_alive() and not done.wait(_POLL_S):
            lib.rqa_context_cancel(handle.pointer)  # the call may not have begun the first time
        raise
    if failure:
        raise failure[0]
    return result[0]


"""Finds librqa, loads it, binds every function its headers declare, and checks the structs."""
from __future__ import annotations

import ctypes
import ctypes.util
import glob
import importlib
import importlib.util
import os
import subprocess
import sys
import types
from typing import Any, Iterator

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
# The root of librqa's source tree, if the package is used from there.
_TREE = os.path.normpath(os.path.join(_PACKAGE, "..", "..", ".."))
_MAKER = os.path.join(_PACKAGE, "..", "tools", "make_declarations.py")


def _load_declarations() -> types.ModuleType:
    """The generated module; in a source tree it is generated now, so that it is never stale."""
    if importlib.util.find_spec("rqa._declarations"):
        return importlib.import_module("rqa._declarations")
    include = os.path.join(_TREE, "include")
    spec = importlib.util.spec_from_file_location("rqa._make_declarations", _MAKER)
    if not os.path.exists(_MAKER) or spec is None or spec.loader is None:
        raise ImportError(f"rqa: {_PACKAGE} holds no _declarations.py and lies in no source tree; "
                          "install the package again")
    maker = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = maker  # dataclasses look themselves up there
    spec.loader.exec_module(maker)
    module = types.ModuleType("rqa._declarations")
    source = maker.python_source(maker.read_headers(include))
    exec(compile(source, f"<generated from {include}>", "exec"), module.__dict__)
    return module


def _pkg_config_folder() -> str:
    """Where the installed library lies; "" if pkg-config is missing or does not know it."""
    try:
        done = subprocess.run(["pkg-config", "--variable=libdir", "rqa"], capture_output=True,
                              text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _candidates(tried: list[str]) -> Iterator[tuple[str, str]]:
    """(path, where it comes from), best first; notes in `tried` where there is nothing to load."""
    bundled = sorted(glob.glob(os.path.join(_PACKAGE, "librqa.*")))
    for path in bundled:
        yield path, "bundled with the package"
    if not bundled:
        tried.append(f"  {_PACKAGE}: no librqa is bundled with the package")
    if os.path.exists(os.path.join(_TREE, "include", "rqa", "rqa.h")):
        yield os.path.join(_TREE, "build", "lib", "librqa.so"), "built in the source tree"
    soname = f"librqa.so.{declarations.RQA_ABI_VERSION}"
    folder = _pkg_config_folder()
    if folder:
        yield os.path.join(folder, soname), "from pkg-config"
    else:
        tried.append("  pkg-config: not there, or it does not know rqa")
    yield ctypes.util.find_library("rqa") or soname, "from the system"


def _open() -> tuple[ctypes.CDLL, str]:
    """The library and its path. CDLL releases the GIL during every call."""
    forced = os.environ.get("RQA_LIBRARY")
    if forced:
        try:
            return ctypes.CDLL(forced), forced
        except OSError as error:
            raise ImportError(f"rqa: RQA_LIBRARY={forced} cannot be loaded: {error}") from None
    tried: list[str] = []
    for path, origin in _candidates(tried):
        try:
            return ctypes.CDLL(path), path
        except OSError as error:
            tried.append(f"  {path} ({origin}): {error}")
    raise ImportError("rqa: librqa was not found. Tried:\n" + "\n".join(tried) +
                      "\nBuild or install librqa, or set RQA_LIBRARY to the path of librqa.so.")


def _bind(library: ctypes.CDLL, path: str) -> None:
    for name, (result, arguments) in declarations.PROTOTYPES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"rqa: {path} lacks {name}; it is older than this package, which was "
                              f"made for librqa {declarations.RQA_VERSION_STRING}") from None
        function.restype = result
        function.argtypes = arguments


def _check(library: ctypes.CDLL, path: str) -> None:
    """Same ABI, no struct smaller than declared; larger only where struct_size tells them apart."""
    version = library.rqa_version().decode()
    abi = library.rqa_abi_version()
    if abi != declarations.RQA_ABI_VERSION:
        raise ImportError(f"rqa: {path} (librqa {version}) has ABI {abi}; this package needs ABI "
                          f"{declarations.RQA_ABI_VERSION}")
    for name, number in declarations.STRUCT_IDS.items():
        kind = getattr(declarations, name)
        here, there = ctypes.sizeof(kind), library.rqa_struct_size(number)
        may_grow = kind._fields_[0][0] == "struct_size"
        if there < here or (there > here and not may_grow):
            raise ImportError(f"rqa: struct {name} has {there} bytes in {path} (librqa {version}) "
                              f"and {here} in this package, made for librqa "
                              f"{declarations.RQA_VERSION_STRING}; install matching versions")


def new(name: str) -> Any:
    """A zeroed struct with struct_size set, and room for what a newer library adds to it: its
    init functions write as many bytes as they know."""
    kind = getattr(declarations, name)
    size = lib.rqa_struct_size(declarations.STRUCT_IDS[name])
    struct = kind.from_buffer(bytearray(max(size, ctypes.sizeof(kind))))
    struct.struct_size = ctypes.sizeof(kind)
    return struct


def initialized(name: str) -> Any:
    """A struct as its init function fills it."""
    struct = new(name)
    getattr(lib, name + "_init")(ctypes.byref(struct))
    return struct


def pointer(kind: str) -> Any:
    """An empty pointer to an opaque object, to be passed by reference to a create function."""
    return ctypes.POINTER(getattr(declarations, kind))()


declarations: Any = _load_declarations()
_opened, path = _open()
_bind(_opened, path)
_check(_opened, path)
lib: Any = _opened
version: str = lib.rqa_version().decode()

"""What a sweep is asked for with, and the command that it becomes: a list of arguments, no shell."""
from __future__ import annotations

import re
from typing import Any

from ._folder import Folder, Refused, is_odd

# Of the request and of the program alike; what they may be is for the program to say.
TEXTS = ("columns", "group_by", "where", "missing", "missing_policy", "delimiter", "decimal",
         "header", "normalize", "dim", "delay", "threshold", "threshold_unit", "norm", "convention",
         "compare", "theiler", "lmin", "vmin", "wmin", "measures", "backend", "threads", "memory")

_MOST_RECORDINGS = 20000
_MOST_MODES = 20
_MOST_TEXT = 2000


def _text(value: Any, what: str) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = repr(value)
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise Refused(f"{what} must be a text of at most {_MOST_TEXT} characters")
    if is_odd(value):
        raise Refused(f"{what} has control characters")
    return value


def read_request(given: Any, folder: Folder) -> dict[str, Any]:
    """The request with nothing in it but what is known and checked."""
    if not isinstance(given, dict):
        raise Refused("the body must be a JSON object")
    unknown = set(given) - {"name", "recordings", "modes", *TEXTS}
    if unknown:
        raise Refused(f"{', '.join(sorted(map(repr, unknown)))} is unknown; known are name, "
                      f"recordings, modes, {', '.join(TEXTS)}")
    recordings = given.get("recordings")
    if not isinstance(recordings, list) or not 1 <= len(recordings) <= _MOST_RECORDINGS:
        raise Refused("recordings must be a list of names of files and folders, at most "
                      f"{_MOST_RECORDINGS}")
    for name in recordings:
        folder.inside(name)
    found: dict[str, Any] = {"recordings": recordings}
    for name in TEXTS:
        if given.get(name) not in (None, ""):
            found[name] = _text(given[name], name)
    if "threshold" not in found:
        raise Refused("threshold is missing")
    modes = given.get("modes") or []
    if not isinstance(modes, list) or len(modes) > _MOST_MODES:
        raise Refused(f"modes must be a list of at most {_MOST_MODES}")
    found["modes"] = [_mode(mode) for mode in modes]
    name = given.get("name") or ""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}|", name):
        raise Refused("name must be at most 64 letters, digits, '_', '-' and '.'")
    found["name"] = name
    return found


def _mode(mode: Any) -> dict[str, str]:
    if not isinstance(mode, dict) or set(mode) - {"name", "columns", "norm"} or not (
            {"name", "columns"} <= set(mode)):
        raise Refused("a mode must be an object of name, columns, norm")
    return {key: _text(value, f"{key} of a mode") for key, value in mode.items()}


def arguments(request: dict[str, Any]) -> list[str]:
    """Of `rqa sweep`, without what says where results go."""
    found = ["./" + name for name in request["recordings"]]
    for mode in request["modes"]:
        parts = [mode["name"], mode["columns"], mode.get("norm", "euclidean")]
        found.append("--mode=" + ":".join(parts))
    for name in TEXTS:
        if name in request:
            found.append(f"--{name.replace('_', '-')}={request[name]}")
    return found

"""The program rqa: where it is, and how it is asked."""
from __future__ import annotations

import asyncio
import json
import os
import shutil
from typing import Any

from ._folder import Refused

# A grid over ten thousand recordings is read in some seconds.
_PATIENCE_S = 300


def find_program() -> str:
    """RQA_PROGRAM, the one this package carries, that of the tree it is used from, or the one in
    PATH."""
    given = os.environ.get("RQA_PROGRAM")
    here = os.path.dirname(os.path.abspath(__file__))
    tree = os.path.normpath(os.path.join(here, "..", "..", ".."))
    for path in ([given] if given else [
            os.path.join(os.path.dirname(here), "rqa", "bin", "rqa"),
            os.path.join(tree, "build", "examples", "rqa", "rqa"), shutil.which("rqa") or ""]):
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return os.path.abspath(path)
    raise SystemExit("rqa-live: the program rqa was not found: it is not in PATH; build or install "
                     "librqa, or set RQA_PROGRAM to its path")


async def ask(program: str, arguments: list[str], folder: str) -> tuple[int, bytes, str]:
    """(exit status, output, last line of errors) of a short command."""
    child = await asyncio.create_subprocess_exec(
        program, *arguments, cwd=folder, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        out, errors = await asyncio.wait_for(child.communicate(), _PATIENCE_S)
    except (asyncio.TimeoutError, asyncio.CancelledError):
        child.kill()
        await child.wait()
        raise
    lines = errors.decode(errors="replace").strip().splitlines()
    return child.returncode or 0, out, lines[-1] if lines else ""


async def ask_json(program: str, arguments: list[str], folder: str) -> Any:
    """The JSON a command prints; what the program refuses is refused with its own words."""
    code, out, error = await ask(program, arguments, folder)
    if code:
        raise Refused(error.removeprefix("rqa: ") or f"rqa ended with status {code}",
                      400 if code == 2 else 500)
    return json.loads(out)

"""rqa_live: a page on this machine that starts, shows, cancels and lists sweeps of `rqa`.

Each sweep is a process of its own, so that the page, this server and the browser may go away and the
work goes on. Nothing here computes; the numbers are those of the program.
"""
from ._main import main

__all__ = ["main"]

"""study_package.py - which rqa the study uses: an installed one, else the source beside this file.

A program finds the modules of its own folder first, and the source beside this file has no library
of its own; an installed package brings one along.
"""
import os
import sys


def _prefer_installed() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    path = sys.path[:]
    sys.path[:] = [folder for folder in path if os.path.abspath(folder or ".") != here]
    try:
        import rqa  # noqa: F401
    except ImportError:
        pass  # not installed, or without a library: the source says what is missing
    finally:
        sys.path[:] = path


_prefer_installed()

"""py_case.py - what the tests of the Python face share.

Each test_py_*.py is run by itself. Exit status 77 says that all of it was skipped.
"""
import os
import subprocess
import sys
import unittest

try:
    import numpy as np
except ImportError:
    print("skipped: the Python face needs NumPy")
    sys.exit(77)

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PACKAGE = os.path.join(ROOT, "examples", "python")
sys.path.insert(0, PACKAGE)

#: PyRQA 8.0.0, README, "Classic RQA": radius 0.65, Euclidean, dim 2, delay 2.
PYRQA_SERIES = [.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3]


def noise(n, seed=1, channels=None):
    """Normal noise, n samples or n x channels."""
    return np.random.default_rng(seed).normal(size=n if channels is None else (n, channels))


def exact(result):
    """The measures to the last bit, so that equal means equal and NaN is NaN."""
    return {name: float(value).hex() for name, value in result.items()}


def python(source, *arguments, environment=None, **options):
    """Runs a program in a new interpreter that finds the package."""
    full = {**os.environ, "PYTHONPATH": PACKAGE, **(environment or {})}
    return subprocess.run([sys.executable, "-B", "-c", source, *arguments], env=full,
                          capture_output=True, text=True, **options)


def main():
    """Runs the tests of the calling file."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun and len(result.skipped) == result.testsRun else 0)

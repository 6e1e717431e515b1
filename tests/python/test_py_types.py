"""test_py_types.py - mypy in strict mode finds nothing, and sees what callers get."""
import os
import subprocess
import sys
import tempfile
import unittest

from py_case import PACKAGE, main

CALLER = """
import numpy as np
import rqa

result = rqa.analyze(np.zeros(5), threshold=0.1)
a: float = result["det"]
b: str = result.reason("det")
c: int = result.counts["points"]
try:
    rqa.matrix([1.0], threshold="x")  # wrong
except rqa.TooShortError as error:
    d: int = error.status
"""


@unittest.skipIf(subprocess.run([sys.executable, "-m", "mypy", "--version"], check=False,
                                capture_output=True).returncode, "no mypy")
class Types(unittest.TestCase):
    def mypy(self, *arguments):
        with tempfile.TemporaryDirectory() as cache:
            done = subprocess.run(
                [sys.executable, "-m", "mypy", "--cache-dir", cache, *arguments], cwd=PACKAGE,
                env={**os.environ, "MYPYPATH": PACKAGE}, capture_output=True, text=True,
                check=False)
        return done.stdout + done.stderr

    def test_package(self):
        self.assertIn("Success: no issues found", self.mypy())

    def test_generator(self):
        self.assertIn("Success", self.mypy("--strict", "tools/make_declarations.py"))

    def test_caller(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "caller.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(CALLER)
            text = self.mypy("--config-file", "pyproject.toml", "--strict", path)
        self.assertIn("caller.py:10: error: Argument \"threshold\"", text)
        self.assertIn("Found 1 error", text)


if __name__ == "__main__":
    main()

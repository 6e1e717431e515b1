"""test_py_readme.py - the snippets of examples/python/README.md and of the package's own text."""
import doctest
import os
import re
import sys
import tempfile
import unittest

from py_case import PACKAGE, main
import rqa

try:
    import matplotlib
    import pandas  # noqa: F401
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)
matplotlib.use("Agg")


class Snippets(unittest.TestCase):
    def test_readme(self):
        with open(os.path.join(PACKAGE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        blocks = re.findall(r"```python\n(>>>.*?)```", text, re.S)
        parsed = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", None, 0)
        self.assertGreater(len(parsed.examples), 20)
        home = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                result = doctest.DocTestRunner().run(parsed)
            finally:
                os.chdir(home)
        self.assertEqual(result.failed, 0)

    def test_package(self):
        result = doctest.testmod(rqa)
        self.assertGreater(result.attempted, 1)
        self.assertEqual(result.failed, 0)


if __name__ == "__main__":
    main()

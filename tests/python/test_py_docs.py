"""test_py_docs.py - the examples in the docstrings run, and every public name has a page of its own:
parameters, what is returned, what is raised, an example."""
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import sys
import tempfile
import unittest
import warnings

from py_case import main, np
import rqa

try:
    import matplotlib
    import pandas  # noqa: F401
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)
matplotlib.use("Agg")

FUNCTIONS = [name for name in rqa.__all__ if inspect.isfunction(getattr(rqa, name))]
CLASSES = [name for name in rqa.__all__ if inspect.isclass(getattr(rqa, name)) and
           not issubclass(getattr(rqa, name), Exception)]


def parts(text):
    """The sections of a docstring, by name."""
    found = re.split(r"\n *([A-Z][a-z]+)\n *-+\n", "\n" + text)
    return {"": found[0], **dict(zip(found[1::2], found[2::2]))}


class Docstrings(unittest.TestCase):
    def test_examples(self):
        """In a folder of their own."""
        home, n = os.getcwd(), 0
        names = [module.name for module in pkgutil.iter_modules(rqa.__path__)]
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("error")
            os.chdir(folder)
            try:
                for name in names:
                    if name == "_declarations":
                        continue
                    module = importlib.import_module("rqa." + name)
                    result = doctest.testmod(module, extraglobs={"np": np, "rqa": rqa})
                    self.assertEqual(result.failed, 0, name)
                    n += result.attempted
            finally:
                os.chdir(home)
        self.assertGreater(n, 60)

    def test_sections(self):
        self.assertGreater(len(FUNCTIONS), 15)
        for name in FUNCTIONS:
            function = getattr(rqa, name)
            found = parts(inspect.getdoc(function))
            with self.subTest(name):
                self.assertIn("Parameters", found)
                self.assertIn("Examples", found)
                if "None" not in str(inspect.signature(function).return_annotation):
                    self.assertIn("Returns", found)
                if name != "devices":
                    self.assertIn("Raises", found)
                rest = "Other parameters are those of" in inspect.getdoc(function)
                for parameter in inspect.signature(function).parameters.values():
                    listed = re.search(rf"^ *[\w*, ]*\b{parameter.name}\b[\w, ]*( :|$)",
                                       found["Parameters"], re.M)
                    self.assertTrue(listed or rest, parameter.name)

    def test_classes(self):
        for name in CLASSES:
            with self.subTest(name):
                found = parts(inspect.getdoc(getattr(rqa, name)))
                self.assertTrue({"Attributes", "Parameters", "Examples"} & set(found))
                for attribute, member in vars(getattr(rqa, name)).items():
                    if not attribute.startswith("_") and callable(member):
                        self.assertTrue(inspect.getdoc(member), attribute)


if __name__ == "__main__":
    main()

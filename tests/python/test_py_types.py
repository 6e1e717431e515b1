"""test_py_types.py - mypy and pyright in strict mode find nothing in the package and in what users
write, and see every wrong name; the literals are the library's lists."""
import ast
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import typing
import unittest

from py_case import PACKAGE, main
import rqa
from rqa import errors, types
from rqa._analysis import make_options
from rqa._names import enum_names

# What a user writes, of every kind.
CALLER = """
import numpy as np
import rqa

x = np.sin(0.1 * np.arange(500))
result = rqa.analyze(x, dim=2, delay=16, threshold=0.2, norm="maximum", measures=["rr", "det"])
a: float = result["det"]
b: str = result.reason("det")
c: int = result.counts["points"]
d: float = result.lam
plot = rqa.matrix(x, threshold=0.1, threshold_unit="recurrence-rate")
e = plot.to_numpy().mean()
test = rqa.test(x, threshold=0.1, method="shuffle", norm="l2", lmin=3)
f: float = test["det"].p
table = rqa.sweep({"a": x}, dim=range(1, 4), threshold=[0.1, 0.2])
nothing: None = rqa.sweep([("a", {"group": 1}, x)], threshold=0.1, store="s", frame=False)
windows = rqa.windowed(x, window=100, threshold=0.1)
windows.plot(x)
pairs = rqa.sweep({"a": (x, x)}, relation="cross", threshold=np.linspace(0.1, 1, 5))
with rqa.open_store("s") as store:
    rows = store.query("SELECT 1")
    frame = store.frame("dim = ?", (3,), columns=["rr"])
for entry in rqa.devices():
    print(entry["backend"], entry["memory_bytes"] + 1)
stream = rqa.Stream(10, threshold=0.1)
stream.push(1.0)
stream.push(x[:5])
try:
    rqa.analyze([1.0], threshold=1)
except rqa.TooShortError as error:
    status: int = error.status
names: tuple[str, ...] = rqa.measures
few = rqa.sampled(x, threshold=0.1, threshold_unit="std", measures=["rr", "microstate_entropy"])
g: float = few.det + few["det"].standard_error
h: float = rqa.det_estimate(x, threshold=0.1, norm="max").det
held = rqa.read("gaze.csv", columns=["x", 2], decimal=",").values.shape[0]
found = rqa.recordings(["a.csv", "b.edf"], columns="x,y", missing="-9")
rates = [one.sampling_rate for one in found]
rqa.sweep(found, threshold=0.1, window=100)
plot = rqa.matrix(x, threshold=4, threshold_unit="adaptive-neighbours", isodirectional=(0.1, 2))
edges = rqa.adjacency(x, x, threshold=0.1).edges.tolist()
rqa.write_png(x, path="plot.png", threshold=0.1)
"""

# Each of its lines but the first has one thing that is wrong.
WRONG = """import rqa
rqa.matrix([1.0], threshold="x")
rqa.analyze([1.0], threshold=1, norm="euclidian")
rqa.analyze([1.0], threshold=1, measures=["dett"])
rqa.analyze([1.0], threshold=1, threshold_unit="percent")
rqa.analyze([1.0], threshold=1, convention="marwan")
rqa.analyze([1.0], treshold=1)
rqa.test([1.0], threshold=1, methd="shuffle")
rqa.test([1.0], threshold=1, lmni=3)
rqa.anlyze([1.0], threshold=1)
rqa.analyze([1.0], threshold=1).dett
rqa.TooLongError
rqa.matrix([1.0], threshold=1).analyze(norm="l2")
rqa.write_png("p.png", [1.0], threshold=1)
rqa.sampled([1.0], threshold=1, norm="euclidian")
rqa.sampled([1.0], threshold=1).l_max
rqa.det_estimate([1.0], threshold=1, compare="less")
rqa.recordings("folder", column="x")
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

    def test_study(self):
        self.assertIn("Success", self.mypy("--strict", "--ignore-missing-imports", "study.py"))

    def files(self, folder):
        """The paths of both."""
        for name, text in (("caller.py", CALLER), ("wrong.py", WRONG)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(folder, "caller.py"), os.path.join(folder, "wrong.py")

    def test_caller(self):
        with tempfile.TemporaryDirectory() as folder:
            right, wrong = self.files(folder)
            said = self.mypy("--config-file", "pyproject.toml", "--strict", right)
            self.assertIn("Success", said)
            said = self.mypy("--config-file", "pyproject.toml", "--strict", wrong)
        lines = {int(n) for n in re.findall(r"wrong.py:(\d+): error", said)}
        self.assertEqual(lines, set(range(2, len(WRONG.splitlines()) + 1)), said)

    def test_pyright(self):
        """In strict mode, where there is a pyright."""
        program = shutil.which("pyright", path=os.pathsep.join(
            [os.path.dirname(sys.executable), os.path.dirname(os.environ.get("RQA_PEERS_PYTHON", "")),
             os.environ.get("PATH", "")]))
        if not program:
            self.skipTest("no pyright")
        with tempfile.TemporaryDirectory() as folder:
            paths = self.files(folder)
            with open(os.path.join(folder, "pyrightconfig.json"), "w", encoding="utf-8") as file:
                json.dump({"include": [os.path.basename(path) for path in paths],
                           "extraPaths": [PACKAGE], "typeCheckingMode": "strict"}, file)
            done = subprocess.run([program, "--outputjson", "--pythonpath", sys.executable, "-p",
                                   folder], capture_output=True, text=True, check=False)
        found = [(os.path.basename(one["file"]), one["range"]["start"]["line"] + 1, one["message"])
                 for one in json.loads(done.stdout)["generalDiagnostics"]
                 # Of NumPy's own types, which older releases leave open.
                 if not re.match(r'Type of "(arange|linspace|sin)" is partially', one["message"])]
        self.assertEqual({file for file, _, _ in found}, {"wrong.py"}, found)
        self.assertEqual({line for _, line, _ in found},
                         set(range(2, len(WRONG.splitlines()) + 1)), found)


class Names(unittest.TestCase):
    """The literals are the library's own lists."""

    def same(self, literal, names):
        self.assertEqual(set(typing.get_args(literal)), set(names))

    def test_literals(self):
        def of(enum):
            return set(enum_names("rqa_" + enum))
        def dashed(names):
            return set(names) | {name.replace("_", "-") for name in names}
        self.same(types.Measure, rqa.measures)
        self.same(types.Convention, of("convention"))
        self.same(types.ThresholdUnit, dashed(of("threshold_unit")))
        self.same(types.Border, {name.replace("_", "-") for name in of("border")})
        for literal, enum in ((types.Compare, "compare"), (types.Relation, "relation"),
                              (types.Ties, "ties"), (types.WhiteBorder, "white_border"),
                              (types.Backend, "backend"), (types.Normalize, "normalization"),
                              (types.Missing, "missing"), (types.K2Estimator, "k2_estimator"),
                              (types.SurrogateMethod, "surrogate_method"),
                              (types.BootstrapLines, "bootstrap_lines"),
                              (types.MiEstimator, "mi_estimator"),
                              (types.Scope, "windows_scope")):
            with self.subTest(enum):
                self.same(literal, of(enum))

    def test_norms_have_synonyms(self):
        for name in typing.get_args(types.Norm):
            rqa.analyze([1.0, 2.0], threshold=1, norm=name)
        self.assertLess(set(enum_names("rqa_norm")), set(typing.get_args(types.Norm)))

    def test_measures_of_a_result(self):
        source = inspect.getsource(rqa.Result)
        self.assertEqual(set(re.findall(r"^        (\w+): float$", source, re.M)),
                         set(rqa.measures))

    def test_options_as_keywords(self):
        """What is handed on to make_options() by ** is among its keywords, and what counts lines
        is all of them that do."""
        known = set(make_options.__kwdefaults__)
        self.assertLess(set(types.Recurring.__annotations__), known)
        self.assertLess(set(types.Measuring.__annotations__), known)
        of_cells = {"threshold", "threshold_y", "threshold_lower", "ties", "norm", "compare",
                    "relation", "threshold_unit", "backend", "skeleton", "isodirectional",
                    "perpendicular"}
        self.assertEqual(set(types.Measuring.__annotations__), known - of_cells)

    def test_overloads(self):
        """What type checkers are told of sweep() is what it takes."""
        with open(os.path.join(os.path.dirname(rqa.__file__), "_sweep.py"), encoding="utf-8") as file:
            found = [node.args for node in ast.parse(file.read()).body
                     if isinstance(node, ast.FunctionDef) and node.name == "sweep"]
        names = [[argument.arg for argument in args.kwonlyargs] for args in found]
        self.assertEqual(names, [names[-1]] * 3)

    def test_exceptions(self):
        """Those that type checkers are told of."""
        with open(errors.__file__, encoding="utf-8") as file:
            told = dict(re.findall(r"^    class (\w+)\(Error, (\w+)\): \.\.\.$", file.read(), re.M))
        self.assertEqual(told, {name: getattr(errors, name).__bases__[1].__name__
                                for name in errors.__all__ if name != "Error"})
        with open(rqa.__file__, encoding="utf-8") as file:
            imported = set(re.findall(r"\b(\w+)\s+as\s+\1\b", file.read()))
        self.assertEqual(imported - {"Device"}, set(told))

    def test_no_any(self):
        """No signature of the public face says Any."""
        n = 0
        for name in rqa.__all__:
            one = getattr(rqa, name)
            members = [one] if inspect.isfunction(one) else [
                member.fget if isinstance(member, property) else
                getattr(member, "__func__", member)
                for key, member in vars(one).items()
                if key == "__init__" and name in ("Context", "Store", "Stream") or
                not key.startswith("_")] if inspect.isclass(one) else []
            for member in filter(inspect.isfunction, members):
                for where, said in member.__annotations__.items():
                    n += 1
                    self.assertNotRegex(said, r"\bAny\b", f"{name} {member.__name__} {where}")
        self.assertGreater(n, 300)


if __name__ == "__main__":
    main()

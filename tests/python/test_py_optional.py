"""test_py_optional.py - without pandas, tqdm and matplotlib the rest works, and says what it
lacks; the imports are blocked where they are installed."""
import pathlib
import subprocess
import sys
import unittest

from py_case import main, python

BLOCK = """
import sys
for name in ("pandas", "tqdm", "matplotlib"):
    sys.modules[name] = None
import numpy as np, rqa
x = [("s", {"g": "a", "k": 2}, np.sin(np.arange(200.0))), ("t", {"g": "b", "k": 3}, [1, 2, "?"])]
"""


class Optional(unittest.TestCase):
    def run_blocked(self, source):
        done = python(BLOCK + source, timeout=600)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)
        return done.stdout

    def test_dict_of_columns(self):
        self.assertEqual(self.run_blocked("""
t = rqa.sweep(x, dim=[1, 2], threshold=.1, measures=["rr"])
assert isinstance(t, dict), type(t)
print({name: column.tolist() for name, column in t.items() if name not in ("rr", "status")})
print(t["rr"][0] == rqa.analyze(x[0][2], threshold=.1).rr, t["status"][0], "|", t["status"][3][:12])
"""), "{'series': ['s', 's', 't', 't'], 'g': ['a', 'a', 'b', 'b'], 'k': [2, 2, 3, 3], "
            "'mode': ['euclidean', 'euclidean', 'euclidean', 'euclidean'], 'dim': [1, 2, 1, 2], "
            "'delay': [1, 1, 1, 1], 'threshold': [0.1, 0.1, 0.1, 0.1], 'lmin': [2, 2, 2, 2], "
            "'vmin': [2, 2, 2, 2]}\nTrue ok | t has the ty\n")

    def test_messages(self):
        out = self.run_blocked("""
for call in (lambda: rqa.sweep(x, threshold=.1, progress=True),
             lambda: rqa.matrix(x[0][2], threshold=.1).plot()):
    try:
        call()
    except ImportError as error:
        print(error)
""")
        self.assertRegex(out, "progress=True needs tqdm.*\nMatrix.plot needs matplotlib")

    def test_study(self):
        study = pathlib.Path(__file__).resolve().parents[2] / "examples/python/study.py"
        # -S -I: no installed package is found, and no folder of the user's
        done = subprocess.run([sys.executable, "-S", "-I", str(study), "--help"], text=True,
                              capture_output=True, timeout=600, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^study.py needs numpy, .*scipy.*: pip install numpy .*\n$")


if __name__ == "__main__":
    main()

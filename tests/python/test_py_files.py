"""test_py_files.py - rqa.read and rqa.recordings give what the program reads."""
import gzip
import math
import os
import subprocess
import tempfile
import unittest
import wave

import py_case
from py_case import np, noise

import rqa

PROGRAM = os.environ.get("RQA_TEST_PROGRAM")

try:
    import pandas
except ImportError:
    pandas = None


@unittest.skipUnless(PROGRAM and os.environ.get("RQA_READERS"), "the program was not built")
class Files(unittest.TestCase):
    def setUp(self):
        self.home = os.getcwd()
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)

    def tearDown(self):
        os.chdir(self.home)
        self.folder.cleanup()

    def write(self, name, content):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def test_read(self):
        x = noise(50, channels=2)
        np.savetxt("x.csv", x, fmt="%.17g", delimiter=",", header="a,b", comments="")
        table = rqa.read("x.csv")
        np.testing.assert_array_equal(table.values, x)
        self.assertEqual((table.columns, table.sampling_rate, table.parts, table.keys),
                         (["a", "b"], None, None, []))
        for columns in ("b", ["b"], [2], "2"):
            np.testing.assert_array_equal(rqa.read("x.csv", columns=columns).values, x[:, 1:])
        np.savez("x.npz", m=x, other=x[:, 0], fs=1.0)
        np.testing.assert_array_equal(rqa.read("x.npz", variable="m").values, x)
        self.assertEqual(rqa.read("x.npz", columns="other").columns, ["other"])
        self.write("x.csv.gz", gzip.compress(open("x.csv", "rb").read()))
        np.testing.assert_array_equal(rqa.read("x.csv.gz").values, x)

    def test_the_sampling_rate_of_a_file(self):
        whole = np.round(noise(40, channels=2) * 1000).astype("<i2")
        try:
            with wave.open("x.wav", "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(250)
                file.writeframes(whole.tobytes())
            table = rqa.read("x.wav")
        except rqa.Error as error:  # built without
            self.assertIn("built without libsndfile", str(error))
            return
        np.testing.assert_array_equal(table.values, whole / 32768)
        self.assertEqual(table.sampling_rate, 250)

    def test_physical_values_of_edf(self):
        digital = [-2048, 0, 1, 2047]
        fields = [("0", 8), ("", 80), ("", 80), ("", 8), ("", 8), (512, 8), ("", 44), (2, 8), (0.5, 8), (1, 4),
                  ("EEG", 16), ("", 80), ("uV", 8), (-10, 8), (30.5, 8), (-2048, 8), (2047, 8), ("", 80),
                  (2, 8), ("", 32)]
        head = "".join(str(value).ljust(width) for value, width in fields)
        self.write("x.edf", head.encode() + np.array(digital, "<i2").tobytes())
        table = rqa.read("x.edf")
        wanted = [(float(d) + 2048) * (30.5 + 10) / (2047 + 2048) - 10 for d in digital]
        self.assertEqual(table.values[:, 0].tolist(), wanted)
        self.assertEqual((table.columns, table.sampling_rate), (["EEG"], 4))

    def test_options(self):
        self.write("x.txt", "! a remark\nx;y\n1,5;a\n-9;b\n2;a\n")
        table = rqa.read("x.txt", skip_lines=1, where="y=a", columns="x", decimal=",", delimiter=";",
                         header=True)
        self.assertEqual(table.values.tolist(), [[1.5], [2]])
        self.assertTrue(math.isnan(rqa.read("x.txt", comment="!", columns="x", missing="-9").values[1, 0]))
        self.write("comma.csv", '"a, b",c\n1,2\n3,4\n')
        self.assertEqual(rqa.read("comma.csv", columns=["a, b"]).values.tolist(), [[1], [3]])

    def test_what_cannot_be_read(self):
        self.write("x.csv", "t,x\n0,1\n1,2\n2,5\n")
        for name, options, what in (("none.csv", {}, "none.csv: cannot be opened"),
                                    ("x.csv", {}, "looks like a clock"),
                                    ("x.csv", {"columns": "q"}, "x.csv: there is no column 'q'"),
                                    ("x.csv", {"columns": "x", "delimiter": ":"}, "delimiter is a comma"),
                                    ("x.csv", {"columns": [1.5]}, "columns holds 1.5"),
                                    ("x.csv", {"columns": "x", "delimiter": "::"}, "delimiter is '::'"),
                                    ("x.csv", {"columns": "x", "skip_lines": -1}, "skip_lines is -1"),
                                    (3, {}, "path is 3")):
            with self.assertRaises(rqa.Error) as caught:
                rqa.read(name, **options)
            self.assertIn(what, str(caught.exception))

    def program_says(self, *arguments):
        """(series, rr) of the program's sweep."""
        out = subprocess.run([PROGRAM, "sweep", *arguments, "--threshold", "1", "--measures", "rr", "--out",
                              "-"], check=True, capture_output=True, text=True).stdout.splitlines()[1:]
        return [line.split(",") for line in out]

    def test_folders_are_what_the_program_makes_of_them(self):
        for k, name in enumerate(("g1/a.csv", "g1/a.tsv", "g2/b.txt", "c.npy")):
            if name.endswith(".npy"):
                os.makedirs("in", exist_ok=True)
                np.save("in/" + name, noise(30, k))
            else:
                self.write("in/" + name, "x\n" + "".join(f"{v:.17g}\n" for v in noise(30, k)))
        self.write("in/readme.md", "no recording")
        self.write("in/.hidden.csv", "x\n1\n")
        found = rqa.recordings("in")
        said = self.program_says("in")
        self.assertEqual([(r[0], r[1]["group"]) for r in found], [(row[0], row[1]) for row in said])
        table = rqa.sweep(found, threshold=1, measures=["rr"])
        for row, k in zip(said, range(len(said))):
            self.assertEqual(float(row[-2]), float(np.ravel(table["rr"])[k]), row)
        with self.assertRaisesRegex(rqa.Error, "given is 3; allowed are a path"):
            rqa.recordings(3)
        self.write("empty/readme.md", "nothing")
        with self.assertRaises(rqa.Error):
            rqa.recordings("empty")

    def test_parts_of_a_table(self):
        rows = "".join(f"{who},{day},{v:.17g}\n" for v, who, day in
                       zip(noise(60), "abc" * 20, "112233" * 10))
        self.write("long.csv", "who,day,x\n" + rows)
        found = rqa.recordings("long.csv", by=["who", "day"], columns="x")
        said = self.program_says("long.csv", "--group-by", "who,day", "--columns", "x")
        self.assertEqual([r[0] for r in found], [row[0] for row in said])
        self.assertEqual(found[0][1], {"who": "a", "day": "1"})
        for recording, row in zip(found, said):
            self.assertEqual(rqa.analyze(recording[2], threshold=1).rr, float(row[-2]))
        if pandas:
            frame = pandas.read_csv("long.csv", float_precision="round_trip")
            same = rqa.recordings(frame, by=["who", "day"])
            self.assertEqual([r[0] for r in same], [r[0] for r in found])
            for one, other in zip(same, found):
                np.testing.assert_array_equal(one[2], other[2])
            with self.assertRaises(rqa.Error):
                rqa.recordings(frame)


if __name__ == "__main__":
    py_case.main()

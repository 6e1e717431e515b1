#!/usr/bin/env python3
"""test_cli_suggest.py - rqa suggest from outside: its JSON against the tables of tests/data/oracles,
its text, its picture, several recordings, bad input.

Usage: test_cli_suggest.py PATH_TO_RQA
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

RQA = os.path.abspath(sys.argv.pop(1))
ORACLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "oracles")
FNN = {"points": "n", "false_by_ratio": "criterion1", "false_by_size": "criterion2",
       "false_by_either": "either", "fraction": "fraction"}
CAO = {"e1": "e1", "e2": "e2"}


def run(*arguments, stdin="", code=0):
    """stdout and stderr; a failure must be one line."""
    done = subprocess.run([RQA, "suggest", *arguments], input=stdin, capture_output=True, text=True,
                          timeout=600, check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    if code:
        assert re.fullmatch(r"rqa: [^\n]+\n", done.stderr), (arguments, done.stderr)
        assert not done.stdout
    return done.stdout, done.stderr


def suggest(*arguments, stdin=""):
    return json.loads(run(*arguments, "--format", "json", stdin=stdin)[0])


def samples(name):
    """"henon[:600]", "lorenz:0[:500]" as text, one sample a line."""
    stem, channel, cut = re.fullmatch(r"(\w+)(?::(\d+))?(?:\[:(\d+)\])?", name).groups()
    with open(os.path.join(ORACLES, "series", stem + ".txt"), encoding="ascii") as file:
        lines = file.read().split("\n")[:-1]
    return "".join(line.split()[int(channel or 0)] + "\n" for line in lines[:int(cut or len(lines))])


def rows(table):
    with open(os.path.join(ORACLES, table), encoding="ascii") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


class Oracles(unittest.TestCase):
    def close(self, got, wanted, tolerance, row):
        kind, _, bound = tolerance.partition(":")
        allowed = float(bound or 0) * (abs(wanted) if kind == "rel" else 1)
        self.assertLessEqual(abs(got - wanted), allowed, row)

    def check(self, row, found):
        _, parameters, quantity, value, tolerance = row
        lag = re.search(r"\blag=(\d+)", parameters)
        if quantity in FNN or quantity in CAO:
            table, names = ("fnn", FNN) if quantity in FNN else ("cao", CAO)
            wanted = [float(v) for v in value.split()]
            self.assertEqual(len(found[table]), len(wanted), row)
            for m, (entry, number) in enumerate(zip(found[table], wanted)):
                self.assertEqual(entry["dim"], m + 1)
                self.close(entry[names[quantity]], number, tolerance, row)
        elif quantity in ("acf", "mi_nats"):
            self.close(found["acf" if quantity == "acf" else "ami"][int(lag[1])], float(value),
                       tolerance, row)
        elif quantity in ("first_zero", "first_1_over_e") or "bins" in parameters:
            self.assertEqual(found[quantity], int(value), row)

    def test_tables(self):
        answers, n = {}, 0
        for table in ("04_acf.tsv", "04_ami.tsv", "04_fnn.tsv", "04_cao.tsv"):
            for row in rows(table):
                parameters = dict(p.split("=") for p in row[1].split())
                dims = parameters.get("dims", "1..1").split("..")[1]
                options = ["--max-dim", dims, "--delay", parameters.get("delay", "1"),
                           "--theiler", parameters.get("theiler", "1"),
                           "--bins", parameters.get("bins", "16"), "--max-lag",
                           "5" if "ksg1" in row[1] else "60" if "bins" in row[1] else "120"]
                if "ksg1" in row[1]:
                    if parameters["k"] != "3":
                        continue  # the program has no other k
                    options += ["--estimator", "ksg"]
                key = (row[0], *options)
                if key not in answers:
                    answers[key] = suggest("-", *options, stdin=samples(row[0]))
                self.check(row, answers[key])
                n += 1
        self.assertEqual(n, 93)


class Faces(unittest.TestCase):
    def test_json(self):
        found = suggest("-", stdin=samples("roessler"))
        self.assertEqual((found["delay"], found["dim"], found["first_minimum"]), (12, 3, 12))
        self.assertEqual((found["first_zero"], found["first_1_over_e"]), (15, 11))
        self.assertEqual(set(found["threshold"]), {"rate05", "diameter10", "sd02"})
        self.assertLessEqual({"delay", "dim", "rate05", "diameter10", "sd02"}, set(found["rules"]))
        self.assertEqual(len(found["acf"]), 201)  # a quarter
        self.assertEqual((len(found["fnn"]), len(found["cao"])), (10, 9))
        self.assertEqual((found["bins"], found["warnings"]), (16, []))
        analysis = subprocess.run(
            [RQA, "analyze", "-", "--dim", "3", "--delay", "12", "--threshold",
             repr(found["threshold"]["rate05"]), "--measures", "rr", "--format", "json"],
            input=samples("roessler"), capture_output=True, text=True, check=True)
        self.assertGreaterEqual(json.loads(analysis.stdout)["measures"]["rr"], 0.05)

    def test_text(self):
        text = run("-", stdin=samples("roessler"))[0]
        for words in ("800 samples", r"delay +12  first minimum of the mutual information",
                      r"dim +3  first dim", r"rate05 +2\.2", r"\n +3 +1 +0 +1 +764"):
            self.assertRegex(text, words)

    def test_nothing_found(self):
        found = suggest("-", stdin="3\n" * 100)
        self.assertEqual((found["acf"][0], found["first_zero"], found["ami"][1]), (None, None, 0))
        self.assertTrue(any("constant" in text for text in found["warnings"]))
        noise = suggest("-", stdin=samples("noise"))
        self.assertTrue(any("random" in text for text in noise["warnings"]))

    def test_several_recordings(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("roessler", "henon", "ar1"):
                with open(os.path.join(folder, name + ".csv"), "w", encoding="ascii") as file:
                    file.write(samples(name))
            with open(os.path.join(folder, "short.csv"), "w", encoding="ascii") as file:
                file.write("1\n2\n")
            found = suggest(folder)
            labels = [r["series"] for r in found["recordings"]]
            self.assertEqual(labels, ["ar1", "henon", "roessler", "short"])
            self.assertIn("2 samples", found["recordings"][3]["error"])
            delays = sorted(r["delay"] for r in found["recordings"][:3])
            common = found["common"]["delay"]
            self.assertEqual((common["min"], common["median"], common["max"], common["n"]),
                             (*delays, 3))
            text = run(folder)[0]
            self.assertRegex(text, r"12 +3 .* roessler\n")
            self.assertIn("median of all", text)

    def test_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "curves.svg")
            run("-", "--plot", path, stdin=samples("roessler"))
            with open(path, encoding="utf-8") as file:
                text = file.read()
            xml.fromstring(text)
            for words in ("Autocorrelation", "Average mutual information", "first minimum 12",
                          "first zero 15", "False nearest neighbours", "Cao", "dim 3", "E2"):
                self.assertIn(words, text)
            self.assertIn("exists", run("-", "--plot", path, stdin=samples("ties"), code=2)[1])
            run("-", "--plot", path, "--force", stdin=samples("roessler"))
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), text)
            recording = os.path.join(folder, "long.txt")
            with open(recording, "w", encoding="utf-8") as file:
                file.write(samples("roessler"))
            run(recording, "--plot", path, "--force")
            with open(path, encoding="utf-8") as file:
                self.assertIn(">long.txt: delay 12", file.read())

    def test_columns(self):
        table = "t,x,y\n" + "".join(f"{t / 10},{math.sin(t)},{math.cos(t / 3)}\n"
                                    for t in range(300))
        both = suggest("-", "--columns", "x,y", stdin=table)
        each = [suggest("-", "--columns", c, stdin=table) for c in "xy"]
        self.assertAlmostEqual(both["acf"][3], (each[0]["acf"][3] + each[1]["acf"][3]) / 2)


class Refused(unittest.TestCase):
    def test_one_clear_line(self):
        x = samples("ties")
        for arguments, stdin, words in (
                ((), "", "input|samples|empty"), ((), "1\n2\n", "2 samples"),
                (("--max-lag", "239"), x, "max-lag is 239"), (("--max-lag", "0"), x, "--max-lag"),
                (("--max-dim", "101"), x, "--max-dim"), (("--bins", "1"), x, "--bins"),
                (("--estimator", "kde"), x, "--estimator"),
                (("--estimator", "ksg"), x, "without ties"),
                ((), "1\nnan\n3\n4\n5\n", "missing value"),
                (("--missing-policy", "skip"), "1\nnan\n3\n4\n5\n", "1 of 5 samples are missing"),
                (("--delay", "500"), x, "delay is 500"), (("--dim", "3"), x, "--dim"),
                (("--plot", "-"), x, "--plot")):
            self.assertRegex(run("-", *arguments, stdin=stdin, code=2)[1], words)
        self.assertIn("file", run(code=2)[1])


if __name__ == "__main__":
    unittest.main()

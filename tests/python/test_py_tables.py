"""test_py_tables.py - results as the tables of pandas, polars and xarray, a line each, where these are
installed; and what a notebook shows of them."""
import base64
import html.parser
import importlib.util
import os
import re
import subprocess
import sys
import unittest

from py_case import main, noise, np
import rqa

GRID = {"dim": [1, 2], "delay": [1, 3], "threshold": [0.5, 1.0], "measures": ["rr", "det"]}
SERIES = [("a", {"group": "x"}, noise(80, 1)), ("b", {"group": "y"}, noise(60, 2))]


def library(name, of_peers=False):
    """A library, from the environment of the peers too if it needs no other; or why the test is
    skipped."""
    peers = os.environ.get("RQA_PEERS_PYTHON", "none")
    path = list(sys.path)
    if of_peers and importlib.util.find_spec(name) is None and peers != "none":
        done = subprocess.run([peers, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                              capture_output=True, text=True, check=True)
        sys.path.append(done.stdout.strip())
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise unittest.SkipTest(str(error)) from None
    finally:
        sys.path[:] = path


class Tables(unittest.TestCase):
    def test_pandas(self):
        pandas = library("pandas")
        result = rqa.analyze(noise(80), threshold=0.5)
        #! [pandas]
        row = pandas.Series(result)
        #! [pandas]
        self.assertEqual(list(row.index), list(result))
        self.assertEqual(row["det"], result.det)
        table = rqa.sweep(SERIES, **GRID)
        self.assertIsInstance(table, pandas.DataFrame)
        mean = table.groupby(["group", "dim"], observed=True)["rr"].mean()
        self.assertEqual(mean.shape, (4,))
        lags = rqa.profile(noise(80), threshold=0.5).to_frame()
        self.assertEqual(lags.index.name, "lag")

    def test_polars(self):
        polars = library("polars", of_peers=True)
        table = rqa.sweep(SERIES, **GRID)
        #! [polars]
        frame = polars.DataFrame({name: np.asarray(column) for name, column in table.items()})
        #! [polars]
        self.assertEqual(frame.shape, (16, 11))
        self.assertEqual(frame["rr"].to_list(), list(table["rr"]))
        self.assertEqual(polars.DataFrame([dict(rqa.analyze(noise(80), threshold=0.5))]).height, 1)
        # And back: a column of it is a recording.
        x = noise(80)
        self.assertEqual(rqa.analyze(polars.Series(x), threshold=0.5).rr,
                         rqa.analyze(x, threshold=0.5).rr)

    def test_xarray(self):
        xarray = library("xarray")
        library("pandas")
        table = rqa.sweep(SERIES, **GRID)
        #! [xarray]
        cube = table.set_index(["series", "dim", "delay", "threshold"])[["rr", "det"]].to_xarray()
        #! [xarray]
        self.assertEqual(dict(cube.sizes), {"series": 2, "dim": 2, "delay": 2, "threshold": 2})
        self.assertEqual(float(cube["rr"].sel(series="b", dim=2, delay=3, threshold=1.0)),
                         rqa.analyze(SERIES[1][2], 2, 3, threshold=1.0).rr)
        x = xarray.DataArray(noise(80), dims="time")
        self.assertEqual(rqa.analyze(x, threshold=0.5).rr, rqa.analyze(noise(80), threshold=0.5).rr)


class Balanced(html.parser.HTMLParser):
    """Fails where tags do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.data, self.images = [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        if tag != "img":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.images.append(dict(attrs)["src"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.data.append(data)


class Notebooks(unittest.TestCase):
    def shown(self, one):
        return Balanced(one._repr_html_())

    def test_tables(self):
        x = noise(120)
        result = rqa.analyze(x, threshold=0.0, measures=["rr", "det"])
        self.assertIn("det", self.shown(result).data)
        self.assertIn("-", self.shown(result).data)  # undefined
        self.assertIn(result.reason("det"), " ".join(self.shown(result).data))
        for one, word in ((rqa.network(x, threshold=0.5), "transitivity"),
                          (rqa.correlation_sum(x, thresholds=[0.5, 1]), "threshold"),
                          (rqa.profile(x, threshold=0.5), "lag of the largest rr"),
                          (rqa.test(x, threshold=0.5, count=19, measures=["rr"]), "rr"),
                          (rqa.suggest(x, max_dim=3), "delay")):
            with self.subTest(type(one).__name__):
                self.assertIn(word, self.shown(one).data)

    def test_matrix(self):
        matrix = rqa.matrix(noise(900), threshold=0.5)
        shown = self.shown(matrix)
        kind, data = shown.images[0].split(",")
        self.assertEqual(kind, "data:image/png;base64")
        picture = base64.b64decode(data)
        self.assertTrue(picture.startswith(b"\x89PNG"))
        width = int.from_bytes(picture[16:20], "big")
        self.assertTrue(200 < width < 600, width)
        self.assertIn("900 x 900", " ".join(shown.data))
        matrix.close()
        self.assertIn("closed", " ".join(self.shown(matrix).data))

    def test_nothing_is_markup(self):
        """Texts are escaped, whatever they say."""
        from rqa._html import table
        shown = table("<b>", ["<i>"], [["<script>", 1.0, None]])
        self.assertFalse(re.search("<(b|i|script)>", shown), shown)


if __name__ == "__main__":
    main()

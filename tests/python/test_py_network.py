"""test_py_network.py - rqa.network and the measures that must be named, from Python: against plain
NumPy, against networkx where it is installed, in frames and stores.
"""
import os
import tempfile
import unittest

from py_case import main, noise, np
import rqa

try:
    import networkx
except ImportError:
    networkx = None

NETWORK = ("transitivity", "clustering", "assortativity", "components", "path_mean", "diameter",
           "efficiency")
NAMED = [name for name in rqa.measures if name not in rqa.default_measures]


def adjacency(x, threshold, theiler=1):
    """The plot of a scalar recording without its band."""
    i = np.arange(len(x))
    return (np.abs(x[:, None] - x) <= threshold) & (np.abs(i[:, None] - i) >= theiler)


class Network(unittest.TestCase):
    def test_degrees_and_clustering(self):
        x = noise(400)
        network = rqa.network(x, threshold=.3, theiler=4)
        a = adjacency(x, .3, 4).astype(float)
        k = a.sum(axis=0)
        np.testing.assert_array_equal(network.degrees, k)
        with np.errstate(invalid="ignore", divide="ignore"):
            local = np.where(k > 1, np.diag(a @ a @ a) / (k * (k - 1)), np.nan)
        np.testing.assert_allclose(network.clustering, local, rtol=1e-14)
        self.assertAlmostEqual(network["clustering"], np.nansum(local) / 400, 13)
        self.assertEqual(set(network), set(NETWORK[:4]))
        self.assertIn("400 vectors", repr(network))

    def test_only_what_is_asked_for(self):
        network = rqa.network(noise(300), threshold=.5, measures=["diameter"])
        self.assertEqual(list(network), ["diameter"])
        self.assertIsNone(network.clustering)
        self.assertEqual(network.errors["diameter"], 0)

    def test_joint(self):
        x, y = noise(200, 1), noise(200, 2)
        network = rqa.network(x, y=y, threshold=.8)
        np.testing.assert_array_equal(network.degrees,
                                      (adjacency(x, .8) & adjacency(y, .8)).sum(axis=0))

    def test_cross_is_refused(self):
        with self.assertRaisesRegex(rqa.Error, "transitivity.*symmetric"):
            rqa.cross(noise(50), noise(60), threshold=.5, measures=["transitivity"])

    @unittest.skipIf(networkx is None, "no networkx")
    def test_networkx(self):
        rng = np.random.default_rng(4)
        for _ in range(50):
            x = rng.normal(size=int(rng.integers(20, 90)))
            threshold = rng.uniform(.1, 1)
            network = rqa.network(x, threshold=threshold, measures=NETWORK)
            graph = networkx.from_numpy_array(adjacency(x, threshold))
            paths = [d for _, found in networkx.all_pairs_shortest_path_length(graph)
                     for d in found.values() if d]
            expected = {"transitivity": networkx.transitivity(graph),
                        "clustering": networkx.average_clustering(graph),
                        "components": networkx.number_connected_components(graph),
                        "efficiency": networkx.global_efficiency(graph),
                        "path_mean": np.mean(paths), "diameter": max(paths)}
            for name, value in expected.items():
                self.assertAlmostEqual(network[name], value, 12, name)


class Named(unittest.TestCase):
    def test_defaults_stay(self):
        self.assertEqual(len(rqa.analyze(noise(100), threshold=.5)), 19)
        self.assertEqual(len(rqa.analyze(noise(100), threshold=.5, measures="all")), 19)

    def test_sweep_and_store(self):
        names = [name for name in NAMED if name != "cat_entropy"]
        self.assertEqual(len(names), 12)
        grid = {"dim": [1, 2], "threshold": [.3, .6], "measures": names, "microstate_size": 3}
        direct = rqa.sweep({"a": noise(150)}, **grid)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "store.sqlite")
            stored = rqa.sweep({"a": noise(150)}, store=path, **grid)
            for name in names:
                np.testing.assert_array_equal(direct[name], stored[name], name)
                self.assertTrue(np.isfinite(np.asarray(direct[name])).all(), name)
            with rqa.open_store(path) as store:
                self.assertLessEqual(set(names), set(store.measures))
        single = rqa.analyze(noise(150), threshold=.3, measures=names, microstate_size=3)
        for name in names:
            self.assertEqual(single[name], np.asarray(direct[name])[0], name)

    def test_categorical(self):
        codes = np.repeat([0, 1, 2, 0, 1, 2], 7)
        found = rqa.analyze(codes, threshold=0, measures=["cat_entropy"])
        self.assertEqual(found.cat_entropy, 0)  # twelve blocks of one area


if __name__ == "__main__":
    main()

"""test_py_network.py - rqa.network and the measures that must be named, from Python: against plain
NumPy, against networkx and igraph where they are installed, in frames and stores.
"""
import os
import sys
import tempfile
import unittest

# An environment that has them, if tests/peers.sh has made one.
PEERS = os.environ.get("RQA_PEERS_PYTHON", "")
if os.access(PEERS, os.X_OK) and os.path.abspath(PEERS) != os.path.abspath(sys.executable):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

from py_case import main, noise, np
import rqa

try:
    import networkx
except ImportError:
    networkx = None
try:
    import igraph
except ImportError:
    igraph = None

NETWORK = ("transitivity", "clustering", "assortativity", "components", "path_mean", "diameter",
           "efficiency")
NAMED = [name for name in rqa.measures if name not in rqa.default_measures]


def adjacency(x, threshold, theiler=1):
    """The plot of a scalar recording without its band."""
    i = np.arange(len(x))
    return (np.abs(x[:, None] - x) <= threshold) & (np.abs(i[:, None] - i) >= theiler)


def brute(a):
    """All measures of a network from its matrix, by the definitions: O(N^3), nothing shared."""
    n, k = len(a), a.sum(axis=0)
    pairs = k * (k - 1) / 2
    triangles = np.diag(np.linalg.matrix_power(a.astype(np.int64), 3)) / 2
    distance = np.where(a, 1.0, np.inf)
    np.fill_diagonal(distance, 0)
    for via in range(n):  # Floyd, Warshall
        distance = np.minimum(distance, distance[:, via, None] + distance[via])
    off = ~np.eye(n, dtype=bool)
    reached = off & np.isfinite(distance)
    ends = np.nonzero(a)
    parts = {frozenset(np.flatnonzero(np.isfinite(row))) for row in distance}
    with np.errstate(invalid="ignore", divide="ignore"):
        local = np.where(pairs > 0, triangles / pairs, 0)
        found = {"transitivity": triangles.sum() / pairs.sum() if pairs.any() else np.nan,
                 "clustering": local.mean(), "components": len(parts),
                 "assortativity": np.nan, "path_mean": np.nan, "diameter": np.nan,
                 "efficiency": np.where(off, 1 / np.where(off, distance, 1), 0).sum() / (n * (n - 1))}
    if reached.any():
        found["path_mean"], found["diameter"] = distance[reached].mean(), distance[reached].max()
        if np.ptp(k[ends[0]]):
            found["assortativity"] = np.corrcoef(k[ends[0]], k[ends[1]])[0, 1]
    return found


def random_plots(count):
    """Recordings of several kinds and lengths, with thresholds from hardly any edge to nearly all."""
    random = np.random.default_rng(14)
    for number in range(count):
        n = int(random.integers(12, 90))
        x = (random.normal(size=n), random.normal(size=n).cumsum(), random.integers(0, 6, n) * 1.0,
             np.sin(np.arange(n) * random.uniform(.1, 2)))[number % 4]
        spread = np.abs(x[:, None] - x)
        yield number, x, float(np.quantile(spread, random.uniform(.02, .6))), int(random.integers(1, 6))


class Peers(unittest.TestCase):
    """50 random plots: all measures by the brute force, always, and by packages where they are."""

    def found(self, x, threshold, theiler):
        return rqa.network(x, threshold=threshold, theiler=theiler, measures=NETWORK)

    def compare(self, found, expected, number):
        for name, value in expected.items():
            if np.isnan(value):
                self.assertTrue(np.isnan(found[name]), (number, name, found[name]))
            else:
                self.assertAlmostEqual(found[name], value, 11, (number, name))

    def test_against_the_brute_force(self):
        n_edges = 0
        for number, x, threshold, theiler in random_plots(50):
            a = adjacency(x, threshold, theiler)
            n_edges += a.sum() // 2
            self.compare(self.found(x, threshold, theiler), brute(a), number)
        self.assertGreater(n_edges, 5000)

    @unittest.skipUnless(networkx, "networkx is not installed")
    def test_against_networkx(self):
        for number, x, threshold, theiler in random_plots(50):
            graph = networkx.from_numpy_array(adjacency(x, threshold, theiler))
            found = self.found(x, threshold, theiler)
            expected = {"clustering": networkx.average_clustering(graph),
                        "components": networkx.number_connected_components(graph),
                        "efficiency": networkx.global_efficiency(graph)}
            if not np.isnan(found["transitivity"]):  # networkx has 0 there
                expected["transitivity"] = networkx.transitivity(graph)
            if not np.isnan(found["assortativity"]):  # and here what rounding leaves of 0 / 0
                expected["assortativity"] = networkx.degree_assortativity_coefficient(graph)
            lengths = [d for _, row in networkx.all_pairs_shortest_path_length(graph)
                       for d in row.values() if d]
            if lengths:
                expected.update(path_mean=np.mean(lengths), diameter=max(lengths))
            self.compare(found, expected, number)

    @unittest.skipUnless(igraph, "igraph is not installed")
    def test_against_igraph(self):
        for number, x, threshold, theiler in random_plots(50):
            a = adjacency(x, threshold, theiler)
            graph = igraph.Graph.Adjacency(a.astype(int).tolist(), mode="undirected")
            found = self.found(x, threshold, theiler)
            np.testing.assert_array_equal(
                rqa.network(x, threshold=threshold, theiler=theiler).degrees, graph.degree())
            expected = {"transitivity": graph.transitivity_undirected(),
                        "clustering": graph.transitivity_avglocal_undirected(mode="zero"),
                        "components": len(graph.connected_components())}
            if a.any():
                expected.update(path_mean=graph.average_path_length(unconn=True),
                                diameter=graph.diameter(unconn=True))
            if not np.isnan(found["assortativity"]):
                expected["assortativity"] = graph.assortativity_degree(directed=False)
            self.compare(found, expected, number)


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

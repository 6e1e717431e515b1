#!/usr/bin/env python3
"""breadth_peers.py - times what a study needs beside the analysis itself against the goals, and packages
that have it, where they are installed, on the same data in the same run.

Usage: breadth_peers.py [surrogates] [suggest] [network] [sampled] [peers], default all but the network of
100,000 vectors, which `network100` adds. RQA_LIBRARY names the library. Never needed to build or to test
librqa; networkx, pyunicorn, nolds and NeuroKit2 come from PyPI. Times are of the wall and of processors:
on a machine that others use only the second says anything.
"""
import importlib
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples",
                                "python"))
import numpy as np  # noqa: E402

import rqa  # noqa: E402
from suggest_peers import roessler, timed  # noqa: E402


def package(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed")
    except Exception as error:  # noqa: BLE001  a package that this Python does not suit
        print(f"{name} cannot be imported: {error}")
    return None


def surrogates():
    """999 iAAFT surrogates of 1,000 samples with all measures: at most 3 s."""
    x = roessler(3000)[::3]
    every = [name for name in rqa.default_measures]
    print(timed("test against 999 iAAFT surrogates, N 1,000", lambda: rqa.test(
        x, dim=3, delay=6, threshold=1.2, count=999, measures=every)).method)
    made = timed("  the surrogates alone", lambda: rqa.surrogates(x, count=999))
    print(len(made))


def suggest():
    """False neighbours and Cao, dims 1..10 of 100,000 samples: at most 10 s."""
    for name, x in (("Roessler", roessler(100_000)),
                    ("white noise", np.random.default_rng(1).normal(size=100_000))):
        timed(f"suggest, dims 1..10, N 100,000, {name}",
              lambda x=x: rqa.suggest(x, max_lag=1000, max_dim=10, delay=6))


def network(n):
    """Transitivity and clustering at a recurrence rate of 5 %: 1 s at 20,000, 60 s at 100,000."""
    x = roessler(n)
    threshold = rqa.analyze(x, dim=3, delay=6, threshold=.05, threshold_unit="recurrence-rate",
                            measures=["rr"]).provenance["threshold"]
    found = timed(f"network: transitivity, clustering, N {n:,}", lambda: rqa.network(
        x, dim=3, delay=6, threshold=threshold, measures=["transitivity", "clustering"]))
    print(f"  density {found.degrees.mean() / (len(found.degrees) - 1):.4f}, {found}")


def sampled():
    """A sample of 10,000 lines of a million samples, and what an exact analysis of it takes."""
    x = roessler(1_000_000)
    timed("sampled, 10,000 lines, N 1,000,000", lambda: rqa.sampled(
        x, dim=3, delay=6, threshold=1.2, lines=10_000))


def peers():
    x = roessler(2000)
    given = {"dim": 3, "delay": 6, "threshold": 1.2}
    ours = timed("librqa: network of 2,000 vectors, all but paths", lambda: rqa.network(x, **given))
    networkx, pyunicorn, nolds = (package(name) for name in ("networkx", "pyunicorn", "nolds"))
    if networkx:
        graph = networkx.from_edgelist(rqa.adjacency(x, **given).edges)
        theirs = timed("networkx: transitivity, average_clustering", lambda: (
            networkx.transitivity(graph), networkx.average_clustering(graph)))
        print(f"  differ by {abs(theirs[0] - ours['transitivity']):.1g}")
    if pyunicorn:
        from pyunicorn.timeseries import RecurrenceNetwork, Surrogates
        net = timed("pyunicorn: RecurrenceNetwork, its transitivity", lambda: RecurrenceNetwork(
            x, dim=3, tau=6, metric="euclidean", threshold=1.2, silence_level=3).transitivity())
        print(f"  differ by {abs(net - ours['transitivity']):.1g}")
        short = np.ascontiguousarray(np.tile(x[:1000], (99, 1)))
        timed("pyunicorn: 99 refined_AAFT surrogates of 1,000", lambda: Surrogates(
            short, silence_level=3).refined_AAFT_surrogates(100))
        timed("librqa: the same", lambda: rqa.surrogates(x[:1000], count=99))
    if nolds:
        timed("nolds: corr_dim of 2,000", lambda: nolds.corr_dim(x, 3))
        timed("librqa: correlation_sum, d2", lambda: rqa.correlation_sum(
            x, dim=3, thresholds=np.geomspace(.1, .5, 10) * x.std()).d2())
    print("NeuroKit2: see suggest_peers.py")


def main():
    wanted = sys.argv[1:] or ["surrogates", "suggest", "network", "sampled", "peers"]
    work = {"surrogates": surrogates, "suggest": suggest, "network": lambda: network(20_000),
            "network100": lambda: network(100_000), "sampled": sampled, "peers": peers}
    for name in wanted:
        if name not in work:
            sys.exit(f"breadth_peers.py: {name} is none of {', '.join(work)}")
        work[name]()


if __name__ == "__main__":
    main()

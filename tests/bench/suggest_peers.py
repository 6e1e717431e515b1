#!/usr/bin/env python3
"""suggest_peers.py - times rqa.suggest() and, where they are installed, NeuroKit2 on the same series, and
compares the numbers that both define alike.

Usage: suggest_peers.py [N], default 5000. RQA_LIBRARY names the library. Never needed to build or to
test librqa; NeuroKit2 comes from PyPI. nolds and pyunicorn have none of these curves.

NeuroKit2's false neighbours by ratio and Cao's curves are the same as librqa's with the same window
(its own is 10); its mutual information is smoothed by default and is not compared.
"""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples",
                                "python"))
import numpy as np  # noqa: E402

import rqa  # noqa: E402

MAX_DIM, DELAY, LAGS = 6, 6, 100


def roessler(n, h=0.05):
    """x of the Roessler system, as bench_data.c makes it."""
    def slope(p):
        return np.array([-p[1] - p[2], p[0] + 0.25 * p[1], 0.25 + p[2] * (p[0] - 4.0)])
    p, out = np.array([1.0, 1.0, 1.0]), np.empty(n)
    for step in range(-2000, n):
        if step >= 0:
            out[step] = p[0]
        k1 = slope(p)
        k2 = slope(p + h / 2 * k1)
        k3 = slope(p + h / 2 * k2)
        p = p + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(p + h * k3))
    return out


def timed(what, work):
    start = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what:52} {time.perf_counter() - start[0]:8.3f} s {time.process_time() - start[1]:8.3f} "
          "s of processors")
    return result


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    x = roessler(n)
    found = timed(f"rqa.suggest: {LAGS} lags, dims 1..{MAX_DIM}, thresholds", lambda: rqa.suggest(
        x, max_lag=LAGS, max_dim=MAX_DIM, delay=DELAY, theiler=11))
    try:
        import neurokit2 as nk
    except ImportError:
        print("NeuroKit2 is not installed")
        return
    _, afn = timed("NeuroKit2 complexity_dimension, Cao", lambda: nk.complexity_dimension(
        x, delay=DELAY, dimension_max=MAX_DIM, method="afnn", window=10))
    timed("NeuroKit2 complexity_dimension, false neighbours", lambda: nk.complexity_dimension(
        x, delay=DELAY, dimension_max=MAX_DIM, method="fnn", window=10))
    timed(f"NeuroKit2 complexity_delay, {LAGS} lags", lambda: nk.complexity_delay(
        x, delay_max=LAGS, method="fraser1986"))
    ours, theirs = found.cao["e1"][:MAX_DIM - 1], np.asarray(afn["E1"], float)[:MAX_DIM - 1]
    print(f"Cao's E1, largest difference: {np.abs(ours[:len(theirs)] - theirs).max():.3g}")


if __name__ == "__main__":
    main()

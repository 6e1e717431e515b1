#!/usr/bin/env python3
"""cluster_scale.py - what a sweep of any size would ask of workers, parent and files, simulated.

Usage: cluster_scale.py [RECORDINGS [COMBINATIONS [WORKERS]]]; default 10000 100000 100. The shares are
those that rqa.sweep(executor=) would send (rqa/_cluster.py); each is taken to last as long as is
predicted, on the worker that is free first. Nothing is computed. What one row costs in a store was
measured (20 recordings x 10,000 combinations x 15 measures), merging is as include/rqa/store.h says.
"""
import heapq
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples",
                                "python"))
import numpy as np  # noqa: E402
from rqa import _batch, _cluster  # noqa: E402

N_MEASURES = 15
STORE_BYTES_A_ROW = 78
MERGE_S_A_ROW = 2e-6
SEND_BYTES_A_S = 100e6


def grid(n_combinations):
    """dims x delays x thresholds x lmins of about that size, as long as the founding grid's."""
    n_thresholds = max(1, round(n_combinations / (10 * 10 * 2)))
    return _batch.Axes(np.arange(1, 11), np.arange(1, 11), np.linspace(.05, 1, n_thresholds),
                       np.arange(2, 4), np.empty(0))


def main(n_recordings=10000, n_combinations=100000, n_workers=100):
    rng = np.random.default_rng(1)
    axes = grid(n_combinations)
    each = int(np.prod([len(axis) for axis in axes[:4]]))
    lengths = rng.integers(300, 2000, n_recordings)  # samples of two channels, as gaze has them
    ready = [_batch.Ready(str(k), [], [], [(np.broadcast_to(0.0, (n, 2)), "")], None)
             for k, n in enumerate(lengths.tolist())]
    job = _batch.Job({}, [None], axes, False, None, None)
    shares = _cluster.plan(job, ready, n_workers)
    costs = np.array([share.cost for share in shares])
    sent = [sum(16 * int(n) for n in lengths[s.first:s.end]) for s in shares]
    rows = [each * (s.end - s.first) * (s.delay_to - s.delay_from) // len(axes.delay)
            for s in shares]
    free = [0.0] * n_workers
    for cost in costs:
        heapq.heappush(free, heapq.heappop(free) + cost)
    total, n_rows = costs.sum(), sum(rows)
    back = 9 * N_MEASURES * n_rows
    print(f"{n_recordings:,} recordings x {each:,} combinations = {n_rows:,} rows; "
          f"{n_workers} workers")
    print(f"shares {len(shares):,}: {costs.min():.3g} to {costs.max():.3g} s, "
          f"{total / 3600:.3g} h of one thread")
    print(f"ends after {max(free) / 3600:.3g} h; {total / n_workers / max(free):.1%} of the workers' "
          "time is work")
    print(f"sent {sum(sent) / 1e9:.3g} GB, largest {max(sent) / 1e6:.3g} MB; waiting at once "
          f"{(2 * n_workers + 2) * max(sent) / 1e9:.3g} GB at most")
    print(f"without a store: back {back / 1e9:.3g} GB, largest {9 * N_MEASURES * max(rows) / 1e6:.3g}"
          f" MB; {back / 1e9:.3g} GB in the parent; {back / SEND_BYTES_A_S / 3600:.3g} h at 100 MB/s")
    print(f"with a store: {STORE_BYTES_A_ROW * n_rows / 1e9:.3g} GB, of each worker "
          f"{STORE_BYTES_A_ROW * n_rows / n_workers / 1e9:.3g} GB; merging "
          f"{MERGE_S_A_ROW * n_rows / 3600:.3g} h on one core")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

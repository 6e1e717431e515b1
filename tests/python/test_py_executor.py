"""test_py_executor.py - sweeps on the workers of executors: the same rows to the last bit, whoever
computes them; stores of workers; workers that die; progress; what can be sent."""
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor

from py_case import PACKAGE, main, noise, np, python
import rqa
from rqa import _batch, _cluster

# The workers of pools that start anew find the package.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [PACKAGE, *filter(None, [os.environ.get("PYTHONPATH")])])

RQA_PEERS_PYTHON = os.environ.get("RQA_PEERS_PYTHON", "none")

MPI = """
import numpy as np
from mpi4py.futures import MPIPoolExecutor
import rqa
from rqa import _cluster

if __name__ == "__main__":
    _cluster._S_PER_CELL = 1.0  # many shares
    series = [np.random.default_rng(k).normal(size=80 + k) for k in range(6)]
    grid = dict(dim=[1, 2], delay=[1, 3], threshold=[.3, .6])
    with MPIPoolExecutor() as executor:
        table = rqa.sweep(series, executor=executor, **grid)
        n_workers = _cluster._known_workers(executor)
    other = rqa.sweep(series, **grid)
    same = all(np.asarray(table[name]).tobytes() == np.asarray(other[name]).tobytes()
               for name in rqa.measures if name in table)
    print(n_workers, "workers, the same rows:", same and len(table["rr"]) == 48)
"""

GRID = {"dim": [1, 3], "delay": [1, 2, 5], "threshold": [.2, .6], "lmin": [2, 3]}


class Here:
    """An executor that computes at once, one that tells nothing of itself."""

    def __init__(self, die_at=()):
        self.sent, self._die_at = 0, set(die_at)

    def submit(self, fn, *args):
        self.sent += 1
        future = Future()
        if self.sent in self._die_at:
            future.set_exception(BrokenExecutor("a worker was killed."))
        else:
            future.set_result(pickle.loads(pickle.dumps(fn(*pickle.loads(pickle.dumps(args))))))
        return future


def pool(method, n=2):
    return ProcessPoolExecutor(n, mp_context=multiprocessing.get_context(method))


def recordings():
    hole = noise(60)
    hole[4] = np.nan
    return {**{f"r{k}": noise(80 + 7 * k, k) for k in range(9)}, "hole": hole,
            "text": ["a", "b"], "short": noise(6)}


class Same(unittest.TestCase):
    def same(self, one, other):
        self.assertEqual(list(one), list(other))
        for name in one:
            a, b = np.asarray(one[name]), np.asarray(other[name])
            if a.dtype == float:
                self.assertEqual(a.tobytes(), b.tobytes(), name)
            else:
                self.assertEqual(a.tolist(), b.tolist(), name)

    def small_shares(self):
        """As many shares as there can be, as if the work were long."""
        nominal = _cluster._S_PER_CELL
        self.addCleanup(setattr, _cluster, "_S_PER_CELL", nominal)
        _cluster._S_PER_CELL = 1.0


class Executors(Same):
    def test_rows_are_the_same(self):
        expected = rqa.sweep(recordings(), **GRID)
        for small in (False, True):
            if small:
                self.small_shares()
            for executor in (Here(), ThreadPoolExecutor(3)):
                with self.subTest(small=small, executor=executor):
                    self.same(rqa.sweep(recordings(), executor=executor, **GRID), expected)

    def test_processes(self):
        self.small_shares()
        expected = rqa.sweep(recordings(), **GRID)
        for method in ("spawn", "forkserver"):
            with self.subTest(method), pool(method) as executor:
                self.same(rqa.sweep(recordings(), executor=executor, **GRID), expected)

    def test_relations_and_modes(self):
        self.small_shares()
        pairs = {f"p{k}": (noise(70, k, 2), noise(70, k + 9, 2)) for k in range(3)}
        pairs["no pair"] = noise(9)
        modes = {"one": {"channels": 0, "norm": "max"}, "two": {"channels": range(2)}}
        for relation in ("cross", "joint"):
            options = dict(relation=relation, modes=modes, measures="all", **GRID)
            self.same(rqa.sweep(pairs, executor=Here(), **options), rqa.sweep(pairs, **options))

    def test_shares(self):
        """Every unit once, of about equal cost, largest first, whatever the sizes."""
        rng = np.random.default_rng(4)
        for n_workers in (1, 3, 100):
            lengths = rng.integers(2, 3000, 40).tolist() + [30000, 5]
            ready = [_batch.Ready(str(k), [], [], [(np.empty(n), "")], None)
                     for k, n in enumerate(lengths)]
            axes = _batch.Axes(np.arange(1, 4), np.arange(1, 12), np.arange(5.), np.empty(0),
                               np.empty(0))
            job = _batch.Job({}, [None], axes, False, None, None)
            shares = _cluster.plan(job, ready, n_workers)
            seen = np.zeros((len(lengths), 11), dtype=int)
            for share in shares:
                seen[share.first:share.end, share.delay_from:share.delay_to] += 1
            self.assertTrue((seen == 1).all())
            costs = [share.cost for share in shares]
            self.assertEqual(costs, sorted(costs, reverse=True))
            unit = max(max(_cluster._costs(job, r)) for r in ready)
            self.assertLessEqual(costs[0], max(
                2 * unit, 2 * _cluster._SHARE_S, 2 * sum(costs) / n_workers))
            self.assertGreaterEqual(len(shares), min(n_workers, len(lengths)))

    def test_windows(self):
        self.small_shares()
        given = {**GRID, "window": 20, "step": 6}
        with tempfile.TemporaryDirectory() as folder:
            executor, store = Here(), os.path.join(folder, "s.sqlite")
            expected = rqa.sweep(recordings(), **given)
            self.assertGreater(len(set(np.unique(np.asarray(expected["series"]).astype(str),
                                                 return_counts=True)[1].tolist())), 2)
            self.same(rqa.sweep(recordings(), executor=executor, **given), expected)
            self.assertGreater(executor.sent, 10)
            rows = self.stored(executor, store, given, expected)
            # Rows of other windows under the same names are no rows of these.
            given["step"] = 7
            self.stored(Here(), store, given, rqa.sweep(recordings(), **given))
            sent = executor.sent
            self.assertEqual(rows, self.stored(executor, store, {**given, "step": 6}, expected))
            self.assertEqual(executor.sent, sent)

    def stored(self, executor, store, given, expected):
        found = rqa.sweep(recordings(), executor=executor, store=store, **given)
        for name in expected:
            if name != "status":  # a store has its own words
                a, b = np.asarray(found[name]), np.asarray(expected[name])
                self.assertEqual(a.astype(float).tobytes() if a.dtype != object else a.tolist(),
                                 b.astype(float).tobytes() if b.dtype != object else b.tolist(), name)
        return len(found["rr"])

    def test_progress(self):
        self.small_shares()
        calls = []
        rqa.sweep(recordings(), executor=Here(), progress=calls.append, **GRID)
        self.assertEqual(calls[-1]["percent"], 100)
        self.assertEqual(calls[-1]["n_failed"], 2 * 24)
        self.assertEqual(calls[-1]["n_done"], 10 * 24)
        self.assertGreater(len(calls), 10)
        self.assertEqual(calls[-1]["eta_s"], 0)

    def test_store(self):
        self.small_shares()
        expected = rqa.sweep(recordings(), **GRID)
        with tempfile.TemporaryDirectory() as folder, pool("forkserver") as executor:
            path = os.path.join(folder, "results.sqlite")
            table = rqa.sweep(recordings(), store=path, executor=executor, **GRID)
            for name in ("rr", "det", "l_entr"):
                self.assertEqual(np.asarray(table[name]).tobytes(),
                                 np.asarray(expected[name]).tobytes())
            self.assertEqual(os.listdir(folder), ["results.sqlite"])
            counted = Here()
            again = rqa.sweep(recordings(), store=path, executor=counted, **GRID)
            self.same(again, table)
            self.assertLessEqual(counted.sent, 2 * 3, "only what had failed is tried again")

    def test_store_goes_on(self):
        """What the workers of an interrupted sweep had stored is not computed again."""
        self.small_shares()
        expected = rqa.sweep(recordings(), **GRID)

        class Stop(Exception):
            pass

        def stop(statistics):
            if statistics["n_done"] >= 48:
                raise Stop

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.sqlite")
            first, second = Here(), Here()
            with self.assertRaises(Stop):
                rqa.sweep(recordings(), store=path, executor=first, progress=stop, **GRID)
            self.assertTrue(os.listdir(path + ".workers"))
            table = rqa.sweep(recordings(), store=path, executor=second, **GRID)
            self.assertEqual(np.asarray(table["det"]).tobytes(),
                             np.asarray(expected["det"]).tobytes())
            whole = Here()
            rqa.sweep(recordings(), executor=whole, **GRID)
            self.assertLess(second.sent, whole.sent)
            self.assertFalse(os.path.exists(path + ".workers"))

    def test_a_worker_that_dies(self):
        """Its work is done again by a new pool, if there can be one."""
        self.small_shares()
        expected = rqa.sweep(recordings(), **GRID)
        made = []

        def make():
            made.append(Here(die_at=[3] if len(made) < 2 else []))
            return made[-1]

        self.same(rqa.sweep(recordings(), executor=make, **GRID), expected)
        self.assertEqual(len(made), 3)
        with self.assertRaisesRegex(BrokenExecutor, "function that makes the executor"):
            rqa.sweep(recordings(), executor=Here(die_at=[2]), **GRID)
        with self.assertRaisesRegex(BrokenExecutor, "3 times over the same share"):
            rqa.sweep(recordings(), executor=lambda: Here(die_at=[1]), **GRID)

    def test_a_process_that_is_killed(self):
        self.small_shares()
        expected = rqa.sweep(recordings(), **GRID)
        pools = []

        def make():
            pools.append(pool("forkserver"))
            return pools[-1]

        killed = []

        def kill(statistics):
            if statistics["n_done"] and not killed:
                killed.append(next(iter(pools[0]._processes)))
                os.kill(killed[0], signal.SIGKILL)
                while not pools[0]._broken:  # it might be noticed after the last share
                    time.sleep(.01)

        self.same(rqa.sweep(recordings(), executor=make, progress=kill, **GRID), expected)
        self.assertEqual(len(pools), 2)

    def test_refused(self):
        for executor, text in ((3, "executor is 3; allowed are"), ("pool", "allowed are"),
                               (lambda: None, "executor made None")):
            with self.assertRaisesRegex(ValueError, text):
                rqa.sweep([noise(9)], threshold=1, executor=executor)
        with self.assertRaisesRegex(ValueError, "worker_threads is -1"):
            rqa.sweep([noise(9)], threshold=1, executor=Here(), worker_threads=-1)
        with self.assertRaisesRegex(ValueError, "executor is None"):
            rqa.sweep([noise(9)], threshold=1, worker_threads=1)

    def test_interrupt(self):
        """Ctrl-C is not kept waiting by workers that are at work."""
        done = python("""
import os, signal, sys, threading, time
from concurrent.futures import Future
import numpy as np, rqa
class Never:
    sent = 0
    def submit(self, fn, *args):
        self.sent += 1
        if self.sent == 1:
            threading.Timer(.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        return Future()
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in a shell's background
try:
    rqa.sweep([np.arange(50.)], threshold=1, executor=Never())
except KeyboardInterrupt:
    print("stopped")
""", timeout=600)
        self.assertEqual(done.stdout, "stopped\n", done.stderr)

    def test_threads_of_workers(self):
        source = "import rqa; from rqa._cluster import _threads; c = rqa.Context(_threads({}))\n" \
                 "print(c.threads)"
        for asked, environment, expected in (("None", {}, "1"), ("3", {}, "3"),
                                             ("None", {"RQA_NUM_THREADS": "2"}, "2"),
                                             ("5", {"RQA_NUM_THREADS": "2"}, "5")):
            done = python(source.format(asked), environment={"RQA_NUM_THREADS": "", **environment})
            self.assertEqual(done.stdout.strip(), expected, done.stderr)

    def test_what_can_be_sent(self):
        result = rqa.analyze(noise(50), threshold=.5)
        self.assertEqual(pickle.loads(pickle.dumps(result)).to_dict(), result.to_dict())
        for name in rqa.errors.__all__:
            error = getattr(rqa.errors, name)("said")
            again = pickle.loads(pickle.dumps(error))
            self.assertIs(type(again), type(error))
            self.assertEqual((str(again), again.status), ("said", error.status))
        with self.assertRaisesRegex(TypeError, "Context belongs to its process.*worker_threads"):
            pickle.dumps(rqa.Context())

    @unittest.skipIf(RQA_PEERS_PYTHON == "none" or "RQA_TEST_INNER" in os.environ,
                     "RQA_PEERS_PYTHON names no environment")
    def test_peers(self):
        """The two tests below, in the environment that has the packages of others."""
        done = subprocess.run([RQA_PEERS_PYTHON, "-B", __file__, "Foreign"], text=True,
                              env={**os.environ, "RQA_TEST_INNER": "1"}, capture_output=True)
        print(done.stderr[-3000:])
        self.assertIn(done.returncode, (0, 77), done.stderr)

    def test_mpi(self):
        """mpi4py's executor, on two processes beside the one that asks."""
        try:
            import mpi4py  # noqa: F401
        except ImportError:
            self.skipTest("mpi4py is not installed")
        mpiexec = shutil.which("mpiexec") or self.skipTest("there is no mpiexec")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sweep.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(MPI)
            # As root, and with more processes than cores: a test machine is no cluster.
            done = subprocess.run(
                [mpiexec, "--oversubscribe", "-n", "3", sys.executable, "-B", "-m",
                 "mpi4py.futures", path], text=True, capture_output=True, timeout=1200,
                env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                     "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1"})
        self.assertEqual(done.stdout, "2 workers, the same rows: True\n", done.stderr)


class Foreign(Same):
    """Executors of other packages, where they are installed."""

    def setUp(self):
        self.small_shares()
        self.expected = rqa.sweep(recordings(), **GRID)

    def test_loky(self):
        try:
            from loky import ProcessPoolExecutor as Loky
        except ImportError:
            self.skipTest("loky is not installed")
        with Loky(2) as executor:
            self.same(rqa.sweep(recordings(), executor=executor, **GRID), self.expected)

    def test_dask(self):
        """Processes, of which one is killed in the middle."""
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            self.skipTest("Dask is not installed")
        with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                          dashboard_address=None) as cluster, Client(cluster) as client:
            killed = []

            def kill(statistics):
                if statistics["n_done"] and not killed:
                    killed.append(next(iter(cluster.workers.values())).process.process.pid)
                    os.kill(killed[0], signal.SIGKILL)

            self.same(rqa.sweep(recordings(), executor=client.get_executor(), progress=kill,
                                **GRID), self.expected)
            self.assertTrue(killed)


if __name__ == "__main__":
    main()

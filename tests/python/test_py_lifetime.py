"""test_py_lifetime.py - who keeps what alive; threads, the GIL, forks, the end of the process."""
import gc
import multiprocessing
import os
import threading
import time
import unittest
import weakref

from py_case import exact, main, noise, np, python
import rqa
from rqa._library import lib


class Ownership(unittest.TestCase):
    def test_borrowed_row_keeps_the_matrix(self):
        matrix = rqa.matrix(noise(300), threshold=0.5)
        handle = weakref.ref(matrix._handle)
        row = matrix.packed_row(17)
        expected = row.copy()
        matrix.close()
        del matrix
        gc.collect()
        self.assertIsNotNone(handle())
        np.testing.assert_array_equal(row, expected)
        self.assertFalse(row.flags.writeable)
        part = row[1:3]
        del row
        gc.collect()
        self.assertIsNotNone(handle())
        del part
        gc.collect()
        self.assertIsNone(handle())

    def test_context_outlives_what_is_made_from_it(self):
        context = rqa.Context(threads=2)
        owner = weakref.ref(context.handle)
        matrix = rqa.matrix(noise(100), threshold=0.5, context=context)
        context.close()
        del context
        gc.collect()
        self.assertIsNotNone(owner())
        self.assertEqual(matrix.to_numpy().shape, (100, 100))
        del matrix
        gc.collect()
        self.assertIsNone(owner())

    def test_objects_are_freed(self):
        """Each create has its destroy, also when something fails in between."""
        real, count = {}, {}
        for noun in ("context", "series", "embedding", "metrics", "matrix", "batch"):
            name = f"rqa_{noun}_destroy"
            real[name], count[noun] = getattr(lib, name), 0

            def counting(pointer, name=name, noun=noun):
                count[noun] += 1
                real[name](pointer)

            setattr(lib, name, counting)
        try:
            x, context = noise(50), rqa.Context()
            rqa.cross(x, x, 2, threshold=1, context=context)
            rqa.matrix(x, threshold=1, context=context).close()
            rqa.sweep([x, x], threshold=1, context=context)
            with self.assertRaises(rqa.TooShortError):
                rqa.analyze(x, 60, threshold=1, context=context)
            context.close()
            gc.collect()
        finally:
            for name, function in real.items():
                setattr(lib, name, function)
        self.assertEqual(count, {"context": 1, "series": 6, "embedding": 3, "metrics": 1,
                                 "matrix": 1, "batch": 1})

    def test_results_belong_to_python(self):
        r = rqa.analyze(noise(500), threshold=0.2)
        bins = r.histograms["diagonal"]
        before = bins.copy()
        del r
        gc.collect()
        for k in range(20):
            rqa.analyze(noise(500, k), threshold=0.2)
        np.testing.assert_array_equal(bins, before)

    def test_contexts_are_not_pickled(self):
        import pickle
        with self.assertRaises(TypeError):
            pickle.dumps(rqa.Context())


class Threads(unittest.TestCase):
    def test_the_gil_is_released(self):
        x = noise(60000)
        worker = threading.Thread(target=lambda: rqa.analyze(x, 5, threshold=0.5))
        worker.start()
        steps = 0
        while worker.is_alive():
            steps += 1
        self.assertGreater(steps, 10000)

    def test_many_at_once(self):
        series = [noise(400 + 10 * k, k) for k in range(24)]
        expected = [exact(rqa.analyze(x, 2, threshold=0.3)) for x in series]
        found = [None] * len(series)

        def work(first):
            for k in range(first, len(series), 4):
                found[k] = exact(rqa.analyze(series[k], 2, threshold=0.3, backend="threads"))

        workers = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(found, expected)

    def test_long_work_is_the_same_everywhere(self):
        """On the main thread long work goes through a thread of its own."""
        x, found = noise(5000), []
        worker = threading.Thread(target=lambda: found.append(rqa.analyze(x, 2, threshold=0.3)))
        worker.start()
        worker.join()
        self.assertEqual(exact(rqa.analyze(x, 2, threshold=0.3)), exact(found[0]))
        with self.assertRaises(rqa.BackendMissingError):
            rqa.analyze(x, 2, threshold=0.3, backend="gpu")


def _in_child(x):
    return exact(rqa.analyze(x, 2, threshold=0.3, backend="threads"))


@unittest.skipUnless(hasattr(os, "fork"), "no fork here")
class Forks(unittest.TestCase):
    def test_the_default_context_is_made_anew(self):
        x = noise(600)
        expected = _in_child(x)  # starts the parent's threads
        with multiprocessing.get_context("fork").Pool(2) as pool:
            found = pool.map_async(_in_child, [x] * 4).get(timeout=600)
        self.assertEqual(found, [expected] * 4)

    def test_a_context_of_the_parent_is_refused(self):
        context = rqa.Context(threads=2)
        rqa.analyze(noise(600), threshold=0.3, context=context, backend="threads")
        matrix = rqa.matrix(noise(50), threshold=0.3, context=context)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for call in (lambda: rqa.analyze(noise(50), threshold=0.3, context=context),
                             lambda: rqa.analyze(noise(5000), threshold=0.3, context=context),
                             lambda: rqa.sweep([noise(50)], threshold=0.3, context=context),
                             lambda: rqa.matrix(noise(50), threshold=0.3, context=context)):
                    try:
                        call()
                        os._exit(2)
                    except rqa.ForkedError as error:
                        if "fork" not in str(error) or not isinstance(error, RuntimeError):
                            os._exit(3)
                del context, matrix
                gc.collect()
                code = 0
            finally:
                os._exit(code)
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            time.sleep(0.01)
        else:
            os.kill(child, 9)
            self.fail("the child hangs")
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        self.assertEqual(matrix.to_numpy().shape, (50, 50))


class TheEnd(unittest.TestCase):
    def test_exit_with_everything_alive(self):
        done = python("""
import threading, numpy as np, rqa
x = np.random.default_rng(1).normal(size=500000)
context = rqa.Context(log=lambda level, line: None, log_level=3)
matrix = rqa.matrix(x[:100], threshold=.3, context=context)
row = matrix.packed_row(3)
result = rqa.analyze(x[:100], threshold=.3)
threading.Thread(target=lambda: rqa.analyze(x, 5, threshold=.3), daemon=True).start()
threading.Thread(target=lambda: rqa.sweep([x], threshold=.3), daemon=True).start()
import time; time.sleep(.3)
print("end")
""", timeout=600)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("end\n", "", 0))


if __name__ == "__main__":
    main()

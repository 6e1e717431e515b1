#!/usr/bin/env python3
"""peers.py - times librqa and its peers AccRQA and pyunicorn in one run, on the same series.

Usage: peers.py [LIBRQA] [options]; see --help. LIBRQA is the shared library, by default that of the
build folder of this tree. Never needed to build or to test librqa. An earlier librqa is a peer too,
by the path of its shared library: --earlier PATH.

The peers come from PyPI into a virtual environment, which is made in a temporary folder unless
--venv names one to keep. A peer that cannot be installed is reported and left out.

Series: x of the Roessler system a = b = 0.25, c = 4, step 0.05 (RK4), as in rqa_bench. dim 3,
delay 6, threshold 1.2. Measures: rr det l_mean l_max l_entr lam tt v_max v_entr. AccRQA needs its
DET and its LAM call for them, and the time is that of both. Peer and librqa take turns, the peer's
threads coming to rest before librqa's; times are medians. The numbers are compared in the peer's
dialect of librqa.
"""
import argparse
import ctypes
import ctypes.util
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
DIM, DELAY, THRESHOLD, MIN_LINE = 3, 6, 1.2, 2
MEASURES = ("rr", "det", "l_mean", "l_max", "l_entr", "lam", "tt", "v_max", "v_entr")
NORMS = ("euclidean", "maximum")
BACKEND_SEQUENTIAL, BACKEND_THREADS = 1, 2
REST_S = 0.3  # threads of OpenMP spin for up to 0.2 s after a call, on the cores that are timed next


def roessler(n):
    """x of the Roessler system, as bench_data.c makes it."""
    def slope(x, y, z):
        return -y - z, x + 0.25 * y, 0.25 + z * (x - 4.0)

    def moved(p, h, d):
        return tuple(a + h * b for a, b in zip(p, d))

    h, point, series, settling = 0.05, (1.0, 1.0, 1.0), [], 2000
    for step in range(settling + n):
        if step >= settling:
            series.append(point[0])
        k1 = slope(*point)
        k2 = slope(*moved(point, h / 2, k1))
        k3 = slope(*moved(point, h / 2, k2))
        k4 = slope(*moved(point, h, k3))
        for d, weight in ((k1, h / 6), (k2, h / 3), (k3, h / 3), (k4, h / 6)):
            point = moved(point, weight, d)
    return series


class Librqa:
    """librqa through ctypes."""

    def __init__(self, path, n_threads):
        sys.path.insert(0, str(ROOT / "examples"))
        import ctypes_caller
        self.options_type = ctypes_caller.AnalysisOptions
        self.api = ctypes_caller.load(path)
        self.api.rqa_version.restype = ctypes.c_char_p
        self.version = self.api.rqa_version().decode()
        self.n_threads = n_threads
        self.ids = {self.api.rqa_measure_name(k).decode(): k
                    for k in range(ctypes_caller.MEASURE_COUNT)}
        self.context = ctypes.c_void_p()
        # Room for rqa_context_options, of which the second word is n_threads.
        options = (ctypes.c_uint32 * 64)()
        self.api.rqa_context_options_init(options)
        options[1] = n_threads
        self.check(self.api.rqa_context_create(ctypes.byref(self.context), options))

    def check(self, status):
        if status:
            raise RuntimeError(self.api.rqa_last_error().decode())

    def number(self, function, name):
        """The number of a norm or a convention."""
        out = ctypes.c_int32()
        self.check(function(ctypes.byref(out), name.encode()))
        return out.value

    def analyze(self, series, norm, convention):
        """The measures of a NumPy array of doubles."""
        library = self.api
        samples, x, metrics = (ctypes.c_void_p() for _ in range(3))
        options = self.options_type()
        library.rqa_analysis_options_init(ctypes.byref(options))
        options.norm = self.number(library.rqa_norm_from_name, norm)
        options.convention = self.number(library.rqa_convention_from_name, convention)
        options.threshold = THRESHOLD
        options.lmin = options.vmin = MIN_LINE
        options.backend = BACKEND_SEQUENTIAL if self.n_threads == 1 else BACKEND_THREADS
        options.measures = sum(1 << self.ids[name] for name in MEASURES)
        try:
            self.check(library.rqa_series_create(ctypes.byref(samples), self.context,
                                                 series.ctypes.data, len(series), 1, None))
            self.check(library.rqa_embedding_create(ctypes.byref(x), samples, DIM, DELAY))
            self.check(library.rqa_metrics_compute(ctypes.byref(metrics), x, None,
                                                   ctypes.byref(options)))
            values = {}
            for name in MEASURES:
                value = ctypes.c_double()
                self.check(library.rqa_metrics_get(metrics, self.ids[name], ctypes.byref(value)))
                values[name] = value.value
            return values
        finally:
            library.rqa_metrics_destroy(metrics)
            library.rqa_embedding_destroy(x)
            library.rqa_series_destroy(samples)


class Accrqa:
    """AccRQA on the CPU, double precision."""
    name, convention, tolerance = "accrqa", "accrqa", 1e-9

    def __init__(self):
        import accrqa
        import numpy
        self.accrqa = accrqa
        self.platform = accrqa.accrqaCompPlatform("cpu")
        # One value to an axis; arrays, because version 1.0.1 takes nothing else.
        self.axes = [numpy.array([value], dtype=numpy.intc) for value in (DELAY, DIM, MIN_LINE)]
        self.axes.append(numpy.array([THRESHOLD]))

    def analyze(self, series, norm):
        distance = self.accrqa.accrqaDistance({"maximum": "maximal"}.get(norm, norm))
        options = {"calculate_ENTR": True, "comp_platform": self.platform, "tidy_data": False}
        diagonal = self.accrqa.DET(series, *self.axes, distance, **options).ravel()
        vertical = self.accrqa.LAM(series, *self.axes, distance, **options).ravel()
        names = ("det", "l_mean", "l_max", "l_entr", "rr", "lam", "tt", "v_max", "v_entr")
        return dict(zip(names, [*map(float, diagonal[:5]), *map(float, vertical[:4])]))


class Pyunicorn:
    """pyunicorn; keeps the series in float32 and the whole matrix in memory."""
    name, convention, tolerance = "pyunicorn", "pyunicorn", 1e-6

    def __init__(self):
        from pyunicorn.timeseries import RecurrencePlot
        self.plot = RecurrencePlot

    def analyze(self, series, norm):
        metric = {"maximum": "supremum"}.get(norm, norm)
        plot = self.plot(series, dim=DIM, tau=DELAY, threshold=THRESHOLD, metric=metric,
                         silence_level=2)
        return {"rr": float(plot.recurrence_rate()),
                "det": float(plot.determinism(l_min=MIN_LINE)),
                "l_mean": float(plot.average_diaglength(l_min=MIN_LINE)),
                "l_max": float(plot.max_diaglength()),
                "l_entr": float(plot.diag_entropy(l_min=MIN_LINE)),
                "lam": float(plot.laminarity(v_min=MIN_LINE)),
                "tt": float(plot.trapping_time(v_min=MIN_LINE)),
                "v_max": float(plot.max_vertlength()),
                "v_entr": float(plot.vert_entropy(v_min=MIN_LINE))}


class Earlier:
    """Another librqa, which must agree to the last bit."""
    name, convention, tolerance = "librqa", "standard", 0.0

    def __init__(self, path, n_threads):
        self.librqa = Librqa(path, n_threads)
        self.version = self.librqa.version

    def analyze(self, series, norm):
        return self.librqa.analyze(series, norm, self.convention)


PEERS = {peer.name: peer for peer in (Accrqa, Pyunicorn)}


def difference(ours, theirs):
    """The measure that differs most, and by how much of itself."""
    worst = max(MEASURES, key=lambda name: relative(ours[name], theirs[name]))
    return worst, relative(ours[worst], theirs[worst])


def relative(a, b):
    if math.isnan(a) or math.isnan(b):
        return 0.0 if math.isnan(a) and math.isnan(b) else math.inf
    return abs(a - b) / max(abs(a), abs(b), 1e-300)


def timed(analyze, series, *arguments):
    """After a short call, which wakes threads and caches that rested while the other had its turn."""
    analyze(series[:2000].copy(), *arguments)
    start = time.perf_counter()
    result = analyze(series, *arguments)
    return time.perf_counter() - start, result


def compare(librqa, peer, series, norm, arguments):
    """Peer and librqa in turn, at most --repeats times and while --budget lasts."""
    theirs, ours = [], []
    while len(theirs) < arguments.repeats and (
            not theirs or sum(theirs) * (1 + 1 / len(theirs)) < arguments.budget):
        taken, their_values = timed(peer.analyze, series, norm)
        theirs.append(taken)
        time.sleep(REST_S)
        taken, our_values = timed(librqa.analyze, series, norm, peer.convention)
        ours.append(taken)
    worst, by = difference(our_values, their_values)
    return {"peer": peer.name, "n": len(series), "norm": norm, "runs": len(theirs),
            "peer_median_s": statistics.median(theirs), "peer_min_s": min(theirs),
            "peer_max_s": max(theirs), "librqa_median_s": statistics.median(ours),
            "librqa_min_s": min(ours), "librqa_max_s": max(ours),
            "ratio": statistics.median(theirs) / statistics.median(ours),
            "agree": by <= peer.tolerance, "largest_difference": by, "differs_most": worst,
            "librqa": our_values, "values": their_values}


def compare_all(librqa, peer, longest, arguments):
    for norm in NORMS:
        peer.analyze(longest[:500].copy(), norm)  # libraries load, threads start
        librqa.analyze(longest[:500].copy(), norm, peer.convention)
        for n in arguments.sizes:
            if peer.name != "pyunicorn" or n <= arguments.pyunicorn_max:
                yield compare(librqa, peer, longest[:n].copy(), norm, arguments)


def print_row(row, version, out):
    verdict = "agree" if row["agree"] else "DIFFER"
    print(f"  {row['peer'] + ' ' + version:18s} {row['n']:8d} {row['norm']:10s} "
          f"{row['peer_median_s']:9.4f} s {row['librqa_median_s']:9.6f} s {row['ratio']:7.1f}x "
          f"{row['runs']:4d}  {verdict} ({row['differs_most']} by {row['largest_difference']:.1e})",
          file=out, flush=True)


def cpu_model():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "unknown"


def run_inside(arguments):
    """With the peers importable: measure."""
    import importlib.metadata
    import numpy
    # What the peers print must not mix with the results.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        librqa = Librqa(arguments.librqa, arguments.threads)
    except OSError as error:
        sys.exit(f"peers.py: {error}")
    machine = {"cpu": cpu_model(), "threads": arguments.threads, "load": os.getloadavg()[0],
               "librqa": librqa.version, "python": sys.version.split()[0],
               "numpy": numpy.__version__}
    text = arguments.format == "text"
    if text:
        print(f"librqa {librqa.version} against its peers: {machine['cpu']}, threads: "
              f"{arguments.threads}, load {machine['load']:.2f}\n  {'peer':18s} {'N':>8s} "
              f"{'norm':10s} {'peer':>11s} {'librqa':>11s} {'ratio':>8s} {'runs':>4s}  numbers",
              file=out, flush=True)
    longest = numpy.array(roessler(max(arguments.sizes)))
    results, versions, missing = [], {}, {}
    for name in (["librqa"] if arguments.earlier else []) + arguments.peers:
        try:
            if name == "librqa":
                peer = Earlier(arguments.earlier, arguments.threads)
                versions[name] = peer.version
            else:
                peer = PEERS[name]()
                versions[name] = importlib.metadata.version(name)
            for row in compare_all(librqa, peer, longest, arguments):
                results.append(row)
                if text:
                    print_row(row, versions[name], out)
        except Exception as error:  # whatever is wrong with one peer, the others go on
            missing[name] = f"{type(error).__name__}: {error}"
    for name, why in missing.items():
        print(f"  {name}: left out: {why}", file=out if text else sys.stderr)
    if not text:
        json.dump({"machine": machine, "versions": versions, "missing": missing,
                   "results": results}, out, indent=1)
        print(file=out)
    out.flush()
    return 0 if all(row["agree"] for row in results) else 1


def install(folder, arguments):
    """Makes the environment and returns its interpreter. A peer that fails is reported later."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    for name in ("numpy", *arguments.peers):
        wanted = f"accrqa=={arguments.accrqa}" if name == "accrqa" and arguments.accrqa else name
        print(f"installing {wanted}", file=sys.stderr, flush=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input",
                               "--disable-pip-version-check", wanted],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            print(f"{wanted} cannot be installed: {last}", file=sys.stderr)
    return python


def find_librqa():
    built = sorted(ROOT.glob("build*/lib/librqa.so"))
    return str(built[0]) if built else ctypes.util.find_library("rqa")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = lambda text: [int(part) for part in text.split(",")]
    parser.add_argument("librqa", nargs="?", default=find_librqa(), help="path of librqa.so")
    parser.add_argument("--sizes", type=sizes, default=[1000, 5000, 10000, 50000],
                        help="lengths of the series (default 1000,5000,10000,50000)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeats", type=int, default=3, help="turns for each case (default 3)")
    parser.add_argument("--budget", type=float, default=15.0,
                        help="seconds of a peer's time after which a case ends (default 15)")
    parser.add_argument("--peers", default=list(PEERS), metavar="NAMES",
                        type=lambda text: [] if text == "none" else text.split(","),
                        help=f"of {','.join(PEERS)}, or none (default: all)")
    parser.add_argument("--earlier", metavar="PATH",
                        help="an earlier librqa.so, timed as a peer; its numbers must be equal")
    parser.add_argument("--accrqa", metavar="VERSION", help="default: the newest")
    parser.add_argument("--pyunicorn-max", type=int, default=5000, metavar="N",
                        help="longest series for pyunicorn, which keeps N x N distances "
                             "(default 5000)")
    parser.add_argument("--venv", type=pathlib.Path, help="environment to use, made if need be")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for name in arguments.peers:
        if name not in PEERS:
            parser.error(f"no such peer: {name}; there are {', '.join(PEERS)}")
    if not arguments.librqa:
        parser.error("no librqa.so found: build it, or give its path")
    if min(arguments.sizes) < 500:
        parser.error("a series has at least 500 samples")
    return arguments


def main():
    arguments = parse()
    if arguments.inside:
        return run_inside(arguments)
    with tempfile.TemporaryDirectory(prefix="rqa_peers_") as temporary:
        folder = (arguments.venv or pathlib.Path(temporary)).resolve()
        python = install(folder, arguments)
        environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads))
        command = [str(python), __file__, "--inside", *sys.argv[1:]]
        if arguments.librqa not in sys.argv[1:]:
            command.insert(2, arguments.librqa)
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())

"""test_py_store_copies.py - two copies of SQLite in the process that writes a store: what is read
there through the library costs nothing, though the process is killed afterwards."""
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import unittest

from py_case import main, python

LIBRARY = os.environ.get("RQA_LIBRARY", "")
NAME, OTHER = b"libsqlite3.so.0\0", b"libsqlite3.so.X\0"

# A sweep that is looked at from inside and then from another process, as a second terminal does,
# goes on for a while, says how many rows have been committed, and kills itself.
WRITER = """
import os, re, signal, sqlite3, subprocess, sys
import numpy as np, rqa
path, how = sys.argv[1:]
print("copies", len(set(re.findall("/.*libsqlite3.*", open("/proc/self/maps").read()))), flush=True)
LOOK = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); " \\
       "print(c.execute('SELECT count(*) FROM results').fetchone()[0]); c.close()"

def peek():
    if how == "sqlite3":
        other = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        n = other.execute("SELECT count(*) FROM results").fetchone()[0]
        other.close()
    else:
        with rqa.open_store(path) as store:
            n = store.count()
    return n

peeked = 0
def progress(now):
    global peeked
    if not peeked and now["n_done"] > 200:
        peeked = now["n_done"]
        assert peek() > 0
        subprocess.run([sys.executable, "-c", LOOK, path], check=True, stdout=subprocess.DEVNULL)
    if peeked and now["n_done"] > peeked + 400:
        print("done", now["n_done"], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

rng = np.random.default_rng(1)
# On one thread it is not over at the first call, however many cores there are.
rqa.sweep([rng.normal(size=600) for _ in range(2000)], dim=range(1, 4), delay=range(1, 6),
          threshold=np.linspace(.1, 1, 10), store=path, frame=False, progress=progress,
          context=rqa.Context(threads=1))
"""


def sqlite_of(library):
    """The shared SQLite that a library needs, or None."""
    done = subprocess.run(["ldd", library], capture_output=True, text=True)
    found = re.search(r"libsqlite3\.so\.0 => (\S+)", done.stdout)
    return found and found[1]


class Copies(unittest.TestCase):
    def setUp(self):
        shared = LIBRARY and sqlite_of(LIBRARY)
        if not shared:
            self.skipTest("RQA_LIBRARY has no shared SQLite of which a second copy could be made")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for source, name in ((shared, "libsqlite3.so.X"), (LIBRARY, "librqa.so")):
            with open(source, "rb") as file, open(self.at(name), "wb") as out:
                out.write(file.read().replace(NAME, OTHER))

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def killed(self, how):
        """(rows committed, rows found afterwards) of a sweep that `how` looked into."""
        path = self.at(how + ".sqlite")
        done = python(WRITER, path, how, timeout=600, environment={
            "RQA_LIBRARY": self.at("librqa.so"), "LD_LIBRARY_PATH": self.folder.name})
        self.assertIn("copies 2\n", done.stdout)
        if how == "sqlite3" and done.returncode == -signal.SIGBUS:
            return 1, 0
        self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
        left = sqlite3.connect(path).execute("SELECT count(*) FROM results").fetchone()[0]
        return int(re.search(r"done (\d+)", done.stdout)[1]), left

    def test_the_library_reads_beside_its_own_writer(self):
        done, left = self.killed("rqa")
        self.assertGreaterEqual(left, done)

    def test_another_copy_does_not(self):
        """Which is why: if this no longer loses rows, or the file that all share in memory is cut off
        under the writer, the test above says nothing."""
        done, left = self.killed("sqlite3")
        self.assertLess(left, done)


if __name__ == "__main__":
    main()

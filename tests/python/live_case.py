"""live_case.py - what the tests of rqa-live share: a server on a folder, and how it is asked.

The tests run in the environment that RQA_PEERS_PYTHON names if this one lacks Starlette.
"""
import contextlib
import glob
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

PACKAGE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                                        "examples", "python"))
PROGRAM = os.environ.get("RQA_TEST_PROGRAM", "")
DEADLINE_S = 600  # only for what hangs
#: Settings of a sweep over endless recordings; served(endless=True).
ENDLESS = {"columns": "x,y", "dim": "1:10", "delay": "1:250", "threshold": "0.1:1:0.05", "threads": "2"}


def need(*modules):
    """Goes on in an environment that has them, or ends as skipped."""
    try:
        for module in modules:
            __import__(module)
    except ImportError as error:
        other = os.environ.get("RQA_PEERS_PYTHON", "none")
        if other != "none" and not os.environ.get("RQA_TEST_INNER"):
            os.environ["RQA_TEST_INNER"] = "1"
            os.execv(other, [other, "-B", *sys.argv])
        print(f"skipped: {error}")
        sys.exit(77)
    if not PROGRAM:
        print("skipped: RQA_TEST_PROGRAM names no program rqa")
        sys.exit(77)


class Server:
    """rqa-live in a process of its own."""

    def __init__(self, folder, *arguments, port=0):
        self.folder = folder
        deadline = time.monotonic() + DEADLINE_S
        while not self.starts(folder, *arguments, f"--port={port}"):
            # It has said why on stderr. A port that was its own may be somebody else's for a moment.
            if port == 0 or time.monotonic() > deadline:
                raise AssertionError(f"rqa-live ended with {self.process.returncode}")
            time.sleep(.2)
        self.address = self.process.stdout.readline().strip()
        self.netloc, _, rest = self.address.removeprefix("http://").partition("/")
        self.port = int(self.netloc.rpartition(":")[2])
        self.token = rest.partition("token=")[2]
        self.cookie = ""

    def starts(self, folder, *arguments):
        """Whether the process comes to serve."""
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-m", "rqa_live", folder, "--no-browser", *arguments],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": PACKAGE, "RQA_PROGRAM": PROGRAM})
        if self.process.stdout.readline().startswith("rqa-live: "):
            return True
        self.kill()
        return False

    def raw(self, method, path, body=None, headers=None):
        """(status, headers, body) of a request with these headers and no others."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def enter(self):
        """The cookie for the token."""
        status, headers, _ = self.raw("POST", "/api/session", json.dumps({"token": self.token}),
                                      {"content-type": "application/json"})
        assert status == 200, status
        self.cookie = headers["set-cookie"].partition(";")[0]
        return headers["set-cookie"]

    def ask(self, path, body=None, status=200):
        """JSON of a request as the page makes it."""
        headers = {"cookie": self.cookie}
        if body is not None:
            headers.update({"content-type": "application/json", "x-rqa-token": self.token})
        found, _, text = self.raw("GET" if body is None else "POST", path,
                                  None if body is None else json.dumps(body), headers)
        assert found == status, (path, found, text[:300])
        return json.loads(text)

    def until(self, what, batch="b1"):
        """Where a batch stands, as soon as it is so."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            told = self.ask(f"/api/batches/{batch}")
            if what(told):
                return told
            assert time.monotonic() < deadline, told
            time.sleep(.05)

    def wait(self, batch, *states):
        """Until it is in one of the states."""
        told = self.until(lambda told: told["state"] != "running", batch)
        assert told["state"] in states, told
        return told

    def kill(self):
        """With -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def close(self):
        """As Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.process.stdout.close()


def write_recordings(folder, n=3, n_samples=300, endless=False):
    """Two groups of random walks. With an endless one besides, the last of all, a sweep over ENDLESS has
    its first results at once and does not end: on two threads it takes hours, whatever the machine."""
    state = 1
    names = [f"{group}/r{k}" for group in ("one", "two") for k in range(n)]
    for name in names + ["two/z"] * endless:
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
        x = y = 0.0
        lines = ["t,x,y"]
        for i in range(300000 if name == "two/z" else n_samples):
            state = (1103515245 * state + 12345) % 2**31
            x += state / 2**31 - .5
            state = (1103515245 * state + 12345) % 2**31
            y += state / 2**31 - .5
            lines.append(f"{i / 100},{x:.4f},{y:.4f}")
        with open(os.path.join(folder, f"{name}.csv"), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")


def end_all(folder):
    """No sweep of a folder outlives its test, whatever became of the server."""
    for path in glob.glob(os.path.join(glob.escape(folder), ".rqa-live", "b*", "batch.json")):
        with contextlib.suppress(OSError, ValueError):  # ended, or damaged by the test
            with open(path, encoding="utf-8") as file:
                pid = json.load(file)["runs"][-1]["pid"]
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                is_ours = os.fsencode(os.path.dirname(path)) in file.read()
            if is_ours:
                os.kill(pid, signal.SIGKILL)
                while os.path.exists(f"/proc/{pid}/fd"):  # else it still writes while the folder goes
                    time.sleep(.01)


@contextlib.contextmanager
def served(*arguments, **options):
    """A server on a folder of recordings, with a session."""
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        write_recordings(folder, **options)
        server = Server(folder, *arguments)
        try:
            server.enter()
            yield server
        finally:
            try:
                server.close()
            finally:
                end_all(folder)

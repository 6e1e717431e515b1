"""Batches: processes of `rqa sweep` that outlive this server, and what their files tell of them.

Of each there is a folder DIR/.rqa-live/ID with batch.json (the command, the processes) and, for each
run, RUN.events and RUN.log, which the program writes. The results are in DIR/NAME.sqlite. One server
at a time serves a folder, so that what is in memory is what is in the files.
"""
from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
from typing import Any, Optional

from ._folder import Folder, Refused
from ._request import arguments

MOST_RUNNING = 4
MOST_LISTED = 500
_TAIL_BYTES = 1 << 16
_MOST_TAIL_BYTES = 1 << 22


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


_BOOT = _read("/proc/sys/kernel/random/boot_id").strip()


def _start_of(pid: int) -> str:
    """When a process was started, which tells it from another that has got its number; "" = it is
    not there, or has ended and waits to be asked."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return "" if not fields or fields[0] in "ZX" else f"{_BOOT} {fields[19]}"


def _process_with(argument: str) -> int:
    """The process that was started with an argument, or 0."""
    for name in os.listdir("/proc"):
        if name.isdigit() and argument in _read(f"/proc/{name}/cmdline").split("\0"):
            return int(name)
    return 0


class Batch:
    """One sweep, however often it was started."""

    def __init__(self, folder: str, record: dict[str, Any]):
        self.folder, self.record = folder, record
        self._ended: Optional[tuple[int, dict[str, Any]]] = None

    @property
    def id(self) -> str:
        """Of the batch, part of addresses."""
        return os.path.basename(self.folder)

    @property
    def n_runs(self) -> int:
        """How often it was started."""
        return len(self.record["runs"])

    def events_path(self, run: int) -> str:
        """The events of a run, from 1."""
        return os.path.join(self.folder, f"{run}.events")

    def log_path(self, run: int) -> str:
        """What the program said."""
        return os.path.join(self.folder, f"{run}.log")

    def process(self) -> int:
        """The process that is at work, or 0."""
        if not self.record["runs"]:
            return 0
        run = self.record["runs"][-1]
        alive = _start_of(run["pid"]) == run["start"] != ""
        return int(run["pid"]) if alive else 0

    def save(self) -> None:
        """Whole or not at all."""
        path = os.path.join(self.folder, "batch.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.record, file, indent=1)
        os.replace(path + ".new", path)

    def tail(self) -> list[dict[str, Any]]:
        """The last events of the last run, back to one that tells how far it is."""
        try:
            with open(self.events_path(self.n_runs), "rb") as file:
                size, n_bytes = os.fstat(file.fileno()).st_size, _TAIL_BYTES
                while True:
                    file.seek(max(0, size - n_bytes))
                    text = file.read(min(size, n_bytes)).decode(errors="replace")
                    lines = text.split("\n")[0 if n_bytes >= size else 1:-1]
                    found = [json.loads(line) for line in lines]
                    if n_bytes >= min(size, _MOST_TAIL_BYTES) or any("percent" in e for e in found):
                        return found
                    n_bytes *= 8
        except (OSError, ValueError):
            return []

    def told(self) -> dict[str, Any]:
        """Where it stands. Its files are not read again once it has ended."""
        alive = self.process()
        if not alive and self._ended and self._ended[0] == self.n_runs:
            return self._ended[1]
        told = self._read_events(bool(alive))
        self._ended = None if alive else (self.n_runs, told)
        return told

    def _read_events(self, alive: bool) -> dict[str, Any]:
        last: dict[str, dict[str, Any]] = {}
        for event in self.tail():
            last[event["event"]] = event
        ended = last.get("batch_completed")
        if alive:
            state = "running"
        elif ended is None:
            state = "interrupted"  # killed, or it never got as far
        else:
            state = {"ok": "completed", "RQA_ERROR_CANCELLED": "cancelled"}.get(
                ended["status"], "failed")
        newest = ended or last.get("progress") or last.get("batch_started") or {}
        return {
            "id": self.id, "name": self.record["name"], "state": state, "runs": self.n_runs,
            "created_s": self.record["created_s"], "store": self.record["store"],
            "text": (ended or {}).get("text") or (self.complaint() if state == "interrupted"
                                                  else ""),
            "device": last.get("device_stats"),
            **{name: newest.get(name) for name in ("done", "failed", "skipped", "total", "percent",
                                                   "rate_per_s", "eta_s", "elapsed_s")}}

    def log(self) -> list[str]:
        """The end of what the program said in the last run."""
        try:
            with open(self.log_path(self.n_runs), "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
                return file.read(_TAIL_BYTES).decode(errors="replace").splitlines()
        except OSError:
            return []

    def complaint(self) -> str:
        """The program's last line, where there are no events."""
        lines = [line for line in self.log() if line.strip()]
        return lines[-1][:500] if lines else "it was killed; start it again to go on"

    def command(self) -> str:
        """To be repeated by hand, in the folder."""
        return "rqa " + shlex.join(self.record["arguments"])


class Batches:
    """All of a folder. Threads take turns."""

    def __init__(self, folder: Folder, program: str):
        self._folder, self._program = folder, program
        self._children: list[subprocess.Popen[bytes]] = []
        self._turn = threading.RLock()
        # Goes with the process, however it ends; children do not get it.
        self._lock = open(os.path.join(folder.own, "lock"), "a", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise Refused(f"another rqa-live serves {folder.path}", 409) from None
        self._known: dict[str, Batch] = {}
        for name in sorted(os.listdir(folder.own), key=lambda name: (len(name), name)):
            if re.fullmatch(r"b[0-9]{1,9}", name):
                self._find(name)

    def _find(self, name: str) -> None:
        """One that an earlier server has left."""
        path = os.path.join(self._folder.own, name)
        try:
            batch = Batch(path, json.loads(_read(os.path.join(path, "batch.json"))))
            run = batch.record["runs"][-1]
            if not run["pid"]:  # that server ended between the start and its note
                pid = _process_with(f"--events={batch.events_path(batch.n_runs)}")
                run.update(pid=pid, start=_start_of(pid))
                batch.save()
            batch.told()
        except (ValueError, LookupError, TypeError, OSError):
            return  # one that was never started, or is no batch of ours
        self._known[name] = batch

    def newest(self) -> list[dict[str, Any]]:
        """Where the newest stand, the newest first."""
        with self._turn:
            self._reap()
            return [batch.told() for batch in list(self._known.values())[:-MOST_LISTED - 1:-1]]

    def get(self, name: str) -> Batch:
        """One by its id."""
        found = self._known.get(name)
        if not found:
            raise Refused(f"there is no batch {name!r:.40}", 404)
        return found

    def told(self, name: str) -> dict[str, Any]:
        """Where one stands, what it was asked for with, and the command."""
        batch = self.get(name)
        with self._turn:
            self._reap()
            return {**batch.told(), "command": batch.command(), "request": batch.record["request"]}

    def is_running(self, batch: Batch, run: int) -> bool:
        """Whether this run of it is at work."""
        with self._turn:
            self._reap()
            return run == batch.n_runs and bool(batch.process())

    def start(self, request: dict[str, Any]) -> str:
        """A new one, its id; its store must be new too."""
        with self._turn:
            self._check_room()
            number = 1 + max((int(name[1:]) for name in os.listdir(self._folder.own)
                              if re.fullmatch(r"b[0-9]{1,9}", name)), default=0)
            name = request["name"] or f"sweep-b{number}"
            store = f"{name}.sqlite"
            if os.path.lexists(os.path.join(self._folder.path, store)):
                raise Refused(f"{store} is there already; start its batch again, or take another "
                              "name", 409)
            folder = os.path.join(self._folder.own, f"b{number}")
            os.mkdir(folder, 0o700)
            batch = Batch(folder, {
                "name": name, "store": store, "created_s": time.time(), "request": request,
                "arguments": ["sweep", *arguments(request), f"--store={store}"], "runs": []})
            try:
                self._run(batch)
            except Refused:
                shutil.rmtree(folder)
                raise
            self._known[batch.id] = batch
            return batch.id

    def resume(self, name: str) -> None:
        """Goes on where it was: the store knows what it has."""
        batch = self.get(name)
        with self._turn:
            self._reap()
            if batch.process():
                raise Refused(f"{batch.id} is running", 409)
            self._check_room()
            self._run(batch)

    def cancel(self, name: str) -> None:
        """As Ctrl-C does."""
        batch = self.get(name)
        with self._turn:
            self._reap()
            pid = batch.process()
            if not pid:
                raise Refused(f"{batch.id} is not running", 409)
            os.kill(pid, signal.SIGINT)

    def _check_room(self) -> None:
        running = sum(1 for batch in self._known.values() if batch.process())
        if running >= MOST_RUNNING:
            raise Refused(f"{running} batches are running; allowed are {MOST_RUNNING} at a time", 429)

    def _run(self, batch: Batch) -> None:
        """In a session of its own: neither the terminal's Ctrl-C nor the server's end reaches it."""
        run, runs = batch.n_runs + 1, batch.record["runs"]
        log = batch.log_path(run)
        # Noted before it is there, so that a new server looks for it if this one ends in between.
        runs.append({"pid": 0, "start": "", "started_s": time.time()})
        try:
            batch.save()
            with open(log, "ab") as errors:
                child = subprocess.Popen(
                    [self._program, *batch.record["arguments"], "--quiet",
                     f"--events={batch.events_path(run)}", f"--log={log}"], cwd=self._folder.path,
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                    start_new_session=True)
        except OSError as error:
            runs.pop()
            raise Refused("too many names for one command; name their folder instead"
                          if error.errno == errno.E2BIG else
                          f"it cannot be started: {error.strerror}", 400) from None
        self._children.append(child)
        runs[-1].update(pid=child.pid, start=_start_of(child.pid))
        batch.save()

    def _reap(self) -> None:
        """Asks after children that have ended, so that they go."""
        self._children = [child for child in self._children if child.poll() is None]


def plot_file(folder: Folder, batch: Batch, series: str) -> Optional[str]:
    """The file of a recording, by the label that the program gave it: of a file named in the command
    its path or name, of one in a folder its path in it; the ending only where it tells two apart."""
    for name in batch.record["request"]["recordings"]:
        path = folder.inside(name)
        if os.path.isdir(path):
            files = ((os.path.join(name, label), label) for label in folder.recordings(name))
        else:
            files = ((file, os.path.basename(file)) for file in (name,))
        for file, label in files:
            stem = os.path.splitext(label[:-3] if label.lower().endswith(".gz") else label)[0]
            if series in (label, stem, f"./{os.path.normpath(file)}", f"./{file}"):
                return file
    return None

"""test_live.py - rqa-live without a browser: its addresses, its batches, and who is refused."""
import contextlib
import inspect
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import sys
import time
import unittest
from urllib.parse import quote

from live_case import DEADLINE_S, ENDLESS, Server, need, served

need("starlette", "uvicorn", "websockets", "jsonschema")
import jsonschema  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidHandshake  # noqa: E402
from websockets.sync.client import connect  # noqa: E402

GRID = {"recordings": ["."], "columns": "x,y", "dim": "1:3", "delay": "1,2",
        "threshold": "0.2:1:0.2", "lmin": "2:3"}
# A client of a busy machine takes its time, and does not end by itself what it does not read. Older ones
# have not all of these.
PATIENCE = {name: value for name, value in (("open_timeout", DEADLINE_S), ("ping_interval", None),
                                            ("max_queue", None))
            if name in inspect.signature(connect).parameters}
LONG = {"recordings": ["."], **ENDLESS}  # runs until it is cancelled or killed


class Live(unittest.TestCase):
    def events(self, server, batch, query=""):
        with self.socket_of(server, batch + query) as ws:
            found = []
            try:
                while True:
                    found.append(json.loads(ws.recv(timeout=DEADLINE_S)))
            except ConnectionClosed:
                return found

    def test_a_sweep(self):
        with served() as server:
            names = [one["name"] for one in server.ask("/api/recordings")["recordings"]]
            self.assertEqual(names, [f"{g}/r{k}.csv" for g in ("one", "two") for k in range(3)])
            told = server.ask("/api/preview?name=one/r0.csv")
            self.assertEqual(told["columns"], ["t", "x", "y"])
            plan = server.ask("/api/plan", GRID)
            self.assertEqual((plan["results"], plan["recordings"], plan["unusable"]),
                             (6 * 60, 6, []))
            started = server.ask("/api/batches", {**GRID, "name": "first"}, 201)
            self.assertEqual(started["command"], "rqa sweep ./. --columns=x,y --dim=1:3 "
                             "--delay=1,2 --threshold=0.2:1:0.2 --lmin=2:3 --store=first.sqlite")
            told = server.wait("b1", "completed")
            self.assertEqual((told["done"], told["total"], told["percent"]), (360, 360, 100))
            events = self.events(server, "b1")
            self.assertEqual([e["seq"] for e in events], list(range(events[0]["seq"],
                                                                    events[0]["seq"] + len(events))))
            self.assertEqual((events[0]["event"], events[-1]["event"]),
                             ("batch_started", "batch_completed"))
            self.assertEqual(sum(e["event"] == "item_completed" for e in events), 6)
            later = self.events(server, "b1", f"?run=1&from={events[3]['seq']}")
            self.assertEqual(later, events[3:])
            axes = server.ask("/api/batches/b1/axes")
            self.assertEqual((axes["dim"], axes["lmin"], axes["keys"]), ([1, 2, 3], [2, 3], ["group"]))
            grid = server.ask("/api/batches/b1/grid?measure=det&x=threshold&y=dim&delay=1&lmin=2")
            with sqlite3.connect(os.path.join(server.folder, "first.sqlite")) as store:
                mean, = store.execute(
                    "SELECT avg(det) FROM results WHERE \"group\" = 'two' AND dim = 3 AND delay = 1 "
                    "AND lmin = 2 AND threshold = ?", [axes["threshold"][1]]).fetchone()
            self.assertEqual(grid["groups"]["two"][2][1], mean)
            rows, at = [], 0
            while at is not None:
                page = server.ask(f"/api/batches/b1/results?limit=100&offset={at}&group=one")
                rows, at = rows + page["rows"], page["next"]
            self.assertEqual(len(rows), 180)
            self.assertEqual(len({tuple(row[:8]) for row in rows}), 180)
            status, headers, csv = server.raw("GET", "/api/batches/b1/export.csv", None,
                                              {"cookie": server.cookie})
            self.assertEqual((status, len(csv.splitlines())), (200, 361))
            status, headers, png = server.raw(
                "GET", "/api/batches/b1/plot.png?series=one/r1&dim=2&delay=1&threshold=0.4", None,
                {"cookie": server.cookie})
            self.assertEqual((status, png[:4]), (200, b"\x89PNG"), png[:200])

    def test_errors_are_the_programs(self):
        with served() as server:
            for change, text in (({"dim": "0"}, "--dim: '0' has 0"), ({"norm": "l7"}, "--norm"),
                                 ({"columns": "x,z"}, "there is no column 'z'"),
                                 ({"threshold": "-1"}, "--threshold"),
                                 ({"recordings": ["none.csv"]}, "is not there"),
                                 ({"recordings": []}, "recordings must be"),
                                 ({"thresholds": "1"}, "'thresholds' is unknown"),
                                 ({"name": "../x"}, "name must be"), ({"name": "a/b"}, "name"),
                                 ({"columns": "x\n"}, "control characters"),
                                 ({"modes": [{"name": "m"}]}, "a mode must be"),
                                 ({"threads": "--out=/tmp/x"}, "--threads")):
                for path in ("/api/plan", "/api/batches"):
                    status = 404 if "not there" in text else 400
                    told = server.ask(path, {**GRID, **change}, status)
                    self.assertIn(text, told["error"])
            self.assertEqual(server.ask("/api/batches")["batches"], [])
            self.assertIn("no JSON", json.loads(server.raw("POST", "/api/plan", "{", {
                "cookie": server.cookie, "content-type": "application/json",
                "x-rqa-token": server.token})[2])["error"])
            server.ask("/api/batches", {**GRID, "name": "same"}, 201)
            self.assertIn("is there already", server.ask("/api/batches", {**GRID, "name": "same"},
                                                         409)["error"])

    def test_cancel_and_start_again(self):
        with served(endless=True) as server:
            server.ask("/api/batches", LONG, 201)
            server.until(lambda told: told["done"])
            self.assertIn("is running", server.ask("/api/batches/b1/resume", {}, 409)["error"])
            server.ask("/api/batches/b1/cancel", {})
            told = server.wait("b1", "cancelled")
            self.assertIn("not running", server.ask("/api/batches/b1/cancel", {}, 409)["error"])
            n = server.ask("/api/batches/b1/results?limit=1000")["rows"]
            self.assertTrue(n and told["done"] < told["total"])
            server.ask("/api/batches/b1/resume", {})
            self.assertEqual(server.until(lambda told: told["skipped"])["runs"], 2)

    def test_the_work_outlives_the_server(self):
        with served(endless=True) as server:
            server.ask("/api/batches", LONG, 201)
            server.until(lambda told: told["done"])
            server.kill()
            other = Server(server.folder, port=server.port)
            try:
                self.assertEqual(other.token, server.token, "an open page goes on")
                other.cookie = server.cookie
                before = other.ask("/api/batches/b1")
                with open(os.path.join(server.folder, ".rqa-live", "b1", "batch.json"),
                          encoding="utf-8") as file:
                    pid = json.load(file)["runs"][0]["pid"]
                self.assertEqual(os.getsid(pid), pid, "Ctrl-C in the terminal must not reach it")
                self.assertEqual(before["state"], "running")
                other.until(lambda told: told["elapsed_s"] > before["elapsed_s"])
                other.ask("/api/batches/b1/cancel", {})
                other.wait("b1", "cancelled")
                other.ask("/api/batches", {**GRID, "name": "next"}, 201)
                other.wait("b2", "completed")
                other.ask("/api/batches/b1/resume", {})
                with open(os.path.join(server.folder, ".rqa-live", "b1", "batch.json"),
                          encoding="utf-8") as file:
                    run = json.load(file)["runs"][-1]
                os.kill(run["pid"], signal.SIGKILL)
                other.wait("b1", "interrupted")
            finally:
                other.close()

    def test_not_too_many(self):
        with served(endless=True) as server:
            for _ in range(4):
                server.ask("/api/batches", {**LONG, "threads": "1"}, 201)
            self.assertIn("4 at a time", server.ask("/api/batches", LONG, 429)["error"])

    def test_refusals(self):
        """Whoever has no token, comes from another page, or names what is outside."""
        with served() as server:
            os.symlink("/etc", os.path.join(server.folder, "away"))
            own, json_ = {"cookie": server.cookie}, {"content-type": "application/json"}
            token = {"x-rqa-token": server.token}
            body = json.dumps(GRID)
            evil = {"origin": "http://evil.example"}
            for status, method, path, headers, sent in (
                    (200, "GET", "/", {}, None), (200, "GET", "/static/live.js", {}, None),
                    (404, "GET", "/static/../_main.py", {}, None),
                    (404, "GET", "/static/%2e%2e/_main.py", {}, None),
                    (401, "GET", "/api/batches", {}, None),
                    (401, "GET", "/api/batches", {"cookie": server.cookie[:-1] + "x"}, None),
                    (200, "GET", "/api/batches", own, None),
                    (421, "GET", "/api/batches", {**own, "host": "evil.example"}, None),
                    (421, "GET", "/", {"host": f"evil.example:{server.port}"}, None),
                    (421, "GET", "/", {"host": "127.0.0.1:1"}, None),
                    (421, "GET", "/", {"host": ""}, None),
                    (200, "GET", "/", {"host": f"localhost:{server.port}"}, None),
                    (403, "GET", "/api/batches", {**own, **evil}, None),
                    (403, "GET", "/api/batches", {**own, "origin": "null"}, None),
                    (403, "GET", "/api/batches", {**own, "sec-fetch-site": "same-site"}, None),
                    (200, "GET", "/", {"sec-fetch-site": "cross-site"}, None),
                    (403, "POST", "/api/batches", {**own, **json_}, body),
                    (403, "POST", "/api/batches", {**own, **json_, **token, **evil}, body),
                    (403, "POST", "/api/batches", {**own, **json_, "x-rqa-token": "0" * 32}, body),
                    (401, "POST", "/api/batches", {**json_, **token}, body),
                    (415, "POST", "/api/batches", {**own, **token, "content-type": "text/plain"},
                     body),
                    (401, "POST", "/api/session", json_, '{"token": "wrong"}'),
                    (401, "POST", "/api/session", json_, '["x"]'),
                    (413, "POST", "/api/session", {**json_, "content-length": str(2**30)}, None),
                    (403, "PUT", "/api/batches", {**own, **json_}, body),
                    (405, "DELETE", "/api/batches", {**own, **json_, **token}, None),
                    (404, "GET", "/api/none", own, None),
                    (404, "GET", "/api/batches/b9", own, None),
                    (404, "GET", "/api/batches/..", own, None),
                    (404, "GET", "/api/batches/b1%2f..%2fb1", own, None)):
                found, got, text = server.raw(method, path, sent, headers)
                self.assertEqual(found, status, (method, path, headers, text[:200]))
                if found != 404 or path.startswith("/api"):
                    self.assertIn("default-src 'self'", got["content-security-policy"])
            for name in ("../x", "/etc/passwd", "away/passwd", "one/../../x", ".rqa-live/token",
                         "one/r0.csv\0", "", ".", "away", "no.csv"):
                told = server.ask("/api/plan", {**GRID, "recordings": [name]},
                                  404 if name == "no.csv" else 400)
                self.assertTrue(told["error"])
            self.assertIn("samesite=strict", server.enter().lower())
            self.assertIn("httponly", server.enter().lower())
            mode = os.stat(os.path.join(server.folder, ".rqa-live", "token")).st_mode
            self.assertEqual(mode & 0o077, 0)
            for origin, cookie in (("http://evil.example", server.cookie), (None, server.cookie),
                                   (f"http://{server.netloc}", "")):
                with self.assertRaises(InvalidHandshake):
                    connect(f"ws://127.0.0.1:{server.port}/ws/b1", origin=origin,
                            additional_headers={"cookie": cookie}, **PATIENCE)

    def socket_of(self, server, batch="b1"):
        """A WebSocket as the page opens it; legacy clients may be used without `with`."""
        return connect(f"ws://127.0.0.1:{server.port}/ws/{batch}", origin=f"http://{server.netloc}",
                       additional_headers={"cookie": server.cookie}, **PATIENCE)

    def test_floods(self):
        """A body of a GiB, more WebSockets than there may be, and 500 connections that say nothing."""
        with served(endless=True) as server, contextlib.ExitStack() as opened:
            with socket.create_connection(("127.0.0.1", server.port)) as raw:
                raw.sendall((f"POST /api/plan HTTP/1.1\r\nhost: {server.netloc}\r\ncookie: "
                             f"{server.cookie}\r\nx-rqa-token: {server.token}\r\ncontent-type: "
                             "application/json\r\ntransfer-encoding: chunked\r\n\r\n").encode())
                answer, n_sent = b"", 0
                try:
                    for n_sent in range(2**30 // 65536):
                        raw.sendall(b"10000\r\n" + b"[" * 65536 + b"\r\n")
                    answer = raw.recv(4096)
                except OSError:
                    pass
                self.assertLess(n_sent, 1000, "it must not be read to its end")
                self.assertTrue(not answer or b" 413 " in answer.splitlines()[0], answer[:200])
            server.ask("/api/batches", LONG, 201)
            n_open = 0
            with self.assertRaises(InvalidHandshake):
                while n_open < 200:  # more than 64 where the server has closed some that did not answer
                    opened.enter_context(self.socket_of(server))
                    n_open += 1
            self.assertGreaterEqual(n_open, 64)
            self.assertEqual(server.ask("/api/batches/b1")["state"], "running")
            idle = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                    for _ in range(500)]
            status = server.raw("GET", "/api/batches", None, {"cookie": server.cookie})[0]
            self.assertEqual(status, 503)
            for one in idle:
                one.close()
            deadline = time.monotonic() + DEADLINE_S
            while server.raw("GET", "/api/batches", None, {"cookie": server.cookie})[0] != 200:
                self.assertLess(time.monotonic(), deadline)
            with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                peak = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
            self.assertLess(peak, 200 * 1024, "KiB")
            self.assertEqual(server.ask("/api/batches/b1")["state"], "running")

    def test_a_slow_reader(self):
        """One that does not read neither slows the sweep nor fills the server."""
        with served() as server:
            folder = os.path.join(server.folder, ".rqa-live")
            server.ask("/api/batches", GRID, 201)
            server.wait("b1", "completed")
            with open(os.path.join(folder, "b1", "1.events"), "r+b") as file:
                lines = file.read()
                file.write((b'{"seq": 9, "event": "progress", "percent": 1, "label": "' + b"x" * 50000 +
                            b'"}\n') * 2000)
                file.write(lines)
            with self.socket_of(server) as one:
                for _ in range(20):
                    server.ask("/api/batches")
                with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                    peak = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
                one.close_socket()  # without reading the rest
            self.assertLess(peak, 150 * 1024, "KiB")

    def test_one_server(self):
        """A second one on a folder would not know what the first one starts."""
        with served(n=1) as server:
            with self.assertRaises(AssertionError):
                Server(server.folder)
            server.kill()
            Server(server.folder).close()

    def test_killed_between(self):
        """A server that ended after the start of a sweep and before its note: the next one finds it."""
        with served(endless=True) as server:
            server.ask("/api/batches", LONG, 201)
            server.until(lambda told: told["done"])
            server.kill()
            path = os.path.join(server.folder, ".rqa-live", "b1", "batch.json")
            with open(path, encoding="utf-8") as file:
                record = json.load(file)
            record["runs"][-1].update(pid=0, start="")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(record, file)
            os.mkdir(os.path.join(server.folder, ".rqa-live", "b2"))
            os.mkdir(os.path.join(server.folder, ".rqa-live", "b3"))
            with open(os.path.join(server.folder, ".rqa-live", "b3", "batch.json"), "w",
                      encoding="utf-8") as file:
                file.write('{"runs": [{"pid": "x"')
            other = Server(server.folder, port=server.port)
            try:
                other.cookie = server.cookie
                self.assertEqual([b["state"] for b in other.ask("/api/batches")["batches"]],
                                 ["running"])
                other.ask("/api/batches/b1/cancel", {})
                other.wait("b1", "cancelled")
                self.assertEqual(other.ask("/api/batches", GRID, 201)["id"], "b4")
                other.wait("b4", "completed")
            finally:
                other.close()

    def test_plots_by_label(self):
        """Whatever the program calls a recording, its file is found."""
        with served(n=2, n_samples=60) as server:
            shutil.copy(os.path.join(server.folder, "one", "r0.csv"),
                        os.path.join(server.folder, "one", "r0.txt"))
            for k, recordings in enumerate((["."], ["one"], ["one", "two"], ["one/r0.csv"],
                                            ["one/r0.csv", "two/r0.csv", "one/r0.txt"])):
                batch = server.ask("/api/batches", {"recordings": recordings, "columns": "x,y",
                                                    "threshold": "0.5"}, 201)["id"]
                server.wait(batch, "completed")
                found = server.ask(f"/api/batches/{batch}/axes")["series"]
                self.assertEqual(len(found), (5, 3, 5, 1, 3)[k])
                for series in found:
                    status, _, text = server.raw(
                        "GET", f"/api/batches/{batch}/plot.png?series={quote(series)}&threshold=.5",
                        None, {"cookie": server.cookie})
                    self.assertEqual(status, 200, (recordings, series, text[:200]))
            for query, text in (("series=none", "not known"), ("series=r0.csv&dim=x", "dim is"),
                                ("series=r0.csv&threshold=%00", "threshold is")):
                status, _, told = server.raw("GET", f"/api/batches/b2/plot.png?{query}", None,
                                             {"cookie": server.cookie})
                self.assertIn(status, (400, 404))
                self.assertIn(text, json.loads(told)["error"])

    def test_odd_names(self):
        """Names are data, whatever they look like."""
        with served(n=1) as server:
            for name in ("<img src=x onerror=alert(1)>.csv", "--help.csv", "a b;rm -rf ~.csv",
                         "ü 😀.csv", "$(id).csv"):
                write = os.path.join(server.folder, name)
                with open(write, "w", encoding="ascii") as file:
                    file.write("x\n" + "\n".join(str(k % 7) for k in range(60)) + "\n")
            for name in (b"\xff.csv", b"a\nb.csv"):  # no JSON text, no line
                with open(os.path.join(os.fsencode(server.folder), name), "wb"):
                    pass
            os.symlink("/etc/passwd", os.path.join(server.folder, "away.csv"))
            names = [one["name"] for one in server.ask("/api/recordings")["recordings"]]
            odd = [name for name in names if "/" not in name]
            self.assertEqual(len(odd), 5)
            server.ask("/api/batches", {"recordings": odd, "threshold": "1", "name": "odd"}, 201)
            told = server.wait("b1", "completed")
            self.assertEqual((told["done"], told["failed"]), (5, 0), told)

    def test_the_document_is_true(self):
        """Every address of the document answers as it says."""
        with served() as server:
            document = server.ask("/api/openapi.json")
            server.ask("/api/batches", GRID, 201)
            server.wait("b1", "completed")
            said = {"name": "one/r0.csv", "measure": "det", "series": "one/r0", "dim": "1",
                    "delay": "1", "threshold": "0.2", "x": "lmin", "y": "dim", "limit": "5"}
            bodies = {"/api/session": {"token": server.token}, "/api/plan": GRID,
                      "/api/batches": {**GRID, "name": "other"}}
            refused = {("/api/batches/{id}/cancel", "post")}
            n_checked = 0
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    query = "&".join(f"{p['name']}={said[p['name']]}" for p in
                                     operation["parameters"] if p["in"] == "query" and
                                     p["name"] in said)
                    headers = {"cookie": server.cookie}
                    body = None
                    if method == "post":
                        headers.update({"content-type": "application/json",
                                        "x-rqa-token": server.token})
                        body = json.dumps(bodies.get(path, {}))
                    status, got, text = server.raw(method.upper(), path.replace("{id}", "b1") + (
                        f"?{query}" if query else ""), body, headers)
                    if (path, method) in refused:
                        self.assertEqual(status, 409, text)
                    else:
                        self.assertLess(status, 300, (path, text[:300]))
                    answer = operation["responses"][str(status)]["content"]
                    media = got["content-type"].partition(";")[0]
                    self.assertIn(media, answer, path)
                    schema = answer[media].get("schema")
                    if schema:
                        jsonschema.validate(json.loads(text), {**schema, "components":
                                                               document["components"]})
                        n_checked += 1
                    for name in (p["name"] for p in operation["parameters"] if p["in"] == "query"):
                        self.assertRegex(name, "^[a-z]+$")
            self.assertGreaterEqual(n_checked, 14)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    sys.exit(not program.result.wasSuccessful())

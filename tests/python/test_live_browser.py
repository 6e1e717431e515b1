"""test_live_browser.py - the page of rqa-live in Debian's chromium, driven by playwright.

RQA_TEST_LIVE_LONG=1 adds a folder of 10,000 recordings. RQA_TEST_LIVE_KILLS=20 kills the server, the
sweep or the browser that often, in turn, and compares the store with that of a sweep left alone.
RQA_TEST_LIVE_SHOTS=FOLDER keeps pictures of the page.
"""
import contextlib
import http.server
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

from live_case import DEADLINE_S, ENDLESS, PROGRAM, Server, need, served

need("starlette", "uvicorn", "websockets", "playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    print("skipped: there is no chromium")
    sys.exit(77)
from playwright.sync_api import Error, expect, sync_playwright  # noqa: E402

TIMEOUT_MS = 1000 * DEADLINE_S
expect.set_options(timeout=TIMEOUT_MS)
SHOTS = os.environ.get("RQA_TEST_LIVE_SHOTS", "")
IS_LONG = bool(os.environ.get("RQA_TEST_LIVE_LONG"))
N_KILLS = int(os.environ.get("RQA_TEST_LIVE_KILLS", "0"))
SETTINGS = {"columns": "x,y", "dim": "1:10", "delay": "1:100", "threshold": "0.1:1:0.05"}
ARGUMENTS = ["--columns=x,y", "--dim=1:10", "--delay=1:100", "--threshold=0.1:1:0.05"]


def rows(path):
    """All of a store, in an order of its own, with the bits of its numbers."""
    with contextlib.closing(sqlite3.connect(path)) as store:
        names = [row[1] for row in store.execute("PRAGMA table_info(results)")]
        kept = [f'"{name}"' for name in names if name not in ("backend", "data")]
        return sorted(map(repr, store.execute(f"SELECT {', '.join(kept)} FROM results")))


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.start_browser()

    @classmethod
    def start_browser(cls):
        """A process of its own, so that it can be killed."""
        # In containers chromium's own sandbox cannot be made.
        cls.browser = cls.playwright.chromium.launch(executable_path=CHROMIUM,
                                                     args=["--no-sandbox"], timeout=TIMEOUT_MS)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.said = []

    def open(self, address, context=None, **options):
        """A page, whose complaints are kept."""
        page = (context or self.browser.new_context(**options)).new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: self.said.append("a dialog"))
        page.goto(address)
        return page

    def fill(self, page, **settings):
        """The form, with all recordings."""
        page.click("#all")
        for name, value in settings.items():
            page.fill(f"[name={name}]", value)
        expect(page.locator("#plan")).to_contain_text("results, about")

    def until(self, page, what):
        """Until something is so that the page's events tell of; they come while one waits for the page."""
        deadline = time.monotonic() + DEADLINE_S
        while not what():
            self.assertLess(time.monotonic(), deadline)
            page.wait_for_timeout(20)

    def shot(self, page, name):
        if SHOTS:
            page.screenshot(path=os.path.join(SHOTS, f"{name}.png"), full_page=True)

    def test_start_to_end(self):
        """From the form to the plot of a setting; light and dark."""
        with served() as server:
            page = self.open(server.address, viewport={"width": 1200, "height": 900})
            expect(page.locator("#link")).to_have_text("connected")
            self.assertNotIn("token", page.url, "it must not be in the history")
            self.fill(page, columns="x,y", dim="1:3", delay="1:4", threshold="0.2:1:0.1", name="first")
            expect(page.locator("#plan")).to_contain_text("6 recordings × 1 mode × 108 settings = 648")
            expect(page.locator("#preview")).to_contain_text("columns: t, x, y")
            page.fill("[name=dim]", "0")
            expect(page.locator("#plan")).to_contain_text("--dim: '0' has 0")
            page.fill("[name=dim]", "1:3")
            expect(page.locator("#plan")).to_contain_text("648 results")
            self.shot(page, "form")
            page.click("#start")
            expect(page.locator("#batch-b1 .state")).to_have_text("completed")
            self.assertEqual(page.locator("#batch-b1 progress").evaluate("bar => bar.value"), 100)
            expect(page.locator("#batch-b1 .numbers")).to_contain_text("648 of 648 results")
            page.click("#batch-b1 summary")
            expect(page.locator("#batch-b1 code")).to_contain_text("rqa sweep ./. --columns=x,y")
            page.click("#batch-b1 button:text-is('Results')")
            expect(page.locator("#maps svg")).to_have_count(2)
            expect(page.locator("#maps figcaption")).to_have_text(["one", "two"])
            page.locator("#maps svg rect").first.focus()
            page.keyboard.press("ArrowRight")
            expect(page.locator("#maps svg rect").nth(1)).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("#plot img")).to_be_visible()
            self.assertGreater(page.locator("#plot img").evaluate(
                "async image => { await image.decode(); return image.naturalWidth; }"), 100)
            self.shot(page, "results-light")
            os.rename(os.path.join(server.folder, "one"), os.path.join(server.folder, "three"))
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
            expect(page.locator("#plot-note")).to_contain_text("not known")
            expect(page.locator("#plot img")).to_be_hidden()
            page.emulate_media(color_scheme="dark")
            self.shot(page, "results-dark")
            page.context.close()
            self.assertEqual(
                [line for line in self.said if "400" not in line and "404" not in line], [])

    def test_cancel_kill_and_go_on(self):
        """Two tabs; cancel; start again; the server killed and back on its port, while the sweep goes on."""
        with served(endless=True) as server:
            one = self.open(server.address)
            two = self.open(server.address, one.context)
            sockets, heard = [], []

            def listen(socket):
                sockets.append(socket.url)
                socket.on("framereceived", lambda _: heard.append(socket.url))

            one.on("websocket", listen)
            self.fill(one, **ENDLESS)
            one.click("#start")
            expect(one.locator("#batch-b1 .state")).to_have_text("running")
            expect(two.locator("#batch-b1 .state")).to_have_text("running")
            expect(two.locator("#batch-b1 .numbers")).to_contain_text("a second")
            self.shot(two, "running")
            two.click("#batch-b1 button:text-is('Cancel')")
            for page in (one, two):
                expect(page.locator("#batch-b1 .state")).to_have_text("cancelled")
            one.click("#batch-b1 button:text-is('Start again')")
            for page in (one, two):
                expect(page.locator("#batch-b1 .numbers")).to_contain_text("were there already")
            self.until(one, lambda: any("run=2" in url for url in heard))
            server.kill()
            expect(one.locator("#link")).to_contain_text("does not answer")
            n_sockets = len(sockets)  # on a busy machine one may have been closed, and opened again
            other = Server(server.folder, port=server.port)
            try:
                for page in (one, two):
                    expect(page.locator("#link")).to_have_text("connected")
                self.until(one, lambda: len(sockets) > n_sockets)
                self.assertRegex(sockets[-1], "run=2&from=[1-9]", "it goes on from what it has seen")
                one.reload()
                expect(one.locator("#batch-b1 .numbers")).to_contain_text("were there already")
                one.click("#batch-b1 button:text-is('Cancel')")
                expect(two.locator("#batch-b1 .state")).to_have_text("cancelled")
            finally:
                other.close()
            one.context.close()

    def test_keyboard(self):
        """Nothing but keys from the address to the end of a sweep."""
        with served(n=1) as server:
            page = self.open(server.address)
            expect(page.locator("#recordings input")).to_have_count(2)

            def tab_to(selector):
                for _ in range(60):
                    page.keyboard.press("Tab")
                    if page.locator(selector).evaluate("e => e === document.activeElement"):
                        return
                self.fail(f"Tab does not come to {selector}")

            tab_to("#recordings input >> nth=0")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Space")
            expect(page.locator("#chosen")).to_have_text("2 of 2 chosen")
            tab_to("[name=columns]")
            page.keyboard.type("x,y")
            tab_to("#start")
            expect(page.locator("#plan")).to_contain_text("36 results")
            page.keyboard.press("Enter")
            expect(page.locator("#batch-b1 .state")).to_have_text("completed")
            page.context.close()

    def test_wrong_token(self):
        with served(n=1) as server:
            page = self.open(server.address[:-32] + "0" * 32)
            expect(page.locator("#problem")).to_contain_text("the token is wrong")
            expect(page.locator("#recordings li")).to_have_count(0)
            page.goto(server.address)
            expect(page.locator("#recordings li")).to_have_count(2)
            expect(page.locator("#problem")).to_be_hidden()
            page.context.close()

    def test_other_pages(self):
        """A page of another origin, with the cookie in the browser and even with the token, reads and starts
        nothing, and is told nothing."""
        class Evil(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>evil</title>")

            def log_message(self, *_):
                pass

        with served(n=1) as server, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
            threading.Thread(target=evil.serve_forever, daemon=True).start()
            try:
                ours = self.open(server.address)
                expect(ours.locator("#link")).to_have_text("connected")
                server.ask("/api/batches", {"recordings": ["."], "columns": "x,y", "threshold": ".5"}, 201)
                server.wait("b1", "completed")
                page = self.open(f"http://127.0.0.1:{evil.server_port}/", ours.context)
                told = page.evaluate("""async ([server, token]) => {
                    const body = JSON.stringify({recordings: ["."], columns: "x,y", threshold: "1"});
                    const tried = async (what) => {
                        try { return await what(); } catch (e) { return e.name; } };
                    const ask = (path, options) => tried(async () => {
                        const answer = await fetch(server + path, {credentials: "include", ...options});
                        return `${answer.type} ${answer.status} ${await answer.text()}`; });
                    const headers = {"content-type": "application/json", "x-rqa-token": token};
                    const socket = (path) => new Promise((done) => {
                        const made = new WebSocket(server.replace("http", "ws") + path);
                        made.onopen = () => done("open"); made.onerror = () => done("refused"); });
                    const frame = document.createElement("iframe");
                    frame.src = server + "/";
                    document.body.append(frame);
                    return [await ask("/api/batches"), await ask("/api/batches", {mode: "no-cors"}),
                        await ask("/api/batches", {method: "POST", body, headers}),
                        await ask("/api/batches", {method: "POST", body, mode: "no-cors",
                            headers: {"content-type": "text/plain"}}),
                        await ask("/api/batches/b1/resume", {method: "POST", body: "{}", mode: "no-cors"}),
                        await ask("/static/live.js", {mode: "no-cors"}), await socket("/ws/b1"),
                        await tried(async () => frame.contentDocument ? "read" : "nothing")];
                    }""", [f"http://{server.netloc}", server.token])
                for one in told:
                    self.assertIn(one, ("TypeError", "refused", "nothing", "opaque 0 "), told)
                self.assertEqual(len(server.ask("/api/batches")["batches"]), 1)
                self.assertEqual(server.ask("/api/batches/b1")["runs"], 1)
                ours.context.close()
            finally:
                evil.shutdown()

    def test_odd_names(self):
        """Names that look like markup are shown as they are, and do nothing."""
        odd = "<img src=x onerror=alert(1)>.csv"
        with served(n=1) as server:
            for name in (odd, "a\nb.csv", "c\x1b[31m.csv", os.fsdecode(b"\xff.csv")):
                with open(os.path.join(server.folder, name), "w", encoding="ascii") as file:
                    file.write("<b>x</b>\n" + "\n".join(str(k % 7) for k in range(60)) + "\n")
            page = self.open(server.address)
            expect(page.locator("#recordings li")).to_have_count(3)
            page.fill("#filter", "<IMG")
            page.click("#all")
            page.fill("[name=threshold]", "1")
            expect(page.locator("#chosen")).to_have_text("1 of 3 chosen")
            expect(page.locator("#plan")).to_contain_text("3 results")
            expect(page.locator("#preview")).to_contain_text("<b>x</b>")
            page.click("#start")
            expect(page.locator("#batch-b1 .state")).to_have_text("completed")
            page.click("#batch-b1 summary")
            expect(page.locator("#batch-b1 code")).to_contain_text(odd)
            page.click("#batch-b1 button:text-is('Results')")
            page.locator("#maps svg rect").first.click()
            expect(page.locator("#plot figcaption")).to_contain_text("<img")
            self.assertEqual(page.locator("img[src=x]").count(), 0)
            self.assertEqual(self.said, [])
            page.context.close()

    @unittest.skipUnless(IS_LONG, "RQA_TEST_LIVE_LONG is not set")
    def test_ten_thousand(self):
        """So many recordings leave the page usable."""
        with served(n=5000, n_samples=60) as server:
            began = time.monotonic()
            page = self.open(server.address)
            expect(page.locator("#recordings li")).to_have_count(10000)
            listed = time.monotonic() - began
            filtered = max(page.evaluate("""(part) => {
                const filter = document.querySelector("#filter"), began = performance.now();
                filter.value = part;
                filter.dispatchEvent(new Event("input"));
                document.querySelector("#recordings").scrollHeight;  // laid out
                return performance.now() - began; }""", part) for part in ("one/r123", "")) / 1000
            self.assertLess(filtered, 3)
            began = time.monotonic()
            self.fill(page, columns="x,y", dim="1:3", delay="1", threshold="0.2:1:0.2")
            expect(page.locator("#plan")).to_contain_text("10,000 recordings")
            planned = time.monotonic() - began
            began = time.monotonic()
            page.click("#start")
            expect(page.locator("#batch-b1 .state")).to_have_text("completed")
            swept = time.monotonic() - began
            used = page.evaluate("performance.memory.usedJSHeapSize")
            print(f"10,000 recordings: listed {listed:.1f} s, filtered {filtered:.1f} s, planned "
                  f"{planned:.1f} s, swept {swept:.1f} s, page {used / 2**20:.0f} MiB")
            page.context.close()

    @unittest.skipUnless(N_KILLS, "RQA_TEST_LIVE_KILLS is not set")
    def test_kills(self):
        """Whatever is killed in the middle, no row is lost and none is there twice."""
        with served(n_samples=4000) as server:
            still = os.path.join(server.folder, "still.sqlite")
            subprocess.run([PROGRAM, "sweep", "./one", "./two", *ARGUMENTS, f"--store={still}", "--quiet"],
                           cwd=server.folder, check=True)
            server.ask("/api/batches", {"recordings": ["one", "two"], **SETTINGS, "name": "killed"}, 201)
            page, expected, current, killed = self.open(server.address), rows(still), server, []
            done = 0
            try:
                for k in range(N_KILLS):
                    told = current.until(lambda told: told["state"] != "running" or
                                         (told["done"] or 0) + (told["skipped"] or 0) >
                                         min(done, .9 * len(expected)))
                    done = (told["done"] or 0) + (told["skipped"] or 0)
                    what = ("server", "sweep", "browser")[k % 3]
                    if told["state"] == "completed":  # so that there is always something to kill
                        os.remove(os.path.join(server.folder, "killed.sqlite"))
                        current.ask("/api/batches/b1/resume", {})
                        done = 0
                        current.until(lambda told: told["done"])
                    killed.append(what)
                    if what == "server":
                        current.kill()
                        current = Server(server.folder, port=server.port)
                        current.cookie = server.cookie
                    elif what == "sweep":
                        run = current.ask("/api/batches/b1")
                        self.assertEqual(run["state"], "running")
                        os.kill(self.pid(server.folder), signal.SIGKILL)
                        current.wait("b1", "interrupted")
                        current.ask("/api/batches/b1/resume", {})
                    else:
                        self.kill_browser()
                        page = self.open(server.address)
                    expect(page.locator("#link")).to_have_text("connected")
                told = current.wait("b1", "completed")
                expect(page.locator("#batch-b1 .state")).to_have_text("completed")
                found = rows(os.path.join(server.folder, "killed.sqlite"))
                print(f"{len(killed)} kills, {len(found)} rows, as undisturbed: {found == expected}")
                self.assertEqual(len(found), len(set(found)))
                self.assertTrue(found == expected)
            finally:
                if current is not server:
                    current.close()

    def pid(self, folder):
        with open(os.path.join(folder, ".rqa-live", "b1", "batch.json"), encoding="utf-8") as file:
            return int(re.findall(r'"pid": (\d+)', file.read())[-1])

    def kill_browser(self):
        """The main process of chromium, found as a child of this one's driver."""
        mine = {os.getpid()}
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError, IndexError):
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
        while True:
            more = {pid for pid, parent in parents.items() if parent in mine} - mine
            if not more:
                break
            mine |= more
        for pid in mine:
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    said = file.read()
                if b"chromium" in said.split(b"\0")[0] and b"--type=" not in said:
                    os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.browser.close()
        type(self).start_browser()


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    sys.exit(not program.result.wasSuccessful())

// live.js - the page: a form, batches as they run, results as maps. Nothing is computed here.
const $ = (selector, within = document) => within.querySelector(selector);
const MOST_LOG_LINES = 200;
const LIST_EVERY_MS = 3000;
const PLAN_AFTER_MS = 500;

let token = "";
try { token = sessionStorage.getItem("rqa-token") || ""; } catch { /* a browser that keeps nothing */ }

/** A new element; texts never become markup. */
function make(name, attributes = {}, ...children) {
  const made = name === "svg" || make.within === "svg"
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const svg = (name, attributes, ...children) => {
  make.within = "svg";
  try { return make(name, attributes, ...children); } finally { make.within = ""; }
};

const count = (n) => (n ?? 0).toLocaleString("en");
const some = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;
const shown = (value) => value === null || value === undefined ? "not defined"
  : Number(value.toPrecision(5)).toString();

function time(seconds) {
  if (seconds === null || seconds === undefined || !isFinite(seconds)) return "?";
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  return s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function problem(text) {
  $("#problem").textContent = text;
  $("#problem").hidden = !text;
}

function link(text, good) {
  $("#link").textContent = text;
  $("#link").className = good ? "good" : "bad";
}

/** One stop of the Tab key for many things; arrows go from one to the next, in rows of `width`. */
function rove(place, things, width = 1) {
  const found = () => things.filter((thing) => !thing.closest("[hidden]"));
  const stop = (chosen) => {
    for (const thing of things) {
      const wanted = thing === chosen ? "0" : "-1";
      if (thing.getAttribute("tabindex") !== wanted) thing.setAttribute("tabindex", wanted);
    }
  };
  place.addEventListener("focusin", (event) => { if (things.includes(event.target)) stop(event.target); });
  place.addEventListener("keydown", (event) => {
    const shown = found(), at = shown.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + width, ArrowUp: at - width,
      Home: 0, End: shown.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    shown[to]?.focus();
  });
  return () => stop(found()[0]);
}

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-rqa-token": token } };
  let answer;
  try {
    answer = await fetch(path, { ...options, credentials: "same-origin" });
  } catch {
    link("the server does not answer; what runs goes on", false);
    throw new Error("the server does not answer");
  }
  const told = await answer.json().catch(() => ({ error: `status ${answer.status}` }));
  if (!answer.ok) throw new Error(told.error || `status ${answer.status}`);
  return told;
}

/** The token of the address is exchanged for a cookie, and leaves the address. */
async function enter() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    token = given;
    try { sessionStorage.setItem("rqa-token", token); } catch { /* then until it is reloaded */ }
    history.replaceState(null, "", location.pathname);
  }
  await ask("/api/session", { token });
}

// ---- the form

const form = $("#form");
let chosen = new Set();
let planTimer = 0;
let planNumber = 0;
let names = [];
let isWhole = false; // all recordings of the folder are shown
let stopFirst = () => {};

async function showRecordings() {
  const told = await ask("/api/recordings");
  const list = $("#recordings");
  names = told.recordings.map(({ name }) => name);
  isWhole = !told.more;
  list.replaceChildren(...told.recordings.map(({ name, bytes }) => make("li", { "data-name": name },
    make("label", {}, make("input", { type: "checkbox", value: name, title: `${count(bytes)} bytes`,
      onfocus: () => preview(name), onchange: (event) => choose([name], event.target.checked) }), name))));
  stopFirst = rove(list, [...list.querySelectorAll("input")]);
  if (!names.length) list.append(make("li", {},
    "There is no .csv, .tsv, .txt, .npy or .asc in this folder."));
  if (told.demo) fillWithDemo();
  if (told.more) list.append(make("li", {}, "and more, which are not shown"));
  filterRecordings();
}

/** The founding job: 10,200 settings, two modes. */
function fillWithDemo() {
  const fields = { modes: "1d:x:manhattan 2d:x,y:euclidean", dim: "1:10", delay: "1:10",
    threshold: "0.05:0.1:0.001", lmin: "2:3", convention: "founding" };
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  choose(names.filter((name) => name.startsWith("gaze/")), true);
}

function filterRecordings() {
  const part = $("#filter").value.toLowerCase();
  for (const item of $("#recordings").children) {
    item.hidden = part !== "" && !(item.dataset.name || "").toLowerCase().includes(part);
  }
  stopFirst();
}

function choose(some, on) {
  for (const name of some) if (on) chosen.add(name); else chosen.delete(name);
  for (const box of $("#recordings").querySelectorAll("input")) box.checked = chosen.has(box.value);
  $("#chosen").textContent = `${count(chosen.size)} of ${count(names.length)} chosen`;
  if (on && some.length) preview(some[0]);
  planSoon();
}

async function preview(name) {
  try {
    const told = await ask(`/api/preview?name=${encodeURIComponent(name)}`);
    const head = told.columns.length ? `columns: ${told.columns.join(", ")}` : "";
    $("#preview").textContent = [`${told.name}  ${told.note}`, head, ...told.lines].join("\n");
  } catch (error) { $("#preview").textContent = error.message; }
}

/** The folder of all that is chosen if all of it is chosen, so that its sub-folders are groups. */
function recordingsAsked() {
  const found = [...chosen].sort();
  let folder = (found[0] || "").split("/").slice(0, -1);
  for (const name of found) {
    const parts = name.split("/").slice(0, -1);
    const n = folder.findIndex((part, k) => part !== parts[k]);
    if (n >= 0) folder = folder.slice(0, n);
  }
  const top = folder.map((part) => `${part}/`).join("");
  const isAll = isWhole && found.length > 1 &&
    names.every((name) => !name.startsWith(top) || chosen.has(name));
  return isAll ? [top.slice(0, -1) || "."] : found;
}

function asked() {
  const request = { recordings: recordingsAsked() };
  for (const [key, value] of new FormData(form)) if (value.trim()) request[key] = value.trim();
  for (const [key, usual] of [["normalize", "none"], ["missing_policy", "error"],
    ["threshold_unit", "data"], ["convention", "standard"], ["backend", "auto"]]) {
    if (request[key] === usual) delete request[key];
  }
  if (request.modes) {
    request.modes = request.modes.split(/\s+/).map((mode) => {
      const [name, columns, norm] = mode.split(":");
      return { name: name || "", columns: columns || "", ...(norm ? { norm } : {}) };
    });
    delete request.columns;
    delete request.norm;
  }
  return request;
}

function planSoon() {
  clearTimeout(planTimer);
  planTimer = setTimeout(plan, PLAN_AFTER_MS);
}

async function plan() {
  const number = ++planNumber;
  const place = $("#plan");
  if (!chosen.size) {
    place.textContent = "Choose recordings to see how much it is.";
    place.className = "";
    return;
  }
  place.textContent = "reading…";
  try {
    const told = await ask("/api/plan", asked());
    if (number !== planNumber) return;
    const bad = told.unusable.slice(0, 3).map((one) => `cannot be used: ${one.error}`);
    if (told.unusable.length > 3) bad.push(`and ${count(told.unusable.length - 3)} more`);
    place.className = "";
    place.textContent = [`${some(told.recordings, "recording")} × ` +
      `${some(told.modes, "mode")} × ${some(told.combinations, "setting")} = ` +
      `${some(told.results, "result")}, about ` +
      `${time(told.core_seconds / told.threads)} on ${some(told.threads, "thread")}`, ...bad].join("\n");
  } catch (error) {
    if (number !== planNumber) return;
    place.className = "bad";
    place.textContent = error.message;
  }
}

form.addEventListener("input", planSoon);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  $("#start").disabled = true;
  problem("");
  try {
    const batch = await ask("/api/batches", asked());
    await refresh();
    $(`#batch-${batch.id}`)?.scrollIntoView({ block: "nearest" });
  } catch (error) { problem(error.message); }
  $("#start").disabled = false;
});
$("#filter").addEventListener("input", filterRecordings);
$("#all").addEventListener("click", () => choose([...$("#recordings").children]
  .filter((item) => !item.hidden && item.dataset.name).map((item) => item.dataset.name), true));
$("#none").addEventListener("click", () => choose([...chosen], false));

// ---- batches

const cards = new Map(); // id -> what is shown of it

class Card {
  constructor(batch) {
    this.next = 0;
    this.run = 0;
    this.notes = []; // recordings that failed while the page watched
    this.socket = null;
    this.state = make("span", { class: "state" });
    this.bar = make("progress", { max: 100, value: 0 });
    this.numbers = make("p", { class: "numbers" });
    this.text = make("p", { class: "bad" });
    this.log = make("pre", { tabindex: 0, "aria-label": `Log of ${batch.name}` });
    this.command = make("code", { tabindex: 0,
      "aria-label": "Command, to be repeated by hand in the folder" });
    this.details = make("details", { ontoggle: () => this.readLog() },
      make("summary", {}, "Log and command"), this.command, this.log);
    this.cancel = make("button", { type: "button", onclick: () => this.act("cancel") }, "Cancel");
    this.again = make("button", { type: "button", onclick: () => this.act("resume") },
      "Start again");
    this.element = make("li", { id: `batch-${batch.id}` },
      make("h3", {}, batch.name, this.state), this.bar, this.numbers, this.text,
      make("div", { class: "acts" }, this.cancel, this.again, make("button", { type: "button",
        onclick: () => showResults(batch.id) }, "Results")), this.details);
    this.bar.setAttribute("aria-label", `Progress of ${batch.name}`);
  }

  async act(what) {
    problem("");
    try { this.show(await ask(`/api/batches/${this.id}/${what}`, {})); } catch (error) {
      problem(error.message);
    }
  }

  show(batch) {
    this.id = batch.id;
    this.name = batch.name;
    this.state.textContent = batch.state;
    this.state.classList.toggle("good", batch.state === "completed");
    this.state.classList.toggle("bad", ["failed", "interrupted"].includes(batch.state));
    const runs = batch.state === "running";
    this.cancel.hidden = !runs;
    this.again.hidden = runs || batch.state === "completed";
    this.text.textContent = batch.text || "";
    this.progress(batch, runs);
    if (batch.device) showDevice(batch.device);
    if (runs && (!this.socket || this.run !== batch.runs)) this.follow(batch.runs);
  }

  progress(told, runs) {
    if (told.percent !== null && told.percent !== undefined) this.bar.value = told.percent;
    const parts = [`${count(told.done)} of ${count(told.total)} results`];
    if (told.skipped) parts.push(`${count(told.skipped)} were there already`);
    if (told.failed) parts.push(`${count(told.failed)} failed`);
    if (told.rate_per_s && told.done) parts.push(`${count(Math.round(told.rate_per_s))} a second`);
    parts.push(runs ? `${time(told.eta_s)} left` : `took ${time(told.elapsed_s)}`);
    this.numbers.textContent = told.total ? parts.join(", ") : "";
  }

  /** The events of a run from the first that has not been seen; again, if the server went away. */
  follow(run) {
    if (run !== this.run) this.next = 0;
    this.run = run;
    const socket = new WebSocket(`ws://${location.host}/ws/${this.id}?run=${run}&from=${this.next}`);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      this.next = event.seq + 1;
      if (event.event === "device_stats") showDevice(event);
      if (event.event === "item_completed" && event.status !== "ok") this.notes = [
        ...this.notes.slice(1 - MOST_LOG_LINES), `${event.series}, ${event.mode}: ${event.text}`];
      if (["batch_started", "progress", "batch_completed"].includes(event.event)) this.progress(
        event, event.event !== "batch_completed");
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === 1000) refresh().catch(() => {});
    };
  }

  async readLog() {
    if (!this.details.open) return;
    try {
      if (!this.command.textContent) {
        this.command.textContent = (await ask(`/api/batches/${this.id}`)).command;
      }
      const { lines } = await ask(`/api/batches/${this.id}/log`);
      this.log.textContent = [...lines, ...this.notes].slice(-MOST_LOG_LINES).join("\n") ||
        "The program has said nothing.";
    } catch (error) { this.log.textContent = error.message; }
  }
}

async function refresh() {
  const { batches } = await ask("/api/batches");
  link("connected", true);
  $("#no-batches").hidden = batches.length > 0;
  for (const batch of [...batches].reverse()) {
    if (!cards.has(batch.id)) {
      cards.set(batch.id, new Card(batch));
      $("#list").prepend(cards.get(batch.id).element);
    }
    const card = cards.get(batch.id);
    card.show(batch);
    if (batch.state === "running") card.readLog();
  }
  const select = $("#view").elements.batch;
  const listed = batches.map(({ id }) => id).join(" ");
  if (select.dataset.listed !== listed) {
    select.dataset.listed = listed;
    const kept = select.value;
    select.replaceChildren(...batches.map((b) => make("option", { value: b.id }, b.name)));
    if (kept) select.value = kept;
  }
}

// ---- results

const view = $("#view");
let axes = null;
let plotNumber = 0; // so that the last one asked for is the one shown

async function showResults(id) {
  view.elements.batch.value = id;
  await readAxes();
  $("#results").scrollIntoView();
  await showMaps();
}

async function readAxes() {
  const id = view.elements.batch.value;
  axes = null;
  if (!id) return;
  $("#export").href = `/api/batches/${id}/export.csv`;
  try {
    axes = await ask(`/api/batches/${id}/axes`);
    $("#result-note").textContent = "";
  } catch (error) {
    $("#result-note").textContent = error.message;
    return;
  }
  const kept = view.elements.measure.value;
  view.elements.measure.replaceChildren(...axes.measures.map((name) => make("option", {}, name)));
  view.elements.measure.value = axes.measures.includes(kept) ? kept
    : axes.measures.includes("det") ? "det" : axes.measures[0];
  showFixed();
}

/** A choice for each setting that is not an axis of the map. */
function showFixed() {
  if (!axes) return;
  const taken = [view.elements.x.value, view.elements.y.value];
  $("#fixed").replaceChildren(...["mode", "dim", "delay", "threshold", "lmin", "vmin"]
    .filter((name) => !taken.includes(name) && axes[name].length > 1)
    .map((name) => make("label", {}, name, make("select", { name: `fixed-${name}` },
      ...axes[name].map((value) => make("option", {}, String(value)))))));
}

/** Grey-blue by rising lightness: readable in black and white, and in light and dark. */
function colour(part) {
  const mix = (a, b) => Math.round(a + (b - a) * part);
  return `rgb(${mix(20, 245)},${mix(40, 240)},${mix(90, 215)})`;
}

async function showMaps() {
  const id = view.elements.batch.value;
  if (!id || !axes) return;
  const query = new URLSearchParams({ measure: view.elements.measure.value,
    x: view.elements.x.value, y: view.elements.y.value });
  for (const select of $("#fixed").querySelectorAll("select")) query.set(select.name.slice(6), select.value);
  $("#result-note").textContent = "reading…";
  try {
    const told = await ask(`/api/batches/${id}/grid?${query}`);
    const values = Object.values(told.groups).flat(2).filter((value) => value !== null);
    const range = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Infinity, -Infinity]);
    $("#result-note").textContent = values.length ? `Means of ${told.measure} over recordings: ` +
      `dark ${shown(range[0])}, light ${shown(range[1])}. A cell shows a recurrence plot of that setting.`
      : "No defined value with these settings.";
    $("#maps").replaceChildren(...Object.keys(told.groups).sort().map((group) =>
      map(group, told, range, query)));
  } catch (error) {
    $("#result-note").textContent = error.message;
    $("#maps").replaceChildren();
  }
}

function map(group, told, [low, high], query) {
  const left = 58, top = 6, bottom = 34, cell = Math.max(6, Math.min(30, 420 / told.x.length));
  const row = Math.max(10, Math.min(30, 300 / told.y.length));
  const width = left + cell * told.x.length + 10, height = top + row * told.y.length + bottom;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "shape-rendering": "crispEdges",
    "aria-label": `${told.measure} of ${group}` });
  const cells = [];
  for (let k = told.y.length - 1; k >= 0; k--) told.x.forEach((x, j) => {
    const y = told.y[k];
    const value = told.groups[group][k][j];
    const show = () => showPlot(group, query, x, y);
    cells.push(svg("rect", { x: left + j * cell, y: top + (told.y.length - 1 - k) * row,
      width: cell, height: row, tabindex: -1, role: "button",
      "aria-label": `${query.get("x")} ${x}, ${query.get("y")} ${y}: ${shown(value)}`,
      fill: value === null ? "none" : colour(high > low ? (value - low) / (high - low) : 0.5),
      stroke: value === null ? "currentColor" : "none", "stroke-opacity": 0.15, onclick: show,
      onkeydown: (event) => { if (["Enter", " "].includes(event.key)) { event.preventDefault(); show(); } } },
    svg("title", {}, `${query.get("x")} ${x}, ${query.get("y")} ${y}: ${told.measure} ${shown(value)}`)));
  });
  drawn.append(...cells);
  rove(drawn, cells, told.x.length)();
  const steps = (n, room, least) => Math.max(1, Math.ceil(least * n / room));
  const sx = steps(told.x.length, cell * told.x.length, 44);
  told.x.forEach((x, j) => { if (j % sx === 0) drawn.append(svg("text", { x: left + (j + 0.5) * cell,
    y: height - bottom + 13, "text-anchor": "middle" }, shown(x))); });
  const sy = steps(told.y.length, row * told.y.length, 13);
  told.y.forEach((y, k) => { if (k % sy === 0) drawn.append(svg("text", { x: left - 5,
    y: top + (told.y.length - 0.5 - k) * row + 4, "text-anchor": "end" }, shown(y))); });
  drawn.append(svg("text", { x: left + cell * told.x.length / 2, y: height - 4,
    "text-anchor": "middle" }, query.get("x")));
  drawn.append(svg("text", { x: 10, y: top + row * told.y.length / 2, "text-anchor": "middle",
    transform: `rotate(-90 10 ${top + row * told.y.length / 2})` }, query.get("y")));
  return make("figure", {}, make("figcaption", {}, group), drawn);
}

/** The first recording of the group that has this setting, drawn by the program. */
async function showPlot(group, query, x, y) {
  const id = view.elements.batch.value;
  const setting = new URLSearchParams();
  for (const name of ["mode", "dim", "delay", "threshold"]) {
    if (query.has(name)) setting.set(name, query.get(name));
    else if (axes[name].length) setting.set(name, axes[name][0]);
  }
  for (const [name, value] of [[query.get("x"), x], [query.get("y"), y]]) {
    if (["dim", "delay", "threshold"].includes(name)) setting.set(name, value);
  }
  const figure = $("#plot"), number = ++plotNumber;
  $("#plot-note").textContent = "drawing…";
  try {
    const filter = new URLSearchParams(setting);
    filter.set("limit", "1");
    if (axes.keys.length && group !== "all") filter.set(axes.keys[0], group);
    const told = await ask(`/api/batches/${id}/results?${filter}`);
    if (!told.rows.length) throw new Error("no recording has this setting");
    setting.set("series", told.rows[0][told.columns.indexOf("series")]);
    const image = $("img", figure), url = `/api/batches/${id}/plot.png?${setting}`;
    image.src = url;
    // A picture does not say why it is none.
    await image.decode().catch(() => number === plotNumber && ask(url));
    if (number !== plotNumber) return;
    image.alt = `Recurrence plot of ${setting.get("series")}`;
    $("figcaption", figure).textContent = [...setting].map(([key, value]) => `${key} ${value}`).join(", ");
    figure.hidden = false;
    $("#plot-note").textContent = "";
    figure.scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (number !== plotNumber) return;
    figure.hidden = true;
    $("#plot-note").textContent = error.message;
  }
}

view.addEventListener("change", async (event) => {
  if (event.target.name === "batch") await readAxes();
  if (["x", "y"].includes(event.target.name)) showFixed();
});
view.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!axes) await readAxes();
  await showMaps();
});

// ---- the machine

const loads = new Map();

async function showMachine() {
  const told = await ask("/api/devices");
  $("#machine").replaceChildren(...told.backends.map((backend) => {
    const load = make("td", {}, "not reported"), memory = make("td", {}, "not reported");
    if (backend.name === "gpu") loads.set("gpu", { load, memory });
    return make("tr", {}, make("th", { scope: "row" }, backend.name),
      make("td", { class: backend.available ? "good" : "" }, backend.available ? "yes" : "no"),
      make("td", {}, backend.detail), load, memory);
  }));
}

function showDevice(event) {
  const place = loads.get("gpu");
  if (!place) return;
  const part = event.utilization;
  place.load.textContent = part === null || part === undefined ? "not reported"
    : `${Math.round(100 * part)} %`;
  const used = event.memory_used_bytes, total = event.memory_total_bytes;
  place.memory.textContent = used === null || used === undefined || !total ? "not reported"
    : `${(used / 2 ** 30).toFixed(1)} of ${(total / 2 ** 30).toFixed(1)} GiB`;
}

// ---- begin

async function begin() {
  try {
    await enter();
  } catch (error) {
    problem(error.message);
    link("not connected", false);
    setTimeout(begin, LIST_EVERY_MS);
    return;
  }
  problem("");
  await Promise.allSettled([showRecordings(), showMachine(), refresh()]);
  await readAxes();
  if (axes) await showMaps();
  const again = async () => {
    try { await refresh(); } catch { /* told by ask(); the next time it may be there again */ }
    setTimeout(again, LIST_EVERY_MS);
  };
  setTimeout(again, LIST_EVERY_MS);
}

window.addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("token")) enter().then(refresh).catch(() => {});
});
begin();

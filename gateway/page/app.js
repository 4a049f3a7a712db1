// The live page: components, their versions and what lies between two of them, and the events as they come.

import { diff, draw } from "./diff.js";
import { look } from "./notices.js";
import { arrange, call, element, moment, onceAFrame, post, switchLanguage, translate, word } from "./words.js";

const MOST_EVENTS = 1000, MOST_SHOWN = 400, MOST_COMPONENTS = 500, MOST_VERSIONS = 100, RECENT = 100;
const API = "/api/components/versions";
const $ = (id) => document.getElementById(id);

// --- log-in

function askForKey() {
  for (const id of ["desk", "logout", "link", "rate", "notices"]) $(id).hidden = true;
  if (!$("login").open) $("login").showModal();
}

addEventListener("unauthorized", askForKey);

$("login").addEventListener("cancel", (event) => event.preventDefault());
$("login").querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("refusal").textContent = "";
  const response = await fetch("/api/session", { method: "POST", body: JSON.stringify({ key: $("key").value }) }).catch((error) => error);
  if (response.status !== 204) {
    const answer = await response.json?.().catch(() => null);
    $("refusal").textContent = answer?.error.message ?? word("away");
    $("key").select();
    return;
  }
  $("key").value = "";
  $("login").close();
  begin();
});

$("logout").addEventListener("click", async () => {
  await call("/api/session", { method: "DELETE" }).catch(console.warn);
  location.assign("/");
});

// --- components

let components = new Map();
const rows = new Map();

async function loadComponents() {
  const found = await call(API);
  components = new Map(found.map((one) => [one.path, one]));
  drawList();
}

const drawList = onceAFrame(() => {
  const wanted = $("search").value.trim().toLowerCase();
  const found = [...components.values()].filter((one) => one.path.toLowerCase().includes(wanted));
  const nodes = [];
  let category = "";
  for (const one of found.slice(0, MOST_COMPONENTS)) {
    if (one.category !== category) nodes.push(heading(category = one.category));
    nodes.push(row(one));
  }
  const more = found.length - MOST_COMPONENTS;
  $("none").textContent = more > 0 ? word("someMore", more) : found.length ? "" : word(components.size ? "noMatch" : "none");
  arrange($("list"), nodes);
});

function heading(textContent) {
  if (!rows.has(textContent)) rows.set(textContent, element("li", { className: "category" }, element("h3", { textContent })));
  return rows.get(textContent);
}

function row(one) {
  if (!rows.has(one.path)) {
    const button = element("button", { type: "button", dataset: { path: one.path } },
      element("span", { className: "name", textContent: one.name }), element("span", { className: "count" }), element("code", {}));
    button.addEventListener("click", () => go(one.path));
    rows.set(one.path, element("li", {}, button));
  }
  const li = rows.get(one.path), button = li.firstChild, count = one.version_count, versions = word(count === 1 ? "versionsOne" : "versions", count);
  button.children[1].textContent = count;
  button.children[2].textContent = one.active_hash?.slice(0, 8) ?? "—";
  button.title = one.active_hash ?? word("deleted");
  button.ariaLabel = word("title", one.name, versions, one.active_hash?.slice(0, 8) ?? word("deleted"));
  button.setAttribute("aria-current", String(one.path === picked));
  return li;
}

function flash(path) {
  const classes = rows.get(path)?.firstChild.classList;
  classes?.remove("fresh");
  requestAnimationFrame(() => classes?.add("fresh"));
}

/** Components of which we have heard that they changed: asked for one by one, or all at once where they are many. */
const stale = new Set();
let isCatchingUp = false;

async function catchUp(path) {
  stale.add(path);
  if (isCatchingUp) return;
  isCatchingUp = true;
  for (let wait = 20; stale.size;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const paths = [...stale];
    stale.clear();
    try {
      if (paths.length > 5) await loadComponents();
      for (const one of paths.length > 5 ? paths.filter((one) => one === picked) : paths) await refresh(one).catch(unlessMissing);
      paths.forEach(flash);
      wait = 20;
    } catch (error) {
      if (error.status !== 401) paths.forEach((one) => stale.add(one));
      wait = 2000;
    }
  }
  isCatchingUp = false;
}

/** What is not there belongs to another project. */
const unlessMissing = (error) => { if (error.status !== 404) throw error; };

/** Ask for one component's versions. */
async function refresh(path) {
  const [category, name] = path.replace(/\.py$/, "").split("/");
  const found = await call(`${API}/${category}/${encodeURIComponent(name)}`);
  const isNew = !components.has(path);
  const active = found.find((version) => version.is_active);
  components.set(path, { path, category, name, active_hash: active?.hash ?? null, version_count: found.length });
  if (isNew) components = new Map([...components].sort(([a], [b]) => (a < b ? -1 : 1)));
  drawList();
  if (path === picked) show(found);
}

// --- one component

let picked = null, versions = [], from = 0, to = 0, shown = MOST_VERSIONS;
const contents = new Map();

const numbered = (number) => versions[versions.length - number]; // from 1, and they lie here newest first

function go(path) {
  const place = `#${encodeURIComponent(path).replaceAll("%2F", "/")}`;
  if (location.hash !== place) history.pushState(null, "", place);
  pick(path);
}

async function pick(path) {
  [picked, versions, from, to, shown] = [path, [], 0, 0, MOST_VERSIONS];
  $("note").textContent = "";
  drawList();
  drawComponent();
  await refresh(path).catch(complain);
  if (matchMedia("(max-width: 900px)").matches) $("component").scrollIntoView();
}

function pickFromAddress() {
  let asked;
  try { asked = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  if (components.has(asked) && asked !== picked) pick(asked);
}

function show(found) {
  const follows = to === versions.length;
  versions = found;
  if (follows) [from, to] = [found.length - 1, found.length];
  drawComponent();
}

function drawComponent() {
  $("component-title").textContent = picked ?? word("pick");
  $("past").hidden = $("diff").hidden = !versions.length;
  if (!versions.length) return;
  const active = versions.find((version) => version.is_active)?.hash;
  const focused = document.activeElement?.closest("#history [data-key]")?.dataset.key;
  $("history").replaceChildren(...versions.slice(0, shown).map((version, n) => versionLine(version, versions.length - n, active)));
  if (focused) refocus(focused);
  $("older").hidden = versions.length <= shown;
  $("from").replaceChildren(element("option", { value: 0, textContent: word("nothing") }), ...versions.map((version, n) =>
    element("option", { value: versions.length - n, textContent: `#${versions.length - n}  ${version.hash.slice(0, 8)}  ${moment(version.created_at)}` })));
  $("from").value = from;
  drawDiff().catch(complain);
}

/** Where the keyboard was: on the same button, or, where that one is gone, on its neighbour. */
function refocus(key) {
  const [same, neighbour] = [key, `see-${key.split("-")[1]}`].map((one) => $("history").querySelector(`[data-key="${one}"]:enabled`));
  (same ?? neighbour)?.focus();
}

function versionLine(version, number, active) {
  const label = word("version", number, version.hash.slice(0, 8));
  const select = element("button", { type: "button", className: "version", dataset: { key: `see-${number}` }, title: version.hash },
    element("b", { textContent: `#${number}` }), element("code", { textContent: version.hash.slice(0, 8) }),
    element("time", { dateTime: version.created_at, title: version.created_at, textContent: moment(version.created_at) }));
  select.ariaLabel = version.is_active ? `${label}, ${word("active")}` : label;
  select.setAttribute("aria-current", String(number === to));
  select.addEventListener("click", () => { [from, to] = [number - 1, number]; drawComponent(); });
  if (version.is_active)
    return element("li", { value: number }, select, element("span", { className: "active", textContent: word("active") }));
  const activate = element("button", {
    type: "button", className: "writes", textContent: word("activate"), ariaLabel: word("activateThis", number),
    disabled: version.hash === active, dataset: { key: `activate-${number}` },
  });
  activate.addEventListener("click", () => makeActive(version, number));
  return element("li", { value: number }, select, activate);
}

async function makeActive(version, number) {
  if (!confirm(word("confirm", number, version.path))) return;
  try {
    const answer = await post(`${API}/activate`, { hash: version.hash, path: version.path });
    $("note").textContent = answer.hash ? word("done", version.hash.slice(0, 8)) : word("pending");
  } catch (error) { complain(error); }
}

const complain = (error) => { if (error.status !== 401) $("note").textContent = error.message; };

async function content(version) {
  if (!version) return null;
  if (!contents.has(version.hash)) {
    if (contents.size >= 50) contents.delete(contents.keys().next().value);
    contents.set(version.hash, (await call(`${API}/hash/${version.hash}`)).content);
  }
  return contents.get(version.hash);
}

async function drawDiff() {
  const newer = numbered(to), older = from ? numbered(from) : null;
  if (!newer) return;
  const [before, after] = [await content(older), await content(newer)];
  if (newer !== numbered(to) || older !== (from ? numbered(from) : null)) return;
  const key = `${older?.hash} ${newer.hash} ${document.documentElement.lang}`;
  if ($("diff").dataset.key === key) return;
  $("diff").dataset.key = key;
  const found = diff(before, after), count = (mark) => found.filter((one) => one.mark === mark).length;
  const added = count("+"), removed = count("-");
  $("sum").textContent = added + removed ? word("sum", added, removed) : word(found.length ? "same" : "empty");
  draw($("diff"), found);
}

$("from").addEventListener("change", () => { from = Number($("from").value); drawDiff().catch(complain); });
$("older").addEventListener("click", () => { shown += MOST_VERSIONS; drawComponent(); });

// --- events

let events = [], fresh = [], pausedAt = null, newer = 0, last = 0, loaded = 0, tally = 0, tallies = [];

function take(event) {
  last = Number(event.sequence);
  if (event.type === "heartbeat") { hear(event.live); return; }
  events.push(event);
  if (events.length > MOST_EVENTS) events = events.slice(-MOST_EVENTS / 2);
  if (Date.now() - Date.parse(event.time) < 5000) tally++;
  if ((event.type === "version.created" || event.type === "head.moved") && event.subject.startsWith("components/") && last > loaded)
    catchUp(event.subject.slice("components/".length));
  if (event.type === "head.moved" && event.subject.startsWith("sync/runs/")) look(event.project).catch(console.warn);
  if (pausedAt === null) { fresh.push(event); drawFresh(); } else { newer++; drawPause(); }
}

const drawFresh = onceAFrame(() => {
  const stream = $("stream");
  stream.prepend(...fresh.splice(0).filter(isWanted).slice(-MOST_SHOWN).reverse().map(eventLine));
  while (stream.children.length > MOST_SHOWN) stream.lastChild.remove();
});

/** All anew: another filter, another language, or the end of a pause. */
function drawEvents() {
  fresh = events.filter((event) => pausedAt === null || Number(event.sequence) <= pausedAt);
  $("stream").replaceChildren();
  drawFresh();
}

function isWanted(event) {
  const text = `${event.type} ${event.subject} ${event.data.hash ?? ""} ${event.actor}`.toLowerCase();
  return $("filter").value.toLowerCase().split(/\s+/).every((part) => text.includes(part));
}

function eventLine(event) {
  const { number, hash, reason, error } = event.data;
  const [time, type, subject] = [moment(event.time), event.type, event.subject].map((textContent) => ({ textContent }));
  const version = { textContent: [number && `#${number}`, hash?.slice(0, 8)].filter(Boolean).join(" ") };
  return element("li", { className: event.type.replaceAll(".", "-"), dataset: { sequence: event.sequence } },
    element("time", { ...time, dateTime: event.time, title: event.time }),
    element("p", {}, element("b", type), " ", element("code", version)),
    element("p", { title: `${event.project} · ${event.actor}` },
      element("span", subject), " ", element("small", { textContent: reason ?? error ?? "" })));
}

const drawPause = onceAFrame(() => {
  $("pause").setAttribute("aria-pressed", String(pausedAt !== null));
  $("pause").textContent = newer ? `${word("resume")} (${word("newer", newer)})` : word(pausedAt === null ? "pause" : "resume");
});

$("pause").addEventListener("click", () => {
  [pausedAt, newer] = [pausedAt === null ? last : null, 0];
  if (pausedAt === null) drawEvents();
  drawPause();
});

setInterval(() => {
  tallies = [tally, ...tallies].slice(0, 5);
  tally = 0;
  const rate = tallies.reduce((sum, one) => sum + one, 0) / tallies.length;
  $("rate").textContent = word("rate", rate.toFixed(rate < 10 ? 1 : 0));
}, 1000);

// --- the connection

let socket = null, failures = 0, asOf = new Date(), isLive = false, heard = 0, patience = 120_000;

function drawLink() {
  const text = isLive ? word("live") : `${word("away")} · ${word("asOf", moment(asOf))}`;
  $("link").dataset.state = isLive ? "live" : "away";
  if ($("link").textContent !== text) $("link").textContent = text;
}

/** A beat has come: the connection stands. Who knows how often they come knows when it has fallen silent. */
function hear(live) {
  const now = performance.now();
  if (heard) patience = Math.max(10_000, 3 * (now - heard));
  heard = now;
  isLive = live;
  if (live) asOf = new Date();
  drawLink();
}

function connect() {
  const made = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/sync?${new URLSearchParams({ heartbeat: "1", after: last })}`);
  socket = made;
  heard = 0;
  made.onmessage = (message) => { failures = 0; take(JSON.parse(message.data)); };
  made.onclose = () => { if (socket === made) lose(); };
}

function lose() {
  socket = null;
  isLive = false;
  drawLink();
  setTimeout(reconnect, Math.min(5000, 250 * 2 ** failures++) * (0.5 + Math.random() / 2));
}

async function reconnect() {
  try { await call("/api/session"); } catch (error) { if (error.status !== 401) lose(); return; }
  connect();
}

setInterval(() => {
  if (!socket || !heard || performance.now() - heard < patience) return;
  const silent = socket;
  lose();
  silent.close();
}, 1000);

$("scan").addEventListener("click", async () => {
  $("scan").disabled = true;
  try {
    const answer = await post(`${API}/scan`, {});
    $("said").textContent = answer.change ? word("pending") : word("scanned", answer.registered);
  } catch (error) { if (error.status !== 401) $("said").textContent = error.message; }
  $("scan").disabled = false;
});

$("search").addEventListener("input", drawList);
$("filter").addEventListener("input", drawEvents);
$("language").addEventListener("click", () => { switchLanguage(); drawAll(); });
addEventListener("popstate", pickFromAddress);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
  event.preventDefault();
  $("search").focus();
});

function drawAll() {
  drawList();
  drawComponent();
  drawEvents();
  drawPause();
  drawLink();
}

/** Everything from the start: who is there, what there is, and the feed from a little before now on. */
async function begin() {
  try {
    const { role } = await call("/api/session");
    const [newest] = await call("/api/events?newest_first=true&limit=1");
    loaded = Number(newest?.sequence ?? 0);
    await loadComponents();
    const old = socket;
    [events, fresh, last, socket] = [[], [], Math.max(0, loaded - RECENT), null];
    old?.close();
    document.body.dataset.role = role;
    for (const id of ["desk", "logout", "link", "rate"]) $(id).hidden = false;
    connect();
    drawAll();
    pickFromAddress();
  } catch (error) {
    if (error.status !== 401) setTimeout(begin, 2000);
  }
}

translate();
begin();

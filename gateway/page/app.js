// The live page: components, their versions and what lies between two of them, and the events as they come.

import { diff } from "./diff.js";
import { switchLanguage, translate, word } from "./words.js";

const MOST_EVENTS = 400;
const $ = (id) => document.getElementById(id);

const state = { components: new Map(), picked: null, versions: [], last: "", paused: [], isPaused: false, seen: [] };

async function call(path, options = {}) {
  const response = await fetch(path, { headers: { "Content-Type": "application/json" }, ...options });
  if (response.status === 401) { askForKey(); throw new Error("401"); }
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!answer.success) throw new Error(answer.error.message);
  return answer.data;
}

// --- log-in

function askForKey() {
  $("desk").hidden = true;
  if (!$("login").open) $("login").showModal();
}

$("login").addEventListener("cancel", (event) => event.preventDefault());
$("login").querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/api/session", { method: "POST", body: JSON.stringify({ key: $("key").value }) });
  if (response.status !== 204) { $("refusal").textContent = (await response.json()).error.message; return; }
  $("key").value = $("refusal").textContent = "";
  $("login").close();
  begin();
});

$("logout").addEventListener("click", async () => {
  await call("/api/session", { method: "DELETE" });
  location.reload();
});

// --- components

async function loadComponents() {
  state.components = new Map((await call("/api/components/versions")).map((one) => [one.path, one]));
  drawList();
}

function drawList() {
  const wanted = $("search").value.toLowerCase();
  const shown = [...state.components.values()].filter((one) => one.path.toLowerCase().includes(wanted));
  $("none").hidden = state.components.size > 0;
  const items = [];
  let category = "";
  for (const one of shown) {
    if (one.category !== category) {
      category = one.category;
      items.push(element("li", { className: "category", textContent: category }));
    }
    const button = element("button", { type: "button", title: one.active_hash ?? word("deleted") },
      element("span", { className: "name", textContent: one.name }),
      element("span", { className: "count", textContent: one.version_count, ariaLabel: word("versions", one.version_count) }),
      element("code", { textContent: one.active_hash?.slice(0, 8) ?? "—" }));
    button.setAttribute("aria-current", String(one.path === state.picked));
    button.dataset.path = one.path;
    button.addEventListener("click", () => pick(one.path));
    items.push(element("li", {}, button));
  }
  $("list").replaceChildren(...items);
}

async function refresh(path) {
  const [category, name] = path.replace(/\.py$/, "").split("/");
  const versions = await call(`/api/components/versions/${category}/${encodeURIComponent(name)}?include_content=true`);
  const active = versions.find((version) => version.is_active);
  state.components.set(path, {
    path, category, name, active_hash: active?.hash ?? null, version_count: versions.length,
    updated_at: versions[0].created_at,
  });
  state.components = new Map([...state.components].sort(([a], [b]) => (a < b ? -1 : 1)));
  drawList();
  flash(path);
  if (path === state.picked) show(versions);
}

function flash(path) {
  $("list").querySelector(`[data-path="${CSS.escape(path)}"]`)?.classList.add("fresh");
}

async function pick(path) {
  state.picked = path;
  location.hash = path;
  drawList();
  await refresh(path);
}

// --- one component

function show(versions) {
  const follows = $("to").value === "" || $("to").selectedIndex === 0;
  state.versions = versions;
  $("component-title").textContent = state.picked;
  $("chooser").hidden = false;
  const label = (version, n) =>
    `#${versions.length - n}  ${version.hash.slice(0, 8)}  ${local(version.created_at)}${version.is_active ? `  · ${word("active")}` : ""}`;
  for (const id of ["from", "to"]) {
    const was = $(id).value;
    $(id).replaceChildren(...versions.map((version, n) => element("option", { value: versions.length - n, textContent: label(version, n) })));
    $(id).value = was;
  }
  if (follows || $("to").value === "") {
    $("to").value = versions.length;
    $("from").value = Math.max(1, versions.length - 1);
  }
  drawDiff();
}

const chosen = (id) => state.versions[state.versions.length - Number($(id).value)];

function drawDiff() {
  const from = chosen("from"), to = chosen("to");
  if (!from || !to) return;
  const lines = diff(from === to ? "" : from.content, to.content);
  const changed = lines.some((line) => line.mark !== " ");
  $("note").textContent = changed ? "" : word("same");
  $("diff").replaceChildren(...lines.map(({ mark, line }) =>
    element("span", { className: { "+": "come", "-": "gone", " ": "kept" }[mark], textContent: `${mark} ${line}\n` })));
  $("activate").disabled = to.is_active;
}

for (const id of ["from", "to"]) $(id).addEventListener("change", drawDiff);

$("activate").addEventListener("click", async () => {
  const version = chosen("to");
  if (!confirm(word("confirm", version.hash.slice(0, 8), version.path))) return;
  try {
    await call("/api/components/versions/activate", { method: "POST", body: JSON.stringify({ hash: version.hash, path: version.path }) });
    $("note").textContent = word("done", version.hash.slice(0, 8));
  } catch (error) { $("note").textContent = error.message; }
});

// --- events

function take(event) {
  state.last = event.sequence;
  if (event.type === "heartbeat") { setLink(event.live ? "live" : "away"); return; }
  state.seen.push(Date.now());
  if (event.type === "version.created" || event.type === "head.moved") soon(event.subject.replace(/^components\//, ""));
  if (state.isPaused) {
    state.paused.push(event);
    $("pause").textContent = `${word("resume")} (${word("newer", state.paused.length)})`;
  } else drawEvents([event]);
}

const waiting = new Map();
function soon(path) {
  clearTimeout(waiting.get(path));
  waiting.set(path, setTimeout(() => { waiting.delete(path); refresh(path).catch(console.warn); }, 20));
}

function drawEvents(events) {
  const stream = $("stream");
  stream.prepend(...events.slice(-MOST_EVENTS).reverse().map(eventLine));
  while (stream.children.length > MOST_EVENTS) stream.lastChild.remove();
}

function eventLine(event) {
  const { number, hash, reason, error } = event.data;
  const note = [number && `#${number}`, hash?.slice(0, 8), reason, error].filter(Boolean).join(" · ");
  const time = element("time", { dateTime: event.time, title: event.time, textContent: local(event.time) });
  return element("li", { className: event.type.replace(".", "-") }, time,
    element("b", { textContent: event.type }), element("i", { textContent: note }), element("span", { textContent: event.subject }));
}

$("pause").addEventListener("click", () => {
  state.isPaused = !state.isPaused;
  $("pause").setAttribute("aria-pressed", String(state.isPaused));
  $("pause").textContent = word(state.isPaused ? "resume" : "pause");
  if (!state.isPaused) drawEvents(state.paused.splice(0));
});

setInterval(() => {
  const since = Date.now() - 5000;
  state.seen = state.seen.filter((time) => time > since);
  $("rate").textContent = word("rate", (state.seen.length / 5).toFixed(state.seen.length < 50 ? 1 : 0));
}, 1000);

// --- the connection

let asOf = new Date();

function setLink(link) {
  if (link === "live") asOf = new Date();
  $("link").dataset.state = link;
  $("link").textContent = link === "live" ? word("live") : `${word("away")} · ${word("asOf", asOf.toLocaleTimeString())}`;
}

function connect(delay = 500) {
  const query = new URLSearchParams({ heartbeat: "1", ...(state.last && { after: state.last }) });
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/sync?${query}`);
  socket.onopen = () => { setLink("live"); delay = 500; };
  socket.onmessage = (message) => take(JSON.parse(message.data));
  socket.onclose = () => {
    setLink("away");
    setTimeout(async () => {
      try { await call("/api/session"); } catch (error) { if (error.message === "401") return; }
      connect(Math.min(delay * 2, 10_000));
    }, delay);
  };
}

// --- small things

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

const local = (time) => new Date(time).toLocaleTimeString([], { hour12: false });

$("search").addEventListener("input", drawList);
$("language").addEventListener("click", () => { switchLanguage(); drawList(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) { event.preventDefault(); $("search").focus(); }
});

async function begin() {
  await call("/api/session");
  $("desk").hidden = false;
  $("logout").hidden = false;
  const [newest] = await Promise.all([call("/api/events?newest_first=true&limit=100"), loadComponents()]);
  drawEvents(newest.reverse());
  state.last = newest.at(-1)?.sequence ?? "";
  connect();
  const asked = decodeURIComponent(location.hash.slice(1));
  if (state.components.has(asked)) await pick(asked);
}

translate();
begin().catch((error) => { if (error.message !== "401") console.error(error); });

// What is wrong with clients of AI agents, as their last syncs told it: where it stands, and what helps.

import { call, element, moment, onceAFrame } from "./words.js";

const MOST = 50;
const list = document.querySelector("#notices ul");
const told = new Map(); // the notices of each project
const asked = new Map(); // how often each was asked about: of several answers the last question's counts

/** A sync was told of: see what is wrong in its project now. */
export async function look(project) {
  const turn = (asked.get(project) ?? 0) + 1;
  asked.set(project, turn);
  const status = await call(`/api/v1/sync/status?${new URLSearchParams({ project })}`);
  if (asked.get(project) !== turn) return;
  const last = new Set(status.clients.map((client) => client.last?.id));
  told.set(project, status.events.filter((one) => one.level !== "info" && last.has(one.session)));
  draw();
}

const draw = onceAFrame(() => {
  const notices = [...told.values()].flat().slice(0, MOST);
  document.getElementById("notices").hidden = !notices.length;
  list.replaceChildren(...notices.map(line));
});

function line(one) {
  const said = one.element ? `${one.element}: ${one.message}` : one.message;
  return element("li", { className: one.level },
    element("time", { dateTime: one.at, title: one.at, textContent: moment(one.at) }), " ",
    element("b", { textContent: one.client }), " ", element("span", { textContent: said }));
}

// Browse the OpenAPI document: what there is, what it takes, what it answers; and try it.

import { element, switchLanguage, translate, word } from "./words.js";

const root = document.getElementById("operations");
let api = null;

function draw() {
  if (!api) { root.replaceChildren(element("p", { textContent: word("logIn") })); return; }
  document.getElementById("version").textContent = `${api.info.version} · OpenAPI ${api.openapi}`;
  const byTag = new Map();
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const [tag] = operation.tags;
      byTag.set(tag, [...(byTag.get(tag) ?? []), { path, method, ...operation }]);
    }
  root.replaceChildren(...[...byTag].flatMap(([tag, operations]) =>
    [element("h2", { textContent: tag }), ...operations.map(describe)]));
}

function describe(operation) {
  const details = element("details", { id: operation.operationId }, element("summary", {},
    element("small", { textContent: operation["x-role"] }), element("b", { textContent: operation.method.toUpperCase() }),
    element("code", { textContent: operation.path }), element("i", { textContent: operation.summary })));
  const body = operation.requestBody?.content["application/json"].schema;
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    if (operation.parameters.length) details.append(title("parameters"), parameters(operation.parameters));
    if (body) details.append(title("body"), schema(body));
    for (const [status, answer] of Object.entries(operation.responses)) {
      details.append(element("h3", { textContent: `${status} · ${answer.description}` }));
      const shape = answer.content?.["application/json"]?.schema;
      if (shape && Number(status) < 300) details.append(schema(shape));
    }
    details.append(title("tryIt"), tryIt(operation, body));
  });
  return details;
}

const title = (name) => element("h3", { textContent: word(name) });

function parameters(list) {
  const row = (one) => element("tr", {}, element("td", {}, element("code", { textContent: one.name })),
    element("td", { textContent: [one.in, one.required && word("required")].filter(Boolean).join(", ") }),
    element("td", { textContent: [one.schema.type, one.schema.description].filter(Boolean).join(" · ") }));
  return element("table", {}, ...list.map(row));
}

/** A schema with what it refers to written out, once each. */
function resolved(node, seen = new Set()) {
  if (Array.isArray(node)) return node.map((one) => resolved(one, seen));
  if (node === null || typeof node !== "object") return node;
  if (node.$ref) {
    const name = node.$ref.split("/").at(-1);
    return seen.has(name) ? { $ref: name } : resolved(api.components.schemas[name], new Set([...seen, name]));
  }
  return Object.fromEntries(Object.entries(node).filter(([key, value]) => key !== "title" || typeof value !== "string")
    .map(([key, value]) => [key, resolved(value, seen)]));
}

const schema = (shape) => element("pre", { tabIndex: 0, textContent: JSON.stringify(resolved(shape), null, 2) });

/** A body to begin with: every field that must be there. */
function example(shape) {
  const { properties = {}, required = [] } = resolved(shape);
  const nothing = { string: "", integer: 0, number: 0, boolean: false, array: [], object: {} };
  return JSON.stringify(Object.fromEntries(required.map((name) => [name, nothing[properties[name].type] ?? null])), null, 2);
}

function tryIt(operation, body) {
  const fields = operation.parameters.map((one) =>
    element("input", { name: one.name, placeholder: one.name + (one.required ? " *" : ""), ariaLabel: one.name }));
  const text = body ? element("textarea", { value: example(body), ariaLabel: word("body"), spellcheck: false }) : null;
  const result = element("pre", { hidden: true, role: "status", tabIndex: 0 });
  const button = element("button", { type: "button", textContent: word("tryIt") });
  button.addEventListener("click", async () => {
    const values = new Map(fields.map((field) => [field.name, field.value]));
    const inPath = (name) => operation.parameters.some((one) => one.in === "path" && one.name === name);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values.get(name)));
    const query = new URLSearchParams([...values].filter(([name, value]) => value && !inPath(name)));
    result.textContent = await ask(query.size ? `${path}?${query}` : path, { method: operation.method.toUpperCase(), body: text?.value });
    result.hidden = false;
  });
  return element("div", { className: "try" }, ...fields, ...(text ? [text] : []), button, result);
}

async function ask(path, options) {
  try {
    const answer = await fetch(path, options), said = await answer.text();
    let shown = said;
    try { shown = JSON.stringify(JSON.parse(said), null, 2); } catch { /* not JSON: shown as it is */ }
    return `${answer.status} ${answer.statusText}\n${shown}`;
  } catch (error) { return String(error); }
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); draw(); });
translate();
const response = await fetch("/api/openapi.json").catch(() => null);
if (response?.ok) api = await response.json();
draw();

// Browse the OpenAPI document: what there is, what it takes, what it answers; and try it.

const make = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

const response = await fetch("/api/openapi.json");
const root = document.getElementById("operations");
if (!response.ok) root.append(make("p", { textContent: "Log in on the live page first." }));
else draw(await response.json());

function draw(api) {
  document.getElementById("version").textContent = `${api.info.version} · OpenAPI ${api.openapi}`;
  const byTag = new Map();
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const [tag] = operation.tags;
      byTag.set(tag, [...(byTag.get(tag) ?? []), { path, method, ...operation }]);
    }
  for (const [tag, operations] of byTag)
    root.append(make("h2", { textContent: tag }), ...operations.map((operation) => describe(api, operation)));
}

function describe(api, operation) {
  const heading = make("summary", {}, make("b", { textContent: operation.method.toUpperCase() }),
    make("code", { textContent: operation.path }), make("i", { textContent: `${operation.summary}  [${operation["x-role"]}]` }));
  const body = operation.requestBody?.content["application/json"].schema;
  const details = make("details", {}, heading);
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    if (operation.parameters.length) details.append(parameters(operation.parameters));
    if (body) details.append(make("h3", { textContent: "Body" }), schema(api, body));
    for (const [status, answer] of Object.entries(operation.responses)) {
      details.append(make("h3", { textContent: `${status} · ${answer.description}` }));
      const shape = answer.content?.["application/json"]?.schema;
      if (shape && Number(status) < 300) details.append(schema(api, shape));
    }
    details.append(tryIt(operation, body));
  });
  return details;
}

function parameters(list) {
  const row = (one) => make("tr", {}, make("td", {}, make("code", { textContent: one.name })),
    make("td", { textContent: `${one.in}${one.required ? ", required" : ""}` }),
    make("td", { textContent: [one.schema.type, one.schema.description].filter(Boolean).join(" · ") }));
  return make("table", {}, ...list.map(row));
}

function schema(api, shape) {
  const seen = new Set();
  const resolve = (node) => {
    if (Array.isArray(node)) return node.map(resolve);
    if (node === null || typeof node !== "object") return node;
    if (node.$ref) {
      const name = node.$ref.split("/").at(-1);
      if (seen.has(name)) return { $ref: name };
      seen.add(name);
      return resolve(api.components.schemas[name]);
    }
    return Object.fromEntries(Object.entries(node).filter(([key]) => key !== "title").map(([key, value]) => [key, resolve(value)]));
  };
  return make("pre", { textContent: JSON.stringify(resolve(shape), null, 2) });
}

function tryIt(operation, body) {
  const fields = operation.parameters.map((one) => make("input", { name: one.name, placeholder: `${one.name}${one.required ? " *" : ""}`, ariaLabel: one.name }));
  const text = body ? make("textarea", { value: "{}", ariaLabel: "body" }) : null;
  const result = make("pre", { hidden: true });
  const button = make("button", { type: "button", textContent: "Try it" });
  button.addEventListener("click", async () => {
    let path = operation.path;
    const query = new URLSearchParams();
    operation.parameters.forEach((one, n) => {
      const value = fields[n].value;
      if (one.in === "path") path = path.replace(`{${one.name}}`, encodeURIComponent(value));
      else if (value) query.set(one.name, value);
    });
    const answer = await fetch(query.size ? `${path}?${query}` : path, { method: operation.method.toUpperCase(), body: text?.value });
    const said = await answer.text();
    let shown = said;
    try { shown = JSON.stringify(JSON.parse(said), null, 2); } catch { /* not JSON: shown as it is */ }
    result.hidden = false;
    result.textContent = `${answer.status} ${answer.statusText}\n${shown}`;
  });
  return make("div", {}, make("h3", { textContent: "Try it" }), ...fields, ...(text ? [text] : []), button, result);
}

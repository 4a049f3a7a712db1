/** An element of a configuration as fields, each of which is taken from one side or the other. */

export type Element = Record<string, unknown>;
export type Fields = Map<string, unknown>;

/** Fields that only make sense together. */
const ENDPOINT = ["transport", "command", "args", "url"];
/** Fields of which each entry is one. */
const GROUPS = ["env", "headers"];

export function isObject(value: unknown): value is Element {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text says; null where that is no object. */
export function parsed(text: string | null): Element | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function flat(element: Element | null): Fields {
  const found: Fields = new Map();
  const endpoint = Object.entries(element ?? {}).filter(([name]) => ENDPOINT.includes(name));
  if (endpoint.length) found.set("endpoint", Object.fromEntries(endpoint));
  for (const [name, value] of Object.entries(element ?? {})) {
    if (GROUPS.includes(name) && isObject(value)) Object.entries(value).forEach(([inner, said]) => found.set(`${name}.${inner}`, said));
    else if (!ENDPOINT.includes(name)) found.set(name, value);
  }
  return found;
}

function whole(fields: Fields): Element {
  const entries: [string, unknown][] = [];
  for (const [name, value] of fields) {
    if (name === "endpoint" && isObject(value)) entries.push(...Object.entries(value));
    else if (!GROUPS.some((group) => name.startsWith(`${group}.`))) entries.push([name, value]);
  }
  for (const group of GROUPS) {
    const inner = [...fields].filter(([name]) => name.startsWith(`${group}.`));
    if (inner.length) entries.push([group, Object.fromEntries(inner.map(([name, value]) => [name.slice(group.length + 1), value]))]);
  }
  return Object.fromEntries(entries);
}

/** The element with another value for a field; undefined: without it. */
export function put(element: Element, name: string, value: unknown): Element {
  const fields = flat(element);
  if (value === undefined) fields.delete(name);
  else fields.set(name, value);
  return whole(fields);
}

export function differing(one: Element | null, other: Element | null): string[] {
  const [mine, theirs] = [flat(one), flat(other)];
  const names = [...new Set([...mine.keys(), ...theirs.keys()])].sort();
  return names.filter((name) => !same(mine.get(name), theirs.get(name)));
}

export function same(one: unknown, other: unknown): boolean {
  return spelled(one) === spelled(other);
}

/** A value in one spelling, as the server has it. */
export function spelled(value: unknown): string {
  return JSON.stringify(sorted(value), null, 2) ?? "";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

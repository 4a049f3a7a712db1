/** As much of an OpenAPI document as it takes to show it, and to send what it describes. */

export type Shape = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: "path" | "query";
  required?: boolean;
  schema: { type?: string; description?: string };
}

export interface Operation {
  operationId: string;
  path: string;
  method: string;
  summary: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Shape }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Shape }> }>;
  "x-role": string;
}

export interface Document {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Omit<Operation, "path" | "method">>>;
  components: { schemas: Record<string, Shape> };
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
}

/** A schema with what it refers to written out, once each. */
export function resolved(node: unknown, schemas: Record<string, Shape>, seen: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(node)) return node.map((one) => resolved(one, schemas, seen));
  if (node === null || typeof node !== "object") return node;
  if ("$ref" in node && typeof node.$ref === "string") {
    const name = node.$ref.split("/").at(-1) ?? "";
    return seen.has(name) ? { $ref: name } : resolved(schemas[name], schemas, new Set([...seen, name]));
  }
  const said = Object.entries(node).filter(([key, value]) => key !== "title" || typeof value !== "string");
  return Object.fromEntries(said.map(([key, value]) => [key, resolved(value, schemas, seen)]));
}

const NOTHING: Record<string, unknown> = { string: "", integer: 0, number: 0, boolean: false, array: [], object: {} };

/** A body to begin with: every field that must be there. */
export function example(shape: Shape, schemas: Record<string, Shape>): string {
  const { properties = {}, required = [] } = resolved(shape, schemas) as {
    properties?: Record<string, { type?: string }>;
    required?: string[];
  };
  const fields = required.map((name) => [name, NOTHING[properties[name]?.type ?? ""] ?? null]);
  return JSON.stringify(Object.fromEntries(fields), null, 2);
}

/** Where a request goes, with what was filled in. */
export function target(operation: Operation, values: Record<string, string>): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
  const asked = operation.parameters.filter((one) => one.in === "query" && values[one.name]);
  const query = new URLSearchParams(asked.map((one) => [one.name, values[one.name] ?? ""])).toString();
  return query ? `${path}?${query}` : path;
}

/** What is asked of the server about logs and exports of them. */

import { queryOptions } from "@tanstack/react-query";

import { address, call, Failure } from "../../api/client";
import type { Model } from "../../api/types";
import type { Filter } from "./filter";

export type Line = Model<"LogLine">;
export type Export = Model<"ExportShown">;
export type ExportRecord = Model<"ExportRecord">;

export const PAGE = 200;
export const EXPORTS = "/api/v1/exports";

export function linesOf(filter: Filter, before?: string): Promise<Line[]> {
  return call<Line[]>("/api/v1/logs", { query: { ...filter, limit: PAGE, before } });
}

/** A file of all that a filter finds. */
export function fileOf(filter: Filter, format: "csv" | "json" | "zip"): string {
  return address("/api/v1/export", { ...filter, what: "logs", format });
}

/** One that is not in sight; null: there is none. */
export function lineOf(id: string) {
  return queryOptions({
    queryKey: ["line", id],
    queryFn: async () => {
      try {
        return await call<Line>(`/api/v1/logs/${encodeURIComponent(id)}`);
      } catch (error) {
        if (error instanceof Failure && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** The first file of an export is made in a moment, of which no event tells. */
const MOMENT = 1500;

export const everyExport = queryOptions({
  queryKey: ["exports"],
  queryFn: () => call<Export[]>(EXPORTS),
  refetchInterval: ({ state }) => (state.data?.some((one) => one.files.length === 0) ? MOMENT : false),
});
export const everyClient = queryOptions({ queryKey: ["sync", "clients"], queryFn: () => call<Model<"ClientShown">[]>("/api/v1/clients") });

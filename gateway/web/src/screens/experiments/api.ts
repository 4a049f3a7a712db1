/** Experiments as the server knows them, and where they are in these pages. */

import { useQuery } from "@tanstack/react-query";

import { call } from "../../api/client";
import { everything } from "../../api/everything";
import type { Model } from "../../api/types";

export type Experiment = Model<"ManifestSummary">;
export type Manifest = Model<"Manifest">;
export type Since = Model<"Since">;
export type Difference = Model<"Difference">;

export const pathOf = (uid: string) => `/api/components/manifest/${encodeURIComponent(uid)}`;

export const placeOf = (uid: string) => `/experiments/${encodeURIComponent(uid)}`;

export const comparisonOf = (uid: string, other: string) => `${placeOf(uid)}/diff/${encodeURIComponent(other)}`;

/** All experiments, the one that was last changed first. */
export function useExperiments() {
  return useQuery({
    queryKey: ["manifests", "list"],
    queryFn: async () => {
      const found = await everything<Experiment>("/api/components/manifests", (one) => one.experiment_uid);
      return found.sort((one, other) => (one.updated_at < other.updated_at ? 1 : -1));
    },
    refetchOnMount: "always",
  });
}

export function useManifest(uid: string, revision: string | null) {
  return useQuery({
    queryKey: [`manifests/${uid}`, "manifest", revision],
    queryFn: () => call<Manifest>(pathOf(uid), { query: { revision } }),
    refetchOnMount: "always",
  });
}

/** What it used, with what is active now. */
export function useSince(uid: string, revision: string | null) {
  return useQuery({
    queryKey: ["components", "since", uid, revision],
    queryFn: () => call<Since[]>(`${pathOf(uid)}/since`, { query: { revision } }),
    refetchOnMount: "always",
  });
}

export function useDifferences(uid: string, other: string) {
  return useQuery({
    queryKey: ["manifests", "diff", uid, other],
    queryFn: () => call<Difference[]>(`${pathOf(uid)}/diff/${encodeURIComponent(other)}`),
    refetchOnMount: "always",
  });
}

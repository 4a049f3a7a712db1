/** The projects of which the reader may see something. */

import { queryOptions } from "@tanstack/react-query";

import { call } from "../api/client";
import type { Model } from "../api/types";

export const projects = queryOptions({
  queryKey: ["projects"],
  queryFn: () => call<Model<"ProjectShown">[]>("/api/v1/projects"),
});

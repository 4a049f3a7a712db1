/** What the server has answered, for all screens. */

import { QueryClient } from "@tanstack/react-query";

import { Failure } from "../api/client";

/**
 * What the server has answered stays true until the live feed says that it is old. What is asked for is asked for now or
 * fails now: nothing waits for a network, to be done when nobody expects it any more.
 */
export const client = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 3 && error instanceof Failure && (error.status === 0 || error.status >= 500),
    },
  },
});

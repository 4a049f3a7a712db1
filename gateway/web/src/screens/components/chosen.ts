/** Which two versions are compared: as the address says, else the newest one with the one before it. */

import { useSearchParams } from "react-router";

import { meant, type Row } from "./history";

export function useChosen(rows: readonly Row[]) {
  const [asked, ask] = useSearchParams();
  const to = meant(rows, asked.get("to")) || rows.length;
  const from = meant(rows, asked.get("from")) ?? to - 1;
  const compareWith = (number: number) =>
    ask(
      (now) => {
        now.set("from", String(number));
        now.set("to", String(to));
        return now;
      },
      { replace: true },
    );
  return { from, to, compareWith };
}

/** Makes many versions active, some at a time, each only where what was seen before is still active. */

import { useRef, useState } from "react";

import { Failure } from "../../api/client";
import { activate } from "../components/api";

export type Result = "pending" | "running" | "success" | "superseded" | "failed";

/** Make `to` active in the place of `from`; null: nothing. */
export interface Step {
  path: string;
  from: string | null;
  to: string | null;
}

export interface Outcome {
  is: Result;
  reason?: string;
}

const AT_ONCE = 4;

export function useSteps() {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [isRunning, setRunning] = useState(false);
  const isStopped = useRef(false);
  const tell = (path: string, outcome: Outcome) => setOutcomes((now) => new Map(now).set(path, outcome));
  const run = async (steps: readonly Step[]) => {
    isStopped.current = false;
    setRunning(true);
    setOutcomes(new Map(steps.map(({ path }) => [path, { is: "pending" }])));
    const left = [...steps];
    const work = async () => {
      for (let step = left.shift(); step && !isStopped.current; step = left.shift()) {
        tell(step.path, { is: "running" });
        tell(step.path, await take(step));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setRunning(false);
  };
  const stop = () => {
    isStopped.current = true;
  };
  return { outcomes, isRunning, run, stop };
}

async function take({ path, from, to }: Step): Promise<Outcome> {
  try {
    return { is: (await activate(path, to, from)) ? "success" : "pending" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return { is: error instanceof Failure && error.status === 409 ? "superseded" : "failed", reason };
  }
}

export function counted(outcomes: ReadonlyMap<string, Outcome>, is: Result): number {
  return [...outcomes.values()].filter((one) => one.is === is).length;
}

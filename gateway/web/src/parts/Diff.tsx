/** Two texts side by side, or one above the other where there is no room; fetched when the first one is looked at. */

import { lazy, Suspense } from "react";

import type { CodeLanguage } from "./looks";
import { Waiting } from "./Waiting";

export interface DiffProps {
  before: string;
  after: string;
  /** What each side is, such as "Version 3, active". */
  beforeName: string;
  afterName: string;
  language?: CodeLanguage | undefined;
}

const Merge = lazy(() => import("./Merge"));

export function Diff(props: DiffProps) {
  return (
    <Suspense fallback={<Waiting />}>
      <Merge {...props} />
    </Suspense>
  );
}

/** A text to be written, beside another to compare it with where there is room; fetched when the first one is looked at. */

import { lazy, Suspense } from "react";

import type { CodeLanguage } from "./looks";
import { Waiting } from "./Waiting";

/** A line to go to. Another object is another time. */
export interface Goal {
  line: number;
}

export interface EditorProps {
  /** What it is compared with, and what that is. */
  before: string;
  beforeName: string;
  text: string;
  name: string;
  language: CodeLanguage;
  /** Lines with something wrong in them, and the id of what says so. */
  flawed: readonly number[];
  describedBy: string;
  goal: Goal | null;
  onType: (text: string) => void;
}

const Writing = lazy(() => import("./Writing"));

export function Editor(props: EditorProps) {
  return (
    <Suspense fallback={<Waiting />}>
      <Writing {...props} />
    </Suspense>
  );
}

/** Undo and redo in an editor: what is typed without a pause is one step. */

import { Annotation, StateField, type Extension, type Text } from "@codemirror/state";
import { keymap, type Command, type EditorView } from "@codemirror/view";

interface Past {
  done: readonly Text[];
  undone: readonly Text[];
  at: number;
}

const PAUSE = 500;
const MOST = 200;

/** What there is to undo and redo behind a step of this field's own. */
const step = Annotation.define<Past>();

const past = StateField.define<Past>({
  create: () => ({ done: [], undone: [], at: 0 }),
  update: (before, change) => {
    const own = change.annotation(step);
    if (own) return own;
    if (!change.docChanged) return before;
    const at = Date.now();
    const done = at - before.at < PAUSE ? before.done : [...before.done, change.startState.doc].slice(-MOST);
    return { done, undone: [], at };
  },
});

function turn(from: "done" | "undone", to: "done" | "undone"): Command {
  return (view) => {
    const found = view.state.field(past);
    const doc = found[from].at(-1);
    if (doc) {
      const next: Past = { ...found, at: 0, [from]: found[from].slice(0, -1), [to]: [...found[to], view.state.doc] };
      become(view, doc.toString(), step.of(next));
    }
    return true;
  };
}

/** Let an editor hold another text, by the smallest change that does so. */
export function become(view: EditorView, text: string, annotation: Annotation<unknown>): void {
  const old = view.state.doc.toString();
  const most = Math.min(old.length, text.length);
  let from = 0;
  while (from < most && old[from] === text[from]) from += 1;
  let kept = 0;
  while (kept < most - from && old.at(-1 - kept) === text.at(-1 - kept)) kept += 1;
  const insert = text.slice(from, text.length - kept);
  view.dispatch({
    changes: { from, to: old.length - kept, insert },
    selection: { anchor: from + insert.length },
    scrollIntoView: true,
    annotations: annotation,
  });
}

export function undoing(): Extension {
  const undo = turn("done", "undone");
  const redo = turn("undone", "done");
  return [
    past,
    keymap.of([
      { key: "Mod-z", run: undo, shift: redo, preventDefault: true },
      { key: "Mod-y", run: redo, preventDefault: true },
    ]),
  ];
}

import { MergeView } from "@codemirror/merge";
import { Annotation, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";
import { Box, Group, Text, useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, type RefObject } from "react";

import type { EditorProps } from "./Editor";
import { FIXED, looks } from "./looks";
import { become, undoing } from "./undo";

/** A change that was not typed here. */
const told = Annotation.define<true>();

const flaw = Decoration.line({ class: "cm-flawed" });
const flawed = StateEffect.define<readonly number[]>();
const flaws = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, change) => {
    const found = change.effects.find((one) => one.is(flawed));
    if (!found) return before.map(change.changes);
    const lines = [...new Set<number>(found.value)].filter((line) => line >= 1 && line <= change.state.doc.lines);
    return Decoration.set(lines.sort((a, b) => a - b).map((line) => flaw.range(change.state.doc.line(line).from)));
  },
  provide: (field) => EditorView.decorations.from(field),
});
const FLAWED = EditorView.theme({ ".cm-flawed": { boxShadow: "inset 3px 0 var(--mantine-color-error)", textDecoration: "underline wavy" } });

export default function Writing(props: EditorProps) {
  const { text, flawed: lines, goal, beforeName, name } = props;
  const place = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 60em)", false, { getInitialValueInEffect: false }) ?? false;
  const editor = useEditor(place, props, isNarrow);
  useEffect(() => {
    const view = editor.current;
    if (view && view.state.doc.toString() !== text) become(view, text, told.of(true));
  }, [editor, text]);
  useEffect(() => editor.current?.dispatch({ effects: flawed.of(lines) }), [editor, lines]);
  useEffect(() => {
    if (editor.current && goal) goTo(editor.current, goal.line);
  }, [editor, goal]);
  return (
    <Box>
      <Group grow mb={4} gap="xs">
        {!isNarrow && <Text size="sm" fw={600}>{beforeName}</Text>}
        <Text size="sm" fw={600}>{name}</Text>
      </Group>
      <Box ref={place} style={{ border: "1px solid var(--mantine-color-default-border)", overflow: "auto", maxHeight: "70vh" }} />
    </Box>
  );
}

/** The editor at a place; another one where it is to look different. */
function useEditor(place: RefObject<HTMLDivElement | null>, props: EditorProps, isNarrow: boolean): RefObject<EditorView | null> {
  const { before, beforeName, name, language, describedBy } = props;
  const editor = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const isDark = useComputedColorScheme() === "dark";
  useEffect(() => {
    if (!place.current) return;
    const typed = listening((text) => latest.current.onType(text));
    const described = EditorView.contentAttributes.of({ "aria-describedby": describedBy });
    const own = [...looks(language, isDark, name), described, undoing(), flaws, FLAWED, typed];
    const other = { text: before, own: [...looks(language, isDark, beforeName), ...FIXED] };
    const [view, whole] = opened(place.current, { text: latest.current.text, own }, isNarrow ? null : other);
    editor.current = view;
    view.dispatch({ effects: flawed.of(latest.current.flawed) });
    return () => {
      editor.current = null;
      whole.destroy();
    };
  }, [place, before, beforeName, name, language, describedBy, isNarrow, isDark]);
  return editor;
}

/** Hears what is typed. */
function listening(onType: (text: string) => void): Extension {
  return EditorView.updateListener.of((update) => {
    const isTyped = update.docChanged && !update.transactions.some((one) => one.annotation(told));
    if (isTyped) onType(update.state.doc.toString());
  });
}

interface Page {
  text: string;
  own: Extension[];
}

/** The editor, and the whole that it is a part of. */
function opened(parent: HTMLElement, page: Page, beside: Page | null): [EditorView, { destroy: () => void }] {
  const mine = { doc: page.text, extensions: page.own };
  if (!beside) {
    const view = new EditorView({ ...mine, parent });
    return [view, view];
  }
  const both = new MergeView({ a: { doc: beside.text, extensions: beside.own }, b: mine, parent, gutter: true });
  return [both.b, both];
}

function goTo(view: EditorView, line: number): void {
  const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines))).from;
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, Text as Lines, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { Box, Group, Text, useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef } from "react";

import { useLanguage, useWords } from "../words";
import type { DiffProps } from "./Diff";
import { nonce } from "./nonce";
import { words } from "./words";

/** The same colours, light enough to be read on a dark ground. */
const DARK = HighlightStyle.define(
  defaultHighlightStyle.specs.map(({ color, ...rest }) => ({ ...rest, ...(color && { color: `color-mix(in srgb, ${color} 40%, white)` }) })),
);

const COLLAPSED = { margin: 3, minSize: 6 };

export default function Merge({ before, after, beforeName, afterName, language }: DiffProps) {
  const say = useWords(words);
  const tongue = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 60em)", false, { getInitialValueInEffect: false });
  const isDark = useComputedColorScheme() === "dark";
  useEffect(() => {
    if (!place.current) return;
    const look = looks(language, isDark, say("unchanged"), `${beforeName} – ${afterName}`);
    const view = isNarrow ? above(place.current, before, after, look) : beside(place.current, before, after, look);
    return () => view.destroy();
  }, [before, after, beforeName, afterName, language, isNarrow, isDark, tongue, say]);
  return (
    <Box>
      <Group grow mb={4} gap="xs">
        <Text size="sm" fw={600}>− {beforeName}</Text>
        <Text size="sm" fw={600}>+ {afterName}</Text>
      </Group>
      {before === after && <Text size="sm">{say("same")}</Text>}
      <Box ref={place} style={{ border: "1px solid var(--mantine-color-default-border)", overflow: "auto", maxHeight: "70vh" }} />
    </Box>
  );
}

function looks(language: DiffProps["language"], isDark: boolean, unchanged: string, label: string): Extension[] {
  const tongue = { python: [python()], json: [json()], none: [] }[language ?? "none"];
  return [
    lineNumbers(),
    highlightSpecialChars(),
    EditorState.lineSeparator.of("\n"),
    syntaxHighlighting(isDark ? DARK : defaultHighlightStyle),
    EditorView.lineWrapping,
    EditorView.cspNonce.of(nonce()),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.theme({ "&": { fontSize: "13px" } }, { dark: isDark }),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorState.phrases.of({ "$ unchanged lines": unchanged }),
    ...tongue,
  ];
}

function beside(parent: HTMLElement, before: string, after: string, look: Extension[]): { destroy: () => void } {
  return new MergeView({
    a: { doc: before, extensions: look },
    b: { doc: after, extensions: look },
    parent,
    collapseUnchanged: COLLAPSED,
    gutter: true,
  });
}

function above(parent: HTMLElement, before: string, after: string, look: Extension[]): { destroy: () => void } {
  const merge = unifiedMergeView({ original: Lines.of(before.split("\n")), mergeControls: false, collapseUnchanged: COLLAPSED, gutter: true });
  return new EditorView({ doc: after, extensions: [...look, merge], parent });
}

import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, Text as Lines, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { Box, Button, Group, Text, useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

import { useLanguage, useWords } from "../words";
import type { DiffProps } from "./Diff";
import { FIXED, looks } from "./looks";
import { words } from "./words";

const COLLAPSED = { margin: 3, minSize: 6 };

export default function Merge({ before, after, beforeName, afterName, language }: DiffProps) {
  const say = useWords(words);
  const tongue = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 60em)", false, { getInitialValueInEffect: false });
  const isDark = useComputedColorScheme() === "dark";
  const [isWhole, setWhole] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const phrases = EditorState.phrases.of({ "$ unchanged lines": say("unchanged") });
    const look = [...looks(language ?? "none", isDark, `${beforeName} – ${afterName}`), ...FIXED, phrases];
    const show = isNarrow ? above : beside;
    const view = show(place.current, before, after, look, isWhole);
    return () => view.destroy();
  }, [before, after, beforeName, afterName, language, isNarrow, isDark, isWhole, tongue, say]);
  return (
    <Box>
      <Group grow mb={4} gap="xs">
        <Text size="sm" fw={600}>− {beforeName}</Text>
        <Text size="sm" fw={600}>+ {afterName}</Text>
      </Group>
      {before !== after && (
        <Button size="compact-xs" variant="default" mb={4} aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
          {say("allLines")}
        </Button>
      )}
      {before === after && <Text size="sm">{say("same")}</Text>}
      <Box ref={place} style={{ border: "1px solid var(--mantine-color-default-border)", overflow: "auto", maxHeight: "70vh" }} />
    </Box>
  );
}

function beside(parent: HTMLElement, before: string, after: string, look: Extension[], isWhole: boolean): { destroy: () => void } {
  return new MergeView({
    a: { doc: before, extensions: look },
    b: { doc: after, extensions: look },
    parent,
    gutter: true,
    ...(isWhole ? {} : { collapseUnchanged: COLLAPSED }),
  });
}

function above(parent: HTMLElement, before: string, after: string, look: Extension[], isWhole: boolean): { destroy: () => void } {
  const collapse = isWhole ? {} : { collapseUnchanged: COLLAPSED };
  const merge = unifiedMergeView({ original: Lines.of(before.split("\n")), mergeControls: false, gutter: true, ...collapse });
  return new EditorView({ doc: after, extensions: [...look, merge], parent });
}

/** How code looks, wherever it is shown or written. */

import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";

import { nonce } from "./nonce";

export type CodeLanguage = "python" | "json" | "none";

/** The same colours, light enough to be read on a dark ground. */
const DARK = HighlightStyle.define(
  defaultHighlightStyle.specs.map(({ color, ...rest }) => ({ ...rest, ...(color && { color: `color-mix(in srgb, ${color} 40%, white)` }) })),
);

/** What stands beside the number of collapsed lines; the sign that comes with the editor is in few fonts. */
const COLLAPSED = { content: '"⋮"' };

export const FIXED: Extension[] = [EditorState.readOnly.of(true), EditorView.editable.of(false)];

export function looks(language: CodeLanguage, isDark: boolean, label: string): Extension[] {
  const tongue = { python: [python()], json: [json()], none: [] }[language];
  return [
    lineNumbers(),
    highlightSpecialChars(),
    EditorState.lineSeparator.of("\n"),
    syntaxHighlighting(isDark ? DARK : defaultHighlightStyle),
    EditorView.lineWrapping,
    EditorView.cspNonce.of(nonce()),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.theme({ "&": { fontSize: "13px" }, ".cm-collapsedLines:before, .cm-collapsedLines:after": COLLAPSED }, { dark: isDark }),
    ...tongue,
  ];
}

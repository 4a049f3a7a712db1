/** The colours of code, lightened where the page is dark. */

import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

const light = syntaxHighlighting(defaultHighlightStyle);
const dark = syntaxHighlighting(
  HighlightStyle.define(
    defaultHighlightStyle.specs.map((one) => (one.color ? { ...one, color: `color-mix(in srgb, ${one.color} 35%, white)` } : one)),
  ),
);

export function highlight(isDark: boolean): Extension {
  return isDark ? dark : light;
}

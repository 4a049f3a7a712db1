/** Data as text that can be read, scrolled by keyboard, and copied. */

import { Button, Code, CopyButton, Stack } from "@mantine/core";

import { useWords } from "../words";
import { words } from "./words";

interface Props {
  label: string;
  data: unknown;
  /** What the button copies, where that is more than what is shown. */
  whole?: unknown;
  copy?: string;
}

export function Json({ label, data, whole, copy }: Props) {
  const say = useWords(words);
  const said = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  const copied = whole === undefined ? said : JSON.stringify(whole, null, 2);
  return (
    <Stack gap={4} align="stretch">
      <CopyButton value={copied}>
        {({ copied: isCopied, copy: doCopy }) => (
          <Button size="compact-xs" variant="default" onClick={doCopy} style={{ alignSelf: "flex-end" }}>
            {isCopied ? say("copied") : (copy ?? say("copy"))}
          </Button>
        )}
      </CopyButton>
      <Code block tabIndex={0} role="region" aria-label={label} mah="50vh" style={{ overflow: "auto", whiteSpace: "pre-wrap" }}>
        {said}
      </Code>
    </Stack>
  );
}

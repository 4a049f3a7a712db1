/** A version's source, to keep. */

import { Button, CopyButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { save } from "../../parts/save";
import { words as common } from "../../parts/words";
import { useWords } from "../../words";
import { contentOf } from "./api";
import type { Row } from "./history";
import { words } from "./words";

export function Source({ path, row }: { path: string; row: Row }) {
  const say = useWords(words);
  const sayCommon = useWords(common);
  const { data: content } = useQuery(contentOf(row.hash));
  if (content === undefined) return null;
  const file = path.slice(path.indexOf("/") + 1);
  return (
    <>
      <Button variant="default" onClick={() => save(file, content, "text/x-python")} aria-label={say("downloadThis", row.number)}>
        {say("download")}
      </Button>
      {"clipboard" in navigator && (
        <CopyButton value={content}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} aria-label={copied ? sayCommon("copied") : say("copyThis", row.number)}>
              {sayCommon(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
      )}
    </>
  );
}

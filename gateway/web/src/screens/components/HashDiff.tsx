/** What lies between two versions, known by their hashes (null: nothing), with what a diff does not show by itself. */

import { List, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";

import { Diff } from "../../parts/Diff";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { contentOf } from "./api";
import { words } from "./words";

interface Props {
  before: string | null;
  after: string | null;
  beforeName: string;
  afterName: string;
}

export function HashDiff({ before, after, beforeName, afterName }: Props) {
  const [old, now] = useQueries({ queries: [contentOf(before), contentOf(after)] });
  const error = old.error ?? now.error;
  if (error) return <Wrong error={error} onRetry={() => void (old.error ? old : now).refetch()} />;
  if (old.data === undefined || now.data === undefined) return <Waiting />;
  return (
    <>
      <Diff before={old.data} after={now.data} beforeName={beforeName} afterName={afterName} language="python" />
      <Hints sides={[[beforeName, before === null ? null : old.data], [afterName, after === null ? null : now.data]]} />
    </>
  );
}

function Hints({ sides }: { sides: [name: string, content: string | null][] }) {
  const say = useWords(words);
  const hints = sides.flatMap(([name, content]) => {
    if (content === null) return [];
    if (!content) return [say("emptyFile", name)];
    return [...(content.endsWith("\n") ? [] : [say("noNewline", name)]), ...(content.includes("\r\n") ? [say("crlf", name)] : [])];
  });
  if (!hints.length) return null;
  return (
    <List size="sm" mt={4}>
      {[...new Set(hints)].map((hint) => (
        <List.Item key={hint}>
          <Text size="sm">{hint}</Text>
        </List.Item>
      ))}
    </List>
  );
}

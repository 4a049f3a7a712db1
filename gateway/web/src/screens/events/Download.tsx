import { Button, Group, Progress as Bar, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { exported, save, type Progress } from "./exporting";
import type { Filter } from "./filter";
import { words } from "./words";

/** Everything that the filters name, from the beginning of the log, as a file. */
export function Download({ filter }: { filter: Filter }) {
  const say = useWords(words);
  const isStopped = useRef(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const downloading = useMutation({
    mutationFn: () => {
      isStopped.current = false;
      setProgress(null);
      return exported(filter, setProgress, () => isStopped.current);
    },
    onSuccess: (content) => content && save(content, "events.jsonl"),
  });
  const isDone = downloading.isSuccess && downloading.data;
  return (
    <>
      {downloading.isPending ? (
        <Button size="xs" variant="default" onClick={() => (isStopped.current = true)}>
          {say("stop")}
        </Button>
      ) : (
        <Button size="xs" variant="default" onClick={() => downloading.mutate()} leftSection={<IconDownload size={14} aria-hidden />}>
          {say("download")}
        </Button>
      )}
      {downloading.isPending && progress && (
        <Group gap="xs" style={{ flex: "1 1 200px" }} role="status">
          <Bar value={(100 * progress.seen) / progress.last} style={{ flex: 1 }} aria-label={say("download")} />
          <Text size="sm">{say("downloading", progress.found, progress.seen, progress.last)}</Text>
        </Group>
      )}
      {isDone && (
        <Text size="sm" role="status">
          {say("downloaded", progress?.found ?? 0)}
        </Text>
      )}
      {downloading.error && <Wrong error={downloading.error} onRetry={() => downloading.mutate()} />}
    </>
  );
}

/** All that the filter finds, as a file. */

import { Anchor, Group, Text } from "@mantine/core";

import { useWords } from "../../words";
import { fileOf } from "./ask";
import type { Filter } from "./filter";
import { words } from "./words";

const FORMATS = ["csv", "json", "zip"] as const;

export function Download({ filter }: { filter: Filter }) {
  const say = useWords(words);
  return (
    <Group gap="xs">
      <Text size="sm">{say("download")}</Text>
      {FORMATS.map((format) => (
        <Anchor key={format} href={fileOf(filter, format)} download size="sm" aria-label={say("downloadAs", format.toUpperCase())}>
          {format.toUpperCase()}
        </Anchor>
      ))}
    </Group>
  );
}

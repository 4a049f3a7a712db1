/** A sync in numbers; what is nought is left out. */

import { Group, Text } from "@mantine/core";

import type { Model } from "../../api/types";
import { useWords } from "../../words";
import { words } from "./words";

const COUNTED = ["changes", "decisions", "conflicts", "waiting", "problems", "losses"] as const;

export function Counts({ of }: { of: Model<"Summary"> }) {
  const say = useWords(words);
  const counted = COUNTED.filter((name) => of[name]);
  if (counted.length === 0) return <Text size="sm">{say("nothingToDo")}</Text>;
  return (
    <Group gap="0 var(--mantine-spacing-sm)">
      {counted.map((name) => (
        <Text key={name} size="sm">
          {say(name, of[name] ?? 0)}
        </Text>
      ))}
    </Group>
  );
}

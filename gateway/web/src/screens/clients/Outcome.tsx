/** What a sync came to: why it failed, or in numbers, of which what is nought is left out. */

import { Group, Text } from "@mantine/core";

import type { Model } from "../../api/types";
import { useWords } from "../../words";
import { words } from "./words";

const COUNTED = ["changes", "decisions", "conflicts", "waiting", "problems", "losses"] as const;

export function Outcome({ of: { summary, why } }: { of: Model<"SessionShown"> }) {
  const say = useWords(words);
  const counted = COUNTED.filter((name) => summary[name]);
  if (why) return <Text size="sm" lineClamp={3} component="bdi">{why}</Text>;
  if (counted.length === 0) return <Text size="sm">{say("nothingToDo")}</Text>;
  return (
    <Group gap="0 var(--mantine-spacing-sm)">
      {counted.map((name) => (
        <Text key={name} size="sm">
          {say(name, summary[name] ?? 0)}
        </Text>
      ))}
    </Group>
  );
}

/** An element as it stands in the common configuration, who made it so, and how it came to that. */

import { Code, Stack, Text, Title } from "@mantine/core";

import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import type { Element as Standing } from "./ask";
import { named } from "./elements";
import { Moves } from "./Moves";
import { words } from "./words";

export function Element({ element }: { element: Standing }) {
  const say = useWords(words);
  const { kind, name } = named(element.path);
  return (
    <Stack gap="sm">
      <Title order={4} size="h5">
        {say(kind)}: <bdi>{name}</bdi>
      </Title>
      <Text size="sm" component="div">
        <bdi>{element.author}</bdi>, <Time at={element.changed_at} />
      </Text>
      {element.content === null && <Text fw={600}>{say("removedNow")}</Text>}
      <Code block tabIndex={0} aria-label={say("model")} style={{ whiteSpace: "pre-wrap", maxHeight: "50vh" }}>
        {element.content ?? element.last}
      </Code>
      <Moves element={element} />
    </Stack>
  );
}

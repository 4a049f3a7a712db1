import { Group, Loader, Text } from "@mantine/core";

import { useWords } from "../words";
import { words } from "./words";

export function Waiting() {
  const say = useWords(words);
  return (
    <Group py="lg" role="status">
      <Loader size="sm" aria-hidden />
      <Text>{say("loading")}</Text>
    </Group>
  );
}

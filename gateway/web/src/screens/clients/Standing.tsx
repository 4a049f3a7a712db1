/** How a client does: what it was asked for, else how its last sync ended. */

import { Text } from "@mantine/core";

import { State } from "../../parts/State";
import { useWords } from "../../words";
import type { Client } from "./ask";
import { words } from "./words";

export function Standing({ client }: { client: Client }) {
  const say = useWords(words);
  if (!client.settings.enabled) return <State is="off" />;
  if (client.open) return <State is={client.open.status} />;
  if (client.last) return <State is={client.last.status} />;
  return <Text size="sm">{say("never")}</Text>;
}

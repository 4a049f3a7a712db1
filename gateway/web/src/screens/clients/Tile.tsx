import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import { Link } from "react-router";

import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import type { Client } from "./ask";
import { Outcome } from "./Outcome";
import { Standing } from "./Standing";
import { words } from "./words";

export function Tile({ client }: { client: Client }) {
  const say = useWords(words);
  return (
    <Paper withBorder p="sm">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Anchor component={Link} to={`/clients/${encodeURIComponent(client.name)}`} fw={600} data-entry>
            {client.title}
          </Anchor>
          <Standing client={client} />
        </Group>
        <Text size="sm" component="bdi">
          {client.name}
        </Text>
        {client.last && (
          <Text size="sm" component="div">
            {say("lastSync")} <Time at={client.last.finished_at ?? client.last.started_at} />
          </Text>
        )}
        {client.last && <Outcome of={client.last} />}
      </Stack>
    </Paper>
  );
}

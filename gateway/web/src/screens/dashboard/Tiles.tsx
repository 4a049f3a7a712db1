import { Anchor, Group, Paper, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Model } from "../../api/types";
import { Empty } from "../../parts/Empty";
import { State } from "../../parts/State";
import { useMoment } from "../../parts/time";
import type { StateName } from "../../parts/words";
import { useWords } from "../../words";
import { Card } from "./Card";
import type { SyncStatus } from "./status";
import { words } from "./words";

type Client = SyncStatus["clients"][number];
type Watcher = Model<"Watcher">;

export function ClientTiles({ clients }: { clients: Client[] }) {
  const say = useWords(words);
  const moment = useMoment();
  return (
    <Card title={say("clients")}>
      {!clients.length && <Empty title={say("noClients")} remedy={say("noClientsRemedy")} />}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
        {clients.map((client) => (
          <Tile key={client.id} name={client.name} to={`/clients/${encodeURIComponent(client.name)}`} state={stateOfClient(client)}>
            <Text size="sm">{client.title}</Text>
            {client.last && <Text size="sm">{say("lastSync", moment(client.last.started_at))}</Text>}
            {client.last?.why && (
              <Text size="sm" lineClamp={2} component="bdi">
                {client.last.why}
              </Text>
            )}
            {client.open && <Text size="sm">{say("underway")}</Text>}
          </Tile>
        ))}
      </SimpleGrid>
    </Card>
  );
}

export function WatcherTiles({ watchers }: { watchers: Watcher[] }) {
  const say = useWords(words);
  const moment = useMoment();
  return (
    <Card title={say("watchers")}>
      {!watchers.length && <Empty title={say("noWatchers")} remedy={say("noWatchersRemedy")} />}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
        {watchers.map(({ name, seen_at, report }) => (
          <Tile key={name} name={name} to={`/events?text=${encodeURIComponent(`watcher/${name}`)}`} state={stateOfWatcher(report)}>
            <Text size="sm">{say("heard", moment(seen_at))}</Text>
            {report.spool > 0 && <Text size="sm">{say("spool", report.spool)}</Text>}
            {report.roots.map((root) => (
              <Text size="sm" key={root.path} truncate title={root.path}>
                <bdi>{root.path}</bdi>: {say("files", root.files)}
                {root.last_change && `, ${say("lastChange", moment(root.last_change))}`}
              </Text>
            ))}
          </Tile>
        ))}
      </SimpleGrid>
    </Card>
  );
}

function Tile({ name, to, state, children }: { name: string; to: string; state: StateName; children: ReactNode }) {
  return (
    <Paper withBorder p="xs" miw={0}>
      <Group justify="space-between" gap="xs">
        <Anchor component={Link} to={to} underline="always" fw={600} data-entry>
          {name}
        </Anchor>
        <State is={state} />
      </Group>
      {children}
    </Paper>
  );
}

function stateOfClient({ settings, last, open }: Client): StateName {
  if (!settings.enabled) return "off";
  return open?.status ?? last?.status ?? "pending";
}

function stateOfWatcher({ spool, roots }: Watcher["report"]): StateName {
  if (roots.some((root) => root.health !== "ok")) return "failed";
  return spool > 0 ? "behind" : "healthy";
}

/** One client: how it does, what it is configured with, what its syncs did. */

import { Anchor, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";

import { useMay, useSession } from "../../app/session";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { clientOf, type Client } from "./ask";
import { Configuration } from "./Configuration";
import { DryRun } from "./DryRun";
import { Enable } from "./Enable";
import { Forget } from "./Forget";
import { Outcome } from "./Outcome";
import { Standing } from "./Standing";
import { SyncNow } from "./SyncNow";
import { Syncs } from "./Syncs";
import { words } from "./words";

export function One() {
  const say = useWords(words);
  const { name = "" } = useParams();
  const { data, error, refetch } = useQuery(clientOf(name));
  return (
    <Stack gap="sm">
      <Anchor component={Link} to="/clients" size="sm">
        {say("back")}
      </Anchor>
      {error && <Wrong error={error} onRetry={() => void refetch()} />}
      {!error && (data ? <Known client={data} /> : <Waiting />)}
    </Stack>
  );
}

function Known({ client }: { client: Client }) {
  const say = useWords(words);
  const [query, setQuery] = useSearchParams();
  const view = query.get("view") === "syncs" ? "syncs" : "configuration";
  return (
    <>
      <Head client={client} />
      <Tabs value={view} onChange={(to) => setQuery(to === "syncs" ? { view: "syncs" } : {})} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="configuration">{say("configuration")}</Tabs.Tab>
          <Tabs.Tab value="syncs">{say("syncs")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="configuration">
          <Configuration client={client} />
        </Tabs.Panel>
        <Tabs.Panel value="syncs">
          <Syncs client={client.name} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Head({ client }: { client: Client }) {
  const say = useWords(words);
  const may = useMay("user");
  const { role } = useSession();
  return (
    <>
      <Group gap="sm">
        <Title order={3} size="h4">
          {client.title}
        </Title>
        <Standing client={client} />
        {client.settings.enabled && <DryRun client={client} />}
        {may && client.settings.enabled && !client.open && <SyncNow clients={[client]} />}
        {may && <Enable client={client} />}
        {may && <Forget client={client} />}
      </Group>
      <Text size="sm" component="div">
        <bdi>{client.name}</bdi>, <bdi>{client.machine || say("anyMachine")}</bdi>, {say(client.scope)}, <bdi>{client.config_path}</bdi>
      </Text>
      <div role="status">
        {client.open?.status === "pending" && (
          <Text size="sm">
            {say("asked")} <Time at={client.open.started_at} />. {say("syncEffect")}
          </Text>
        )}
      </div>
      {client.last && (
        <Group gap="0 var(--mantine-spacing-sm)">
          <Text size="sm" component="div">
            {say("lastSync")} <Time at={client.last.finished_at ?? client.last.started_at} />
          </Text>
          <Outcome of={client.last} />
          <Anchor component={Link} to={`?view=syncs&session=${client.last.id}`} size="sm">
            {say("whatItDid")}
          </Anchor>
          <Anchor component={Link} to={`/logs?client=${encodeURIComponent(client.name)}`} size="sm">
            {say("itsLog")}
          </Anchor>
        </Group>
      )}
      {!may && <Text size="sm">{say("mayNot", role ?? "viewer")}</Text>}
    </>
  );
}

/** All clients, by the place where they are. */

import { Anchor, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { home } from "../../api/project";
import { projects } from "../../app/projects";
import { useMay, useProject, useSession } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Typed } from "../../parts/Typed";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Add } from "./Add";
import { everyClient, SCOPES, type Client } from "./ask";
import { SyncNow } from "./SyncNow";
import { Tile } from "./Tile";
import { words } from "./words";

export function Tiles() {
  const say = useWords(words);
  const may = useMay("user");
  const { data, error, refetch } = useQuery(everyClient);
  const [query, setQuery] = useSearchParams();
  const [isAdding, setAdding] = useState(false);
  const text = query.get("q") ?? "";
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const found = data.filter((one) => said(one).includes(text.toLowerCase()));
  return (
    <>
      <Group gap="sm">
        <Typed
          aria-label={say("search")}
          placeholder={say("search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onType={(q) => setQuery(q ? { q } : {}, { replace: true })}
        />
        {may && (
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {say("add")}
          </Button>
        )}
        {may && data.some((one) => one.settings.enabled) && <SyncNow clients={data.filter((one) => one.settings.enabled)} isAll />}
        {SCOPES.map((scope) => (
          <Anchor key={scope} component={Link} to={`/clients/policy/${scope}`} size="sm">
            {say("policyOf", say(scope))}
          </Anchor>
        ))}
      </Group>
      {isAdding && <Add onClose={() => setAdding(false)} />}
      {data.length === 0 && <Nobody />}
      {data.length > 0 && found.length === 0 && <Empty title={say("noneFound")} remedy={say("noneFoundRemedy")} />}
      {placesOf(found).map(([place, clients]) => (
        <Place key={place} clients={clients} />
      ))}
    </>
  );
}

/** Each repository is a project of its own, so those who look for their clients may be in another one. */
function Nobody() {
  const say = useWords(words);
  const { project: own } = useSession();
  const chosen = useProject();
  const { data } = useQuery(projects);
  const others = data?.filter(({ name, domains }) => name !== chosen && domains.includes("clients")) ?? [];
  return (
    <Empty title={say("none")} remedy={say("noneRemedy")}>
      {others.length > 0 && (
        <Text component="div">
          {say("elsewhere")}{" "}
          {others.map(({ name }) => (
            <Anchor key={name} href={`${home(name, own)}/clients`} underline="always" mr="sm">
              {name}
            </Anchor>
          ))}
        </Text>
      )}
    </Empty>
  );
}

function Place({ clients }: { clients: readonly Client[] }) {
  const say = useWords(words);
  const [first] = clients;
  if (!first) return null;
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        <bdi>{first.machine || say("anyMachine")}</bdi>, {say(first.scope)}
      </Title>
      <Text size="sm">
        <bdi>{first.config_path}</bdi>
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {clients.map((one) => (
          <Tile key={one.id} client={one} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function said(one: Client): string {
  return `${one.name} ${one.title} ${one.machine} ${one.config_path}`.toLowerCase();
}

function placesOf(clients: readonly Client[]): [string, Client[]][] {
  const places = new Map<string, Client[]>();
  for (const one of clients) {
    const place = `${one.machine}\n${one.scope}\n${one.config_path}`;
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1));
}

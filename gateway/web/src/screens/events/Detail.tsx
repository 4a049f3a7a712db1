/** One event: what went wrong first, then what it says, what led to it and followed, and the story of its file. */

import { Alert, Anchor, Button, Group, Stack, Table, Tabs, Text, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { call } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { Json } from "../../parts/Json";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { patient, useOldStories } from "./fresh";
import { Again } from "./replays/Again";
import { reasonOf } from "./Row";
import { Story } from "./Story";
import { Trace } from "./Trace";
import { words } from "./words";

const VIEWS = ["payload", "trace", "story"] as const;
const BAD = new Set(["change.rejected", "event.buried"]);

export function Detail({ id, known, listed }: { id: string; known: LogEvent | undefined; listed: string }) {
  const say = useWords(words);
  const { data: archived, error, refetch } = useQuery({
    queryKey: ["events", "one", id],
    queryFn: () => call<LogEvent>(`/api/events/${encodeURIComponent(id)}`),
    ...patient,
  });
  const event = archived ?? known;
  return (
    <Stack component="section" aria-label={event ? say("details", event.sequence) : say("events")} gap="sm" miw={0}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={3} size="h4">
          {event?.type ?? id}
        </Title>
        <Button component={Link} to={listed} size="compact-sm" variant="default" leftSection={<IconX size={14} aria-hidden />}>
          {say("close")}
        </Button>
      </Group>
      {event ? <Shown event={event} /> : error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />}
    </Stack>
  );
}

function Shown({ event }: { event: LogEvent }) {
  const say = useWords(words);
  const [asked, ask] = useSearchParams();
  useOldStories(event);
  const view = VIEWS.find((one) => one === asked.get("view")) ?? "payload";
  const why = reasonOf(event);
  const choose = (chosen: string | null) =>
    ask(
      (before) => {
        before.set("view", chosen ?? "payload");
        return before;
      },
      { replace: true },
    );
  return (
    <>
      {why && BAD.has(event.type) && (
        <Alert color="red" variant="outline" p="xs">
          <bdi>{why}</bdi>
        </Alert>
      )}
      <Facts event={event} />
      <Again event={event} />
      <Tabs value={view} onChange={choose} keepMounted={false}>
        <Tabs.List>
          {VIEWS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {say(one)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="payload" pt="sm">
          <Json label={say("payload")} data={event.data} whole={event} copy={say("copyEvent")} />
        </Tabs.Panel>
        <Tabs.Panel value="trace" pt="sm">
          <Trace id={event.id} />
        </Tabs.Panel>
        <Tabs.Panel value="story" pt="sm">
          <Story subject={event.subject} project={event.project} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Facts({ event }: { event: LogEvent }) {
  const say = useWords(words);
  const facts = [
    ["sequence", event.sequence], ["id", event.id], ["subject", event.subject], ["project", event.project],
    ["actor", event.actor], ["by", event.source],
  ] as const;
  return (
    <Table verticalSpacing={2}>
      <Table.Tbody>
        <Table.Tr>
          <Table.Th scope="row" w={110}>{say("at")}</Table.Th>
          <Table.Td>{event.time && <Time at={event.time} />}</Table.Td>
        </Table.Tr>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{say(name)}</Table.Th>
            <Table.Td>
              <bdi>{value}</bdi>
              {name === "subject" && (
                <Text size="sm">
                  <Anchor component={Link} to={`/events?subject=${encodeURIComponent(value)}`} underline="always" inherit>
                    {say("sameFile")}
                  </Anchor>
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** One dead letter: its error first, where it failed, what it was, and what has become of it. */

import { Alert, Anchor, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { call } from "../../../api/client";
import type { Model } from "../../../api/types";
import { useIsAdministrator } from "../../../app/session";
import { Json } from "../../../parts/Json";
import { State } from "../../../parts/State";
import { Time } from "../../../parts/Time";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import type { Decision } from "./decide";
import { Deciding } from "./Deciding";
import { words } from "./words";

type Whole = Model<"DeadEventDetail">;

export function OneLetter({ id, listed }: { id: string; listed: string }) {
  const say = useWords(words);
  const { data: letter, error, refetch } = useQuery({
    queryKey: ["dead", "one", id],
    queryFn: () => call<Whole>(`/api/dead/${encodeURIComponent(id)}`),
  });
  return (
    <Stack component="section" aria-label={say("letter")} gap="sm" miw={0}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={3} size="h4">
          {letter?.kind ?? id}
        </Title>
        <Button component={Link} to={listed} size="compact-sm" variant="default" leftSection={<IconX size={14} aria-hidden />}>
          {say("close")}
        </Button>
      </Group>
      {error && <Wrong error={error} onRetry={() => void refetch()} />}
      {letter ? <Shown letter={letter} /> : !error && <Waiting />}
    </Stack>
  );
}

function Shown({ letter }: { letter: Whole }) {
  const say = useWords(words);
  return (
    <>
      <Alert color="red" variant="outline" p="xs">
        <bdi>
          <strong>{letter.error}</strong>
        </bdi>
      </Alert>
      <Group gap="xs">
        <State is={letter.state} />
        <Text size="sm">
          {say("byGroup", letter.group)} · {say("attempts", letter.attempts)} · <Time at={letter.buried_at} />
        </Text>
      </Group>
      <Text size="sm">
        <bdi>{letter.subject}</bdi> · {letter.project} · #{letter.sequence}
      </Text>
      {letter.event_id && (
        <Anchor component={Link} to={`/events/${letter.event_id}?view=trace`} size="sm" underline="always">
          {say("openEvent")}
        </Anchor>
      )}
      {letter.state === "buried" && <Decide id={letter.id} />}
      <Part title={say("traceback")} data={letter.traceback} />
      <Part title={say("event")} data={readable(letter.event)} />
      <History acts={letter.history} />
    </>
  );
}

function Decide({ id }: { id: string }) {
  const say = useWords(words);
  const [decision, setDecision] = useState<Decision | null>(null);
  if (!useIsAdministrator()) return null;
  return (
    <Group gap="xs">
      <Button size="xs" onClick={() => setDecision("retry")}>
        {say("retryOne")}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDecision("discard")}>
        {say("discardOne")}
      </Button>
      {decision && <Deciding decision={decision} chosen={{ ids: [id] }} onClose={() => setDecision(null)} />}
    </Group>
  );
}

function Part({ title, data }: { title: string; data: unknown }) {
  return (
    <div>
      <Title order={4} size="h5">
        {title}
      </Title>
      <Json label={title} data={data} />
    </div>
  );
}

function History({ acts }: { acts: Whole["history"] }) {
  const say = useWords(words);
  return (
    <div>
      <Title order={4} size="h5">
        {say("history")}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {[...acts].reverse().map((act) => (
            <Table.Tr key={act.number}>
              <Table.Td><State is={act.act} /></Table.Td>
              <Table.Td><Time at={act.at} /></Table.Td>
              <Table.Td><bdi>{act.actor}</bdi></Table.Td>
              <Table.Td><bdi>{act.words}</bdi></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** The event as data; what cannot be read is shown as it is. */
function readable(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

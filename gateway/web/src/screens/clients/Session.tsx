/** One sync: why it failed first, then what was lost, what it changed, and all that happened. */

import { Anchor, Code, Group, List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { address } from "../../api/client";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { leftOf, sessionOf, type SessionDetail } from "./ask";
import { words } from "./words";

type Line = SessionDetail["events"][number];

const ORDER = [
  ["wrong", ["failed", "refused", "problem", "unchecked"]],
  ["waits", ["conflict", "waiting"]],
  ["lost", ["loss"]],
  ["decisionsMade", ["decision"]],
  ["changesMade", ["changed"]],
] as const;

export function Session({ id }: { id: string }) {
  const say = useWords(words);
  const { data, error, refetch } = useQuery(sessionOf(id));
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const diff = data.artifacts.find((one) => one.type === "diff");
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <State is={data.status} />
        <Text size="sm" component="div">
          <Time at={data.started_at} />, {say(data.trigger)}
        </Text>
      </Group>
      {ORDER.map(([name, types]) => (
        <Lines key={name} title={say(name)} lines={data.events.filter((one) => (types as readonly string[]).includes(one.type))} />
      ))}
      {data.events.length === 0 && <Text>{say("nothingToDo")}</Text>}
      {diff && <Difference url={diff.url} />}
      <Group gap="sm">
        {data.artifacts.map((one) => (
          <Anchor key={one.type} href={address(one.url)} download={`${data.client}-${one.type}`} size="sm">
            {say(one.type)}
          </Anchor>
        ))}
      </Group>
    </Stack>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <Title order={4} size="h6">
        {title}
      </Title>
      <List size="sm">
        {lines.map((one) => (
          <List.Item key={one.id}>
            {one.element && (
              <>
                <bdi>{one.element}</bdi>:{" "}
              </>
            )}
            <Anchor component={Link} to={`/logs?line=${one.id}`} size="sm" c="inherit" underline="always">
              <bdi>{one.message}</bdi>
            </Anchor>
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function Difference({ url }: { url: string }) {
  const say = useWords(words);
  const { data, error } = useQuery(leftOf(url));
  if (error) return <Wrong error={error} />;
  return (
    <section>
      <Title order={4} size="h6">
        {say("whatChanged")}
      </Title>
      <Code block tabIndex={0} aria-label={say("whatChanged")} style={{ maxHeight: "50vh", overflow: "auto" }}>
        {data}
      </Code>
    </section>
  );
}

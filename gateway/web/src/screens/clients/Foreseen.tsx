/** What the next sync would do to one client's files, element by element, as far as the server knows. */

import { List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Diff } from "../../parts/Diff";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { previewOf, type Client, type Preview } from "./ask";
import { words } from "./words";

export function Foreseen({ client }: { client: Client }) {
  const say = useWords(words);
  const { data, error, refetch } = useQuery(previewOf(client.name));
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="sm" mah="60vh" style={{ overflow: "auto" }} tabIndex={0} role="region" aria-label={say("foreseen")}>
      <Text size="sm" component="div">
        {data.since ? (
          <>
            {say("foreseenSince")} <Time at={data.since} />. {say("foreseenLimit")}
          </>
        ) : (
          say("foreseenNever")
        )}
      </Text>
      <Text fw={600} role="status">
        {data.changes.length ? say("foreseenCount", data.changes.length) : say("foreseenNone")}
      </Text>
      {data.changes.map((one) => (
        <section key={one.path} aria-label={one.path}>
          <Title order={3} size="h6">
            <bdi>{one.path}</bdi>: {say(stepOf(one))}
          </Title>
          <Diff before={one.before ?? ""} after={one.after ?? ""} beforeName={say("now")} afterName={say("afterwards")} language="json" />
        </section>
      ))}
      <Named title={say("foreseenWaits")} lines={data.waiting} />
      <Named title={say("lost")} lines={data.losses.map(({ path, field, why }) => (field === "*" ? `${path}: ${why}` : `${path}, ${field}: ${why}`))} />
    </Stack>
  );
}

function stepOf({ before, after }: Preview["changes"][number]): "addedThere" | "changedThere" | "removedThere" {
  if (before === null) return "addedThere";
  return after === null ? "removedThere" : "changedThere";
}

function Named({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm">
        {lines.map((one) => (
          <List.Item key={one}>
            <bdi>{one}</bdi>
          </List.Item>
        ))}
      </List>
    </section>
  );
}

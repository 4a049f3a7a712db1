/** Exports that are made again and again, and the files that were made. */

import { Anchor, Button, Group, List, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { address, call } from "../../api/client";
import { useMay, useSession } from "../../app/session";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { everyExport, EXPORTS, type Export } from "./ask";
import { Schedule } from "./Schedule";
import { words } from "./words";

export function Exports() {
  const say = useWords(words);
  const may = useMay("user");
  const { role } = useSession();
  const { data, error, refetch } = useQuery(everyExport);
  const [edited, edit] = useState<Export | "new" | null>(null);
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        {may && (
          <Button variant="default" onClick={() => edit("new")}>
            {say("schedule")}
          </Button>
        )}
        <Button variant="default" onClick={() => void refetch()}>
          {say("lookAgain")}
        </Button>
        {!may && <Text size="sm">{say("mayNot", role ?? "viewer")}</Text>}
      </Group>
      {data.length === 0 && <Empty title={say("noExports")} remedy={say("noExportsRemedy")} />}
      {data.map((one) => (
        <Scheduled key={one.name} one={one} onEdit={() => edit(one)} />
      ))}
      {edited && <Schedule known={edited === "new" ? undefined : edited} onClose={() => edit(null)} />}
    </Stack>
  );
}

function Scheduled({ one, onEdit }: { one: Export; onEdit: () => void }) {
  const say = useWords(words);
  const client = useQueryClient();
  const may = useMay("user");
  const [isRemoving, setRemoving] = useState(false);
  const remove = async () => {
    await call(`${EXPORTS}/${encodeURIComponent(one.name)}`, { method: "DELETE" });
    await client.invalidateQueries({ queryKey: ["exports"] });
  };
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Group gap="sm">
          <Title order={3} size="h5">
            <bdi>{one.name}</bdi>
          </Title>
          <Text size="sm">{say("every", say(one.what ?? "all"), one.hours ?? 24, one.keep ?? 30)}</Text>
          {may && (
            <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={say("changeOf", one.name)}>
              {say("change")}
            </Button>
          )}
          {may && (
            <Button size="compact-sm" variant="default" onClick={() => setRemoving(true)} aria-label={say("removeOf", one.name)}>
              {say("remove")}
            </Button>
          )}
        </Group>
        {one.files.length === 0 && <Text size="sm">{say("noFiles")}</Text>}
        <List size="sm">
          {one.files.map((file) => (
            <List.Item key={file.name}>
              <Anchor href={address(file.url)} download size="sm" underline="always" data-entry>
                {file.name}
              </Anchor>{" "}
              <Time at={file.at} />, {say("bytes", file.size.toLocaleString())}
            </List.Item>
          ))}
        </List>
      </Stack>
      {isRemoving && (
        <Confirm title={say("removeOf", one.name)} action={say("remove")} onConfirm={remove} onClose={() => setRemoving(false)} isDangerous>
          <Text>{say("removeEffect", one.files.length)}</Text>
        </Confirm>
      )}
    </Paper>
  );
}

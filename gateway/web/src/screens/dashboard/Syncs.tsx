import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { Link } from "react-router";

import { Empty } from "../../parts/Empty";
import { Time } from "../../parts/Time";
import { useMoment } from "../../parts/time";
import { useWords } from "../../words";
import { Card } from "./Card";
import type { SyncStatus } from "./status";
import { words } from "./words";

const SHOWN = 6;

/** How syncs went, and what happened last in them. */
export function Syncs({ syncs }: { syncs: SyncStatus }) {
  const say = useWords(words);
  const moment = useMoment();
  const { success, failed, waiting, since, last_run, events } = syncs;
  return (
    <Card title={say("syncs")} beside={<Text size="sm">{say("since", moment(since))}</Text>}>
      <Group gap="xs">
        <Count color="teal" icon={IconCheck} says={say("succeeded", success)} />
        <Count color={failed ? "red" : "gray"} icon={IconX} says={say("failed", failed)} />
        <Count color={waiting ? "indigo" : "gray"} icon={IconAlertTriangle} says={say("waitingFor", waiting)} />
      </Group>
      <Text size="sm" my="xs">
        {last_run ? say("lastRun", moment(last_run)) : say("never")}
      </Text>
      {events.length ? (
        <Stack component="ul" gap={2} m={0} p={0} aria-label={say("lastRuns")} style={{ listStyle: "none" }}>
          {events.slice(0, SHOWN).map((line) => (
            <Text component="li" size="sm" key={line.id}>
              <Time at={line.at} />{" "}
              <Anchor component={Link} to={`/clients/${encodeURIComponent(line.client)}`} underline="always" inherit>
                {line.client}
              </Anchor>{" "}
              <bdi>{line.message}</bdi>
            </Text>
          ))}
        </Stack>
      ) : (
        <Empty title={say("noRuns")} remedy={say("noRunsRemedy")} />
      )}
    </Card>
  );
}

function Count({ color, icon: Icon, says }: { color: string; icon: typeof IconX; says: string }) {
  return (
    <Badge variant="outline" size="lg" tt="none" color={color} leftSection={<Icon size={14} aria-hidden />}>
      {says}
    </Badge>
  );
}

/** How everything does: what is wrong first, then each part, and what happens at the moment. */

import { Box, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useLink } from "../../live/use";
import { useClock } from "../../parts/time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import styles from "./Dashboard.module.css";
import { Groups } from "./Groups";
import { LogCard } from "./LogCard";
import { Problems } from "./Problems";
import { Rate } from "./Rate";
import { foundSyncs, useStatus } from "./status";
import { Syncs } from "./Syncs";
import { ClientTiles, WatcherTiles } from "./Tiles";
import { Timeline } from "./Timeline";
import { words } from "./words";

export default function Dashboard() {
  const say = useWords(words);
  const clock = useClock();
  const status = useStatus();
  const syncs = useQuery(foundSyncs);
  const isStale = useLink().state === "away" || status.isError;
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="baseline">
        <Title order={2}>{say("dashboard")}</Title>
        {status.dataUpdatedAt > 0 && (
          <Text size="sm" data-stale={isStale}>
            {isStale && `${say("stale")} `}
            {say("asOf", clock(status.dataUpdatedAt))}
          </Text>
        )}
      </Group>
      {status.error && <Wrong error={status.error} onRetry={() => void status.refetch()} />}
      {syncs.error && <Wrong error={syncs.error} onRetry={() => void syncs.refetch()} />}
      {!status.data && !status.error && <Waiting />}
      <Box {...(isStale && { className: styles.stale })}>
        <Stack gap="lg">
          <Problems status={status.data} syncs={syncs.data} />
          {status.data && <Groups groups={status.data.groups} />}
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" verticalSpacing="lg">
            {status.data && <LogCard status={status.data} />}
            {status.data && <Rate />}
            {syncs.data && <Syncs syncs={syncs.data} />}
            {syncs.data && <ClientTiles clients={syncs.data.clients} />}
            {status.data && <WatcherTiles watchers={status.data.watchers} />}
          </SimpleGrid>
          <Timeline />
        </Stack>
      </Box>
    </Stack>
  );
}

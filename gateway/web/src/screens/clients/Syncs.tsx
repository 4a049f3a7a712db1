/** What a client's syncs did: all of them, newest first, and one in full. */

import { Button, Grid, NavLink, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { Empty } from "../../parts/Empty";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { sessionsOf } from "./ask";
import { Outcome } from "./Outcome";
import { Session } from "./Session";
import { words } from "./words";

export function Syncs({ client }: { client: string }) {
  const say = useWords(words);
  const [query] = useSearchParams();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(sessionsOf(client));
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const sessions = data.pages.flat();
  if (sessions.length === 0) return <Empty title={say("noSyncs")} remedy={say("syncEffect")} />;
  const chosen = query.get("session") ?? sessions[0]?.id ?? "";
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap={0} component="nav" aria-label={say("syncs")} mah="70vh" style={{ overflow: "auto" }}>
          {sessions.map((one) => (
            <NavLink
              key={one.id}
              component={Link}
              to={`?view=syncs&session=${one.id}`}
              label={
                <>
                  <Time at={one.started_at} />
                  <Outcome of={one} />
                </>
              }
              rightSection={<State is={one.status} />}
              active={one.id === chosen}
              aria-current={one.id === chosen ? "true" : undefined}
              variant="subtle"
              disableRightSectionRotation
              data-entry
            />
          ))}
          {hasNextPage && (
            <Button variant="default" size="xs" mt="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {say("older")}
            </Button>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>{chosen ? <Session key={chosen} id={chosen} /> : <Text>{say("noSyncs")}</Text>}</Grid.Col>
    </Grid>
  );
}

/** What happened in syncs: filtered, live, and one line in full. */

import { Button, Grid, Group, Stack } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";

import { Empty } from "../../parts/Empty";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Detail } from "./Detail";
import { Download } from "./Download";
import { useFilter } from "./filter";
import { Filters } from "./Filters";
import { useLines } from "./past";
import { Lines } from "./Lines";
import { words } from "./words";

export function Log() {
  const say = useWords(words);
  const { query, filter, look, isAny } = useFilter();
  const [isHeld, hold] = useState(false);
  const { past, lines, fresh, take } = useLines(filter, isHeld);
  const chosen = query.get("line");
  const Icon = isHeld ? IconPlayerPlay : IconPlayerPause;
  return (
    <Stack gap="sm">
      <Filters query={query} look={look} />
      <Group gap="sm">
        <Button size="xs" variant="default" leftSection={<Icon size={14} aria-hidden />} onClick={() => hold(!isHeld)} aria-pressed={isHeld}>
          {say(isHeld ? "goOn" : "pause")}
        </Button>
        <div role="status">
          {fresh > 0 && (
            <Button size="xs" onClick={take}>
              {say("showNew", fresh)}
            </Button>
          )}
        </div>
        <Download filter={filter} />
      </Group>
      {past.error && <Wrong error={past.error} onRetry={() => void past.refetch()} />}
      {!past.error && !lines && <Waiting />}
      {lines?.length === 0 && !isAny && <Empty title={say("none")} remedy={say("noneRemedy")} />}
      {lines?.length === 0 && isAny && <Empty title={say("noneFound")} remedy={say("noneFoundRemedy")} />}
      <Grid gap="md">
        {lines && lines.length > 0 && (
          <Grid.Col span={{ base: 12, lg: chosen ? 7 : 12 }}>
            <Lines
              lines={lines}
              chosen={chosen}
              onChoose={(one) => look({ line: one.id })}
              onEnd={() => void (past.hasNextPage && !past.isFetchingNextPage && past.fetchNextPage())}
            />
          </Grid.Col>
        )}
        {chosen && (
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Detail
              id={chosen}
              known={lines?.find((one) => one.id === chosen)}
              onClose={() => look({ line: null })}
            />
          </Grid.Col>
        )}
      </Grid>
    </Stack>
  );
}

/** What an open event has to do with replays: where it comes from, and having it replayed. */

import { Anchor, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import type { LogEvent } from "../../../api/types";
import { useMay } from "../../../app/session";
import { State } from "../../../parts/State";
import { useWords } from "../../../words";
import { isReplayable, isReplayed } from "./ask";
import { Replay } from "./Replay";
import { words } from "./words";

export function Again({ event }: { event: LogEvent }) {
  const say = useWords(words);
  const mayReplay = useMay("admin", event.project);
  const [isAsking, setAsking] = useState(false);
  const isOffered = mayReplay && isReplayable(event);
  if (!isOffered && !isReplayed(event)) return null;
  return (
    <Group gap="xs">
      {isReplayed(event) && (
        <>
          <State is="replayed" />
          <Text size="sm">
            {say("replayFrom")}{" "}
            <Anchor component={Link} to={`/events/${event.causationid}`} underline="always" inherit>
              {event.causationid}
            </Anchor>
          </Text>
        </>
      )}
      {isOffered && (
        <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
          {say("replayThis")}
        </Button>
      )}
      {isAsking && <Replay chosen={{ project: event.project, ids: [event.id] }} onClose={() => setAsking(false)} />}
    </Group>
  );
}

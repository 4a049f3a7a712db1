import { Alert, Button, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "react-router";

import { useMaySomewhere } from "../../app/session";
import type { Ledger, Stretch } from "../../live/ledger";
import { LongList } from "../../parts/LongList";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Download } from "./Download";
import { isSearch, type Filter, type Found } from "./filter";
import { useHeld, type Held } from "./held";
import { Nothing } from "./Nothing";
import { Choice, Selecting, type Selection } from "./replays/Selecting";
import { Row } from "./Row";
import { Seek } from "./Seek";
import { words } from "./words";

const HEIGHT = "max(320px, calc(100dvh - 330px))";

interface Props {
  stretch: Stretch;
  ledger: Ledger;
  filter: Filter;
  at: number | null;
  change: Found["change"];
  open: string | undefined;
  selection: Selection;
}

export function Listed({ stretch, ledger, filter, at, change, open, selection }: Props) {
  const say = useWords(words);
  const { search } = useLocation();
  const held = useHeld(stretch.events);
  const mayReplay = useMaySomewhere("admin");
  const [turn, setTurn] = useState(0);
  const resume = () => {
    held.resume();
    setTurn(turn + 1);
  };
  const oldest = stretch.lookedTo || (stretch.events.at(-1)?.sequence ?? "–");
  const older = () => void ledger.older();
  return (
    <>
      <Group gap="xs" mb="xs">
        {at === null && <Pause held={held} onResume={resume} />}
        <Seek />
        <Download filter={filter} />
        {mayReplay && <Selecting selection={selection} />}
      </Group>
      {at !== null && <Back at={at} onNewer={() => void ledger.newer()} onLive={() => change({ at: "" })} />}
      {stretch.error && <Wrong error={stretch.error} onRetry={older} />}
      {held.shown.length > 0 ? (
        <div onFocus={() => held.read(true)}>
          <LongList
            key={turn}
            items={held.shown}
            label={say("list")}
            idOf={(event) => event.sequence}
            rowHeight={34}
            height={HEIGHT}
            onMoved={(isAtStart) => held.read(!isAtStart)}
            onEnd={() => !isSearch(filter) && queueMicrotask(older)}
            draw={(event) => (
              <Choice selection={selection} event={event}>
                <Row event={event} to={`/events/${event.id}${search}`} isOpen={event.id === open} />
              </Choice>
            )}
          />
        </div>
      ) : (
        !stretch.isLoading && !stretch.error && <Nothing filter={filter} change={change} lookedTo={stretch.lookedTo} />
      )}
      <Group gap="xs" mt="xs" mih={30}>
        {stretch.isLoading && !stretch.events.length && <Waiting />}
        <Text size="sm" role="status">
          {stretch.events.length > 0 && say("loaded", held.shown.length, stretch.events.length, oldest)}{" "}
          {!stretch.hasOlder && stretch.events.length > 0 && say("isBeginning")}
        </Text>
        {stretch.hasOlder && (
          <Button size="xs" variant="default" onClick={older} loading={stretch.isLoading}>
            {say("further")}
          </Button>
        )}
      </Group>
    </>
  );
}

function Pause({ held, onResume }: { held: Held; onResume: () => void }) {
  const say = useWords(words);
  const { isPaused, fresh } = held;
  if (!isPaused && fresh > 0)
    return (
      <Button size="xs" onClick={onResume}>
        {say("showNew", fresh)}
      </Button>
    );
  return (
    <Button
      size="xs"
      variant={isPaused ? "filled" : "default"}
      aria-pressed={isPaused}
      onClick={isPaused ? onResume : held.pause}
      leftSection={isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />}
    >
      {!isPaused ? say("pause") : fresh ? say("resumeNew", fresh) : say("resume")}
    </Button>
  );
}

function Back({ at, onNewer, onLive }: { at: number; onNewer: () => void; onLive: () => void }) {
  const say = useWords(words);
  return (
    <Alert variant="outline" color="gray" mb="xs" p="xs">
      <Group gap="xs">
        <Text size="sm">{say("shownFrom", at)}</Text>
        <Button size="xs" variant="default" onClick={onNewer}>
          {say("newer")}
        </Button>
        <Button size="xs" onClick={onLive}>
          {say("goLive")}
        </Button>
      </Group>
    </Alert>
  );
}

/** Choosing events of the list, all of one project, to have them replayed. */

import { Button, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";

import type { LogEvent } from "../../../api/types";
import { useWords } from "../../../words";
import styles from "../Events.module.css";
import { isReplayable } from "./ask";
import { Replay } from "./Replay";
import { words } from "./words";

/** As many as the server takes by their ids. */
const MOST = 1000;

export interface Selection {
  isOn: boolean;
  ids: ReadonlySet<string>;
  project: string | undefined;
  turn: (isOn: boolean) => void;
  toggle: (event: LogEvent) => void;
}

export function useSelection(): Selection {
  const [isOn, setOn] = useState(false);
  const [chosen, choose] = useState<ReadonlyMap<string, string>>(new Map());
  return {
    isOn,
    ids: new Set(chosen.keys()),
    project: [...chosen.values()][0],
    turn: (isNow) => {
      setOn(isNow);
      choose(new Map());
    },
    toggle: ({ id, project }) =>
      choose((before) => new Map(before.has(id) ? [...before].filter(([one]) => one !== id) : [...before, [id, project]])),
  };
}

export function Selecting({ selection }: { selection: Selection }) {
  const say = useWords(words);
  const [isAsking, setAsking] = useState(false);
  const { isOn, ids, project, turn } = selection;
  return (
    <>
      <Button size="xs" variant="default" aria-pressed={isOn} onClick={() => turn(!isOn)}>
        {say(isOn ? "endSelect" : "select")}
      </Button>
      {isOn && (
        <Text size="sm" role="status">
          {say("selected", ids.size)}
        </Text>
      )}
      {ids.size > 0 && (
        <Button size="xs" onClick={() => setAsking(true)}>
          {say("chosen", ids.size)}
        </Button>
      )}
      {isAsking && <Replay chosen={{ project, ids: [...ids] }} onClose={() => setAsking(false)} />}
    </>
  );
}

/** One event of the list, which can be chosen while events are being selected. */
export function Choice({ selection, event, children }: { selection: Selection; event: LogEvent; children: ReactNode }) {
  const say = useWords(words);
  const { isOn, ids, project, toggle } = selection;
  if (!isOn) return children;
  const isChosen = ids.has(event.id);
  const isFit = isReplayable(event) && (project ?? event.project) === event.project && (isChosen || ids.size < MOST);
  return (
    <div className={styles.choice}>
      <input
        type="checkbox"
        aria-label={say("choose", event.sequence)}
        checked={isChosen}
        disabled={!isFit}
        onChange={() => toggle(event)}
      />
      {children}
    </div>
  );
}

/** Makes what an experiment used active again: first what would change, then how far it is, then what it came to. */

import { Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { ON_FILLED } from "../../parts/colours";
import { UNNAMED } from "../../parts/Confirm";
import { State } from "../../parts/State";
import { words as common } from "../../parts/words";
import { useWords } from "../../words";
import type { Since } from "./api";
import { Files } from "./Files";
import { counted, useSteps, type Outcome, type Step } from "./restore";
import { words } from "./words";

interface Props {
  uid: string;
  /** What differs from what is active. */
  pairs: readonly Since[];
  onClose: () => void;
}

type Phase = "look" | "restored" | "undone";

export function Restore({ uid, pairs, onClose }: Props) {
  const say = useWords(words);
  const sayCommon = useWords(common);
  const [seen] = useState(() => pairs.map(({ path, hash, active_hash: now }) => ({ path, before: now, after: hash })));
  const [phase, setPhase] = useState<Phase>("look");
  const [done, setDone] = useState<readonly Step[]>([]);
  const { outcomes, isRunning, run, stop } = useSteps();
  const forward = seen.map(({ path, before, after }) => ({ path, from: before, to: after }));
  const back = done.flatMap(({ path, from, to }) => (outcomes.get(path)?.is === "success" ? [{ path, from: to, to: from }] : []));
  const begin = (next: Phase, steps: readonly Step[]) => {
    setPhase(next);
    setDone(steps);
    void run(steps);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="80rem"
      title={say("restoreTitle", uid)}
      withCloseButton={!isRunning}
      closeOnEscape={!isRunning}
      closeOnClickOutside={false}
      attributes={UNNAMED}
    >
      <Stack>
        {phase === "look" ? (
          <Preview pairs={seen} uid={uid} />
        ) : (
          <Course steps={done} outcomes={outcomes} isRunning={isRunning} isUndo={phase === "undone"} />
        )}
        <Group justify="flex-end">
          {isRunning && (
            <Button variant="default" onClick={stop}>
              {say("stop")}
            </Button>
          )}
          {!isRunning && (
            <Button variant="default" onClick={onClose}>
              {sayCommon(phase === "look" ? "cancel" : "close")}
            </Button>
          )}
          {phase === "look" && (
            <Button c={ON_FILLED} onClick={() => begin("restored", forward)}>{say("restore", seen.length)}</Button>
          )}
          {phase === "restored" && !isRunning && back.length > 0 && (
            <Button variant="default" onClick={() => begin("undone", back)}>
              {say("undoAll", back.length)}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Preview({ pairs, uid }: { pairs: { path: string; before: string | null; after: string }[]; uid: string }) {
  const say = useWords(words);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <Text>{say("restoreDoes")}</Text>
      <Files
        pairs={pairs}
        label={say("wouldChange")}
        beforeName={say("activeNow")}
        afterName={say("usedBy", uid)}
        open={open}
        onOpen={setOpen}
        height="45vh"
      />
    </>
  );
}

interface CourseProps {
  steps: readonly Step[];
  outcomes: ReadonlyMap<string, Outcome>;
  isRunning: boolean;
  isUndo: boolean;
}

function Course({ steps, outcomes, isRunning, isUndo }: CourseProps) {
  const say = useWords(words);
  const count = (is: Parameters<typeof counted>[1]) => counted(outcomes, is);
  const [done, overtaken, failed] = [count("success"), count("superseded"), count("failed")];
  const ended = done + overtaken + failed;
  return (
    <>
      {isRunning && <Progress value={(100 * ended) / steps.length} aria-label={say("progress")} />}
      <Text role="status" fw={600}>
        {isRunning ? say("under", ended, steps.length) : say(isUndo ? "undoCame" : "came", done, steps.length)}
      </Text>
      {!isRunning && overtaken > 0 && <Text>{say("overtaken", overtaken)}</Text>}
      {!isRunning && ended < steps.length && <Text>{say("notTaken", steps.length - ended)}</Text>}
      <Outcomes steps={steps} outcomes={outcomes} />
    </>
  );
}

function Outcomes({ steps, outcomes }: { steps: readonly Step[]; outcomes: ReadonlyMap<string, Outcome> }) {
  const say = useWords(words);
  return (
    <Files
      pairs={steps.map(({ path, from, to }) => ({ path, before: from, after: to }))}
      label={say("results")}
      beforeName={say("before")}
      afterName={say("after")}
      {...useOpened()}
      note={({ path }) => <Came outcome={outcomes.get(path)} />}
      height="45vh"
    />
  );
}

function useOpened() {
  const [open, onOpen] = useState<string | null>(null);
  return { open, onOpen };
}

function Came({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return null;
  return (
    <>
      <State is={outcome.is} />
      {outcome.reason && <Text size="sm">{outcome.reason}</Text>}
    </>
  );
}

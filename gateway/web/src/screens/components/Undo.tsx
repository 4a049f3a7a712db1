/** Says that a version is active now, and takes it back where the reader wants that. */

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { Failure } from "../../api/client";
import { useWords } from "../../words";
import { activate } from "./api";
import { words } from "./words";

export interface Activated {
  path: string;
  number: number;
  hash: string;
  /** What was active before; null: nothing was. */
  before: string | null;
  /** Whether the server has carried it through already. */
  isDone: boolean;
}

const SHOWN = 20_000;

export function tellActivated(done: Activated): void {
  const id = `${done.path} ${done.hash}`;
  notifications.hide(id);
  notifications.show({ id, message: <Told {...done} onUndone={() => notifications.hide(id)} />, autoClose: SHOWN });
}

function Told({ path, number, hash, before, isDone, onUndone }: Activated & { onUndone: () => void }) {
  const say = useWords(words);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const undo = async () => {
    setBusy(true);
    try {
      await activate(path, before, hash);
      notifications.show({ message: say("undone", path) });
      onUndone();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  const isOvertaken = failure instanceof Failure && failure.status === 409;
  const trouble = isOvertaken ? say("undoOvertaken") : failure instanceof Error && failure.message;
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm">{trouble || say(isDone ? "activated" : "activatePending", number, path)}</Text>
      {!isOvertaken && (
        <Button variant="default" size="compact-sm" loading={isBusy} onClick={() => void undo()} aria-label={say("undoThis", path)}>
          {say("undo")}
        </Button>
      )}
    </Group>
  );
}

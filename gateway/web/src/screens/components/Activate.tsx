/** Makes a version the active one, in the place of the one that the reader has seen beside it. */

import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Failure } from "../../api/client";
import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { activate, presentOf, summaryOf } from "./api";
import { HashDiff } from "./HashDiff";
import type { History, Row } from "./history";
import { tellActivated } from "./Undo";
import { words } from "./words";

interface Props {
  history: History;
  wanted: Row;
  onClose: () => void;
}

export function Activate({ history: { path, now }, wanted, onClose }: Props) {
  const say = useWords(words);
  const client = useQueryClient();
  const [seen, setSeen] = useState(now);
  const [isOvertaken, setOvertaken] = useState(false);
  const title = say("activateThis", wanted.number);
  const confirm = async (reason: string) => {
    try {
      const isDone = await activate(path, wanted.hash, seen.active_hash, reason);
      tellActivated({ path, number: wanted.number, hash: wanted.hash, before: seen.active_hash, isDone });
    } catch (error) {
      if (!(error instanceof Failure && error.status === 409)) throw error;
      await lookAgain();
      throw new Failure(409, say("overtaken"), say("overtakenRemedy"));
    }
  };
  const lookAgain = async () => {
    const found = await summaryOf(path);
    client.setQueryData(presentOf(path).queryKey, found);
    setSeen(found);
    setOvertaken(true);
  };
  const replaced = seen.active_number;
  return (
    <Confirm
      title={title}
      action={isOvertaken ? say("activateAnyway", wanted.number) : title}
      onConfirm={confirm}
      onClose={onClose}
      asksReason
      size="80rem"
    >
      <Text>{say("activateDoes", wanted.number)}</Text>
      {seen.active_hash !== now.active_hash && <Moved onLook={() => void lookAgain()} />}
      <HashDiff
        before={seen.active_hash}
        after={wanted.hash}
        beforeName={replaced ? say(replaced === now.active_number ? "versionActive" : "version", replaced) : say("nothingActive")}
        afterName={say("version", wanted.number)}
      />
    </Confirm>
  );
}

/** Somebody else has made a version active while the reader was looking. */
function Moved({ onLook }: { onLook: () => void }) {
  const say = useWords(words);
  return (
    <Alert color="indigo" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={say("movedMeanwhile")} role="alert">
      <Text component="button" type="button" onClick={onLook} td="underline" style={{ background: "none", border: 0, cursor: "pointer" }}>
        {say("showNewDiff")}
      </Text>
    </Alert>
  );
}

/** Makes a version the active one, in the place of the one that the reader has seen beside it. */

import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Failure } from "../../api/client";
import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { activate, subjectOf, versionsOf, type Version } from "./api";
import { HashDiff } from "./HashDiff";
import type { Row } from "./history";
import { tellActivated } from "./Undo";
import { words } from "./words";

interface Props {
  path: string;
  rows: readonly Row[];
  wanted: Row;
  onClose: () => void;
}

const activeOf = (rows: readonly Version[]) => rows.find((row) => row.is_active)?.hash ?? null;

export function Activate({ path, rows, wanted, onClose }: Props) {
  const say = useWords(words);
  const client = useQueryClient();
  const active = activeOf(rows);
  const [seen, setSeen] = useState(active);
  const [isOvertaken, setOvertaken] = useState(false);
  const replaced = rows.find((row) => row.hash === seen && row.is_active) ?? rows.find((row) => row.hash === seen);
  const title = say("activateThis", wanted.number);
  const confirm = async () => {
    try {
      const isDone = await activate(path, wanted.hash, seen);
      tellActivated({ path, number: wanted.number, hash: wanted.hash, before: seen, isDone });
    } catch (error) {
      if (!(error instanceof Failure && error.status === 409)) throw error;
      await lookAgain();
      throw new Failure(409, say("overtaken"), say("overtakenRemedy"));
    }
  };
  const lookAgain = async () => {
    const now = await versionsOf(path);
    client.setQueryData([subjectOf(path), "versions"], now);
    setSeen(activeOf(now));
    setOvertaken(true);
  };
  return (
    <Confirm title={title} action={isOvertaken ? say("activateAnyway", wanted.number) : title} onConfirm={confirm} onClose={onClose} size="80rem">
      <Text>{say("activateDoes", wanted.number)}</Text>
      {seen !== active && <Moved onLook={() => void lookAgain()} />}
      <HashDiff
        before={seen}
        after={wanted.hash}
        beforeName={replaced ? say(replaced.is_active ? "versionActive" : "version", replaced.number) : say("nothingActive")}
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

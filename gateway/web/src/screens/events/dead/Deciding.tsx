/** Says how many events a decision is about and what it does to them, before it is taken. */

import { Code, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../../parts/Confirm";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import { counted, decide, type Chosen, type Decision } from "./decide";
import { words } from "./words";

interface Props {
  decision: Decision;
  chosen: Chosen;
  onClose: () => void;
}

export function Deciding({ decision, chosen, onClose }: Props) {
  const say = useWords(words);
  const client = useQueryClient();
  const [done, setDone] = useState(0);
  const { data: found, error } = useQuery({
    queryKey: ["dead", "count", chosen],
    queryFn: () => counted(chosen),
    gcTime: 0,
    staleTime: 0,
  });
  const isDiscard = decision === "discard";
  const number = found?.matched ?? 0;
  const all = "filter" in chosen;
  const title = isDiscard ? say(all ? "discardAll" : "discardOne") : say(all ? "retryAll" : "retryOne");
  return (
    <Confirm
      title={title.replace("…", "")}
      action={number === 1 ? say(isDiscard ? "discardIt" : "retryIt") : say(isDiscard ? "discardN" : "retryN", number)}
      isDangerous={isDiscard}
      asksReason={isDiscard}
      isReasonNeeded={isDiscard}
      onClose={onClose}
      onConfirm={async (reason) => {
        await decide(decision, chosen, reason, setDone);
        await client.invalidateQueries({ queryKey: ["dead"] });
      }}
    >
      {"filter" in chosen && <Meant filter={chosen.filter} />}
      {error && <Wrong error={error} />}
      {!found && !error && <Waiting />}
      {found && (
        <Text fw={600} role="status">
          {number ? say("matching", number) : say("nothingWaits")}
        </Text>
      )}
      {found?.refused.map((one) => <Text key={one.id}>{say("refused", one.reason)}</Text>)}
      <Text>{say(isDiscard ? "discardMeans" : "retryMeans")}</Text>
      {done > 0 && <Text role="status">{say("deciding", done, number)}</Text>}
    </Confirm>
  );
}

function Meant({ filter }: { filter: object }) {
  const say = useWords(words);
  const said = Object.entries(filter) as [Parameters<typeof say>[0], string][];
  if (!said.length) return <Text>{say("everything")}</Text>;
  return (
    <Text>
      {said.map(([name, value]) => (
        <span key={name}>
          {say(name)}: <Code>{value}</Code>{" "}
        </span>
      ))}
    </Text>
  );
}

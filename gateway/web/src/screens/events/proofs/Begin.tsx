import { Button, Group, NativeSelect, NumberInput, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { call } from "../../../api/client";
import { Confirm } from "../../../parts/Confirm";
import { useWords } from "../../../words";
import { foundStatus } from "../../dashboard/status";
import type { Proof } from "./Proofs";
import { words } from "./words";

type Kind = Proof["kind"];

/** Starts a proof. What it will do is said first. */
export function Begin({ isRunning }: { isRunning: boolean }) {
  const say = useWords(words);
  const [kind, setKind] = useState<Kind | null>(null);
  const close = () => setKind(null);
  return (
    <Group gap="xs">
      <Button size="xs" disabled={isRunning} onClick={() => setKind("replay")}>
        {say("beginReplay")}
      </Button>
      <Button size="xs" disabled={isRunning} onClick={() => setKind("audit")}>
        {say("beginAudit")}
      </Button>
      {isRunning && <Text size="sm">{say("onlyOne")}</Text>}
      {kind === "replay" && <BeginReplay onClose={close} />}
      {kind === "audit" && <BeginAudit onClose={close} />}
    </Group>
  );
}

function useBegin(kind: Kind): (order: object) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async (order) => {
    const proof = await call<Proof>(`/api/${kind}`, { body: order });
    await client.invalidateQueries({ queryKey: ["proofs"] });
    await navigate(`/events/proofs/${proof.id}`);
  };
}

function BeginReplay({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const begin = useBegin("replay");
  const [group, setGroup] = useState("");
  const { data: status } = useQuery(foundStatus);
  const groups = status?.groups.map((one) => one.group) ?? [];
  return (
    <Confirm
      title={say("beginReplay").replace("…", "")}
      action={say("beginReplay").replace("…", "")}
      onClose={onClose}
      onConfirm={() => begin(group ? { group } : {})}
    >
      <Text>{say("replayMeans")}</Text>
      <NativeSelect
        label={say("group")}
        value={group}
        data={[{ value: "", label: say("allGroups") }, ...groups]}
        onChange={(event) => setGroup(event.currentTarget.value)}
      />
    </Confirm>
  );
}

function BeginAudit({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const begin = useBegin("audit");
  const [span, setSpan] = useState<{ since?: number; until?: number }>({});
  return (
    <Confirm
      title={say("beginAudit").replace("…", "")}
      action={say("beginAudit").replace("…", "")}
      onClose={onClose}
      onConfirm={() => begin(span)}
    >
      <Text>{say("auditMeans")}</Text>
      <Group grow>
        {(["since", "until"] as const).map((name) => (
          <NumberInput
            key={name}
            label={say(name)}
            description={say(`${name}Hint`)}
            min={1}
            allowDecimal={false}
            hideControls
            onChange={(value) => setSpan(({ [name]: _, ...others }) => (value === "" ? others : { ...others, [name]: Number(value) }))}
          />
        ))}
      </Group>
    </Confirm>
  );
}

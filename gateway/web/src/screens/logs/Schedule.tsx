/** Has an export made every so many hours, for the first time at once. */

import { NativeSelect, NumberInput, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { EXPORTS, type Export, type ExportRecord } from "./ask";
import { words } from "./words";

const WHATS = ["logs", "configurations", "all"] as const satisfies ExportRecord["what"][];

export function Schedule({ known, onClose }: { known: Export | undefined; onClose: () => void }) {
  const say = useWords(words);
  const client = useQueryClient();
  const [name, setName] = useState(known?.name ?? "");
  const [what, setWhat] = useState<ExportRecord["what"]>(known?.what ?? "all");
  const [hours, setHours] = useState<number>(known?.hours ?? 24);
  const [keep, setKeep] = useState<number>(known?.keep ?? 30);
  const save = async () => {
    await call(`${EXPORTS}/${encodeURIComponent(name)}`, { method: "PUT", body: { what, hours, keep } });
    await client.invalidateQueries({ queryKey: ["exports"] });
  };
  return (
    <Confirm title={known ? say("changeOf", known.name) : say("schedule")} action={say("make", hours)} onConfirm={save} onClose={onClose}>
      <TextInput
        label={say("name")}
        description={say("nameHint")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        readOnly={known !== undefined}
        data-autofocus
      />
      <NativeSelect
        label={say("what")}
        value={what}
        onChange={(event) => setWhat(WHATS.find((one) => one === event.currentTarget.value) ?? "all")}
        data={WHATS.map((value) => ({ value, label: say(value) }))}
      />
      <NumberInput label={say("hours")} value={hours} onChange={(said) => setHours(Number(said) || 1)} min={1} max={24 * 366} hideControls required />
      <NumberInput label={say("keep")} value={keep} onChange={(said) => setKeep(Number(said) || 1)} min={1} max={1000} hideControls required />
      <Text size="sm">{say("scheduleEffect", keep)}</Text>
    </Confirm>
  );
}

import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { words as states } from "../../../parts/words";
import { useWords } from "../../../words";
import { FIELDS, STATES, type FoundFilter } from "./filter";
import { words } from "./words";

/** Milliseconds without a key before the address says what was typed. */
const TYPING = 300;

export function LetterFilters({ filter, state, change }: FoundFilter) {
  const say = useWords(words);
  const name = useWords(states);
  const [typed, setTyped] = useState(filter);
  useEffect(() => setTyped(filter), [filter]);
  const settle = useDebouncedCallback(change, TYPING);
  return (
    <Group role="search" aria-label={say("filters")} gap="xs" align="flex-end">
      {FIELDS.map((field) => (
        <TextInput
          key={field}
          size="xs"
          label={say(field)}
          placeholder={field === "error" ? say("errorHint") : field === "kind" || field === "subject" ? say("patternHint") : ""}
          value={typed[field]}
          style={{ flex: "1 1 140px" }}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setTyped((before) => ({ ...before, [field]: value }));
            settle({ [field]: value });
          }}
          {...(field === "error" ? { "data-search": true } : {})}
        />
      ))}
      <NativeSelect
        size="xs"
        label={say("state")}
        value={state}
        data={STATES.map((one) => ({ value: one, label: one === "all" ? say("all") : name(one) }))}
        onChange={(event) => change({ state: event.currentTarget.value === "buried" ? "" : event.currentTarget.value })}
      />
      {FIELDS.some((field) => filter[field]) && (
        <Button size="xs" variant="default" onClick={() => change({ error: "", group: "", kind: "", project: "", subject: "" })}>
          {say("clear")}
        </Button>
      )}
    </Group>
  );
}

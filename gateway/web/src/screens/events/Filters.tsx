import { Autocomplete, Button, Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { useWords } from "../../words";
import { ASKED, SIFTED, TYPES, type Filter, type FilterName, type Found } from "./filter";
import { words } from "./words";

/** Milliseconds without a key before the address says what was typed. */
const TYPING = 300;
const WIDTH = "1 1 150px";

export function Filters({ filter, change }: Pick<Found, "filter" | "change">) {
  const say = useWords(words);
  const [typed, setTyped] = useState<Filter>(filter);
  useEffect(() => setTyped(filter), [filter]);
  const settle = useDebouncedCallback(change, TYPING);
  const field = (name: FilterName) => ({ name, size: "xs", label: say(name), value: typed[name], style: { flex: WIDTH } }) as const;
  const set = (name: FilterName, value: string) => {
    setTyped((before) => ({ ...before, [name]: value }));
    settle({ [name]: value });
  };
  const isAny = Object.values(filter).some(Boolean);
  return (
    <Group role="search" aria-label={say("filters")} gap="xs" align="flex-end">
      <Autocomplete {...field("type")} data={TYPES} placeholder={say("patternHint")} onChange={(value) => set("type", value)} />
      {ASKED.slice(1).map((name) => (
        <TextInput
          key={name}
          {...field(name)}
          placeholder={name === "subject" ? say("patternHint") : ""}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      {SIFTED.map((name) => (
        <TextInput
          key={name}
          {...field(name)}
          placeholder={say("siftHint")}
          onChange={(event) => set(name, event.currentTarget.value)}
          {...(name === "text" ? { "data-search": true } : {})}
        />
      ))}
      {isAny && (
        <Button size="xs" variant="default" onClick={() => change({ type: "", subject: "", project: "", actor: "", text: "" })}>
          {say("clear")}
        </Button>
      )}
    </Group>
  );
}

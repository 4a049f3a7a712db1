import { Autocomplete, Button, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { Moment } from "../../parts/Moment";
import { useWords } from "../../words";
import { ANYTHING, TEXTS, TIMES, TYPES, type Filter, type FilterName, type Found } from "./filter";
import { words } from "./words";

/** Milliseconds without a key before the address says what was typed. */
const TYPING = 300;
/** Characters that the server takes of each. */
const LONGEST = 300;
const HINTS: Partial<Record<FilterName, "patternHint" | "textHint">> = { subject: "patternHint", actor: "patternHint", text: "textHint" };

export function Filters({ filter, change }: Pick<Found, "filter" | "change">) {
  const say = useWords(words);
  const [typed, setTyped] = useState<Filter>(filter);
  useEffect(() => setTyped(filter), [filter]);
  const settle = useDebouncedCallback(change, TYPING);
  const field = (name: FilterName) => ({ name, size: "xs", label: say(name), value: typed[name] }) as const;
  const set = (name: FilterName, value: string) => {
    setTyped((before) => ({ ...before, [name]: value }));
    settle({ [name]: value });
  };
  const isAny = Object.values(filter).some(Boolean);
  return (
    <SimpleGrid role="search" aria-label={say("filters")} cols={{ base: 1, xs: 2, md: 4 }} spacing="xs" style={{ alignItems: "end" }}>
      <Autocomplete {...field("type")} data={TYPES} placeholder={say("patternHint")} onChange={(value) => set("type", value)} />
      {TEXTS.map((name) => (
        <TextInput
          key={name}
          {...field(name)}
          placeholder={HINTS[name] && say(HINTS[name])}
          onChange={(event) => set(name, event.currentTarget.value)}
          maxLength={LONGEST}
          {...(name === "text" ? { "data-search": true } : {})}
        />
      ))}
      {TIMES.map((name) => (
        <Moment key={name} {...field(name)} onChange={(value) => set(name, value ?? "")} />
      ))}
      {isAny && (
        <Button size="xs" variant="default" onClick={() => change(ANYTHING)}>
          {say("clear")}
        </Button>
      )}
    </SimpleGrid>
  );
}

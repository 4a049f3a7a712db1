import { Group, NativeSelect } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { Moment } from "../../parts/Moment";
import { Typed } from "../../parts/Typed";
import { useWords } from "../../words";
import { everyClient } from "./ask";
import { LEVELS, PERIODS, TYPES, type Period } from "./filter";
import { words } from "./words";

interface Props {
  query: URLSearchParams;
  look: (changes: Record<string, string | null>) => void;
}

export function Filters({ query, look }: Props) {
  const say = useWords(words);
  const clients = useQuery(everyClient).data ?? [];
  const said = (name: string) => query.get(name) ?? "";
  const isOwn = said("period") === "own" || (!said("period") && Boolean(said("since") || said("until")));
  const periods: { value: string; label: string }[] = (Object.keys(PERIODS) as Period[]).map((one) => ({ value: one, label: say(one) }));
  const choosePeriod = (period: string) => look(period === "own" ? { period } : { period, since: null, until: null });
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={say("filters")}>
      <Typed
        label={say("text")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={said("text")}
        onType={(text) => look({ text })}
        maxLength={300}
      />
      <Choice label={say("client")} all={say("allClients")} value={said("client")} onChange={(client) => look({ client })} options={named(clients, said("client"))} />
      <Choice label={say("level")} all={say("allLevels")} value={said("level")} onChange={(level) => look({ level })} options={LEVELS.map((one) => ({ value: one, label: say(one) }))} />
      <Choice label={say("type")} all={say("allTypes")} value={said("type")} onChange={(type) => look({ type })} options={TYPES.map((one) => ({ value: one, label: say(one) }))} />
      <Choice
        label={say("period")}
        all={say("anyTime")}
        value={isOwn ? "own" : said("period")}
        onChange={choosePeriod}
        options={[...periods, { value: "own", label: say("own") }]}
      />
      {isOwn && <Moment label={say("since")} value={said("since")} onChange={(since) => look({ since, period: "own" })} />}
      {isOwn && <Moment label={say("until")} value={said("until")} onChange={(until) => look({ until, period: "own" })} />}
    </Group>
  );
}

function named(clients: readonly { name: string }[], chosen: string): { value: string; label: string }[] {
  const names = new Set([...clients.map((one) => one.name), ...(chosen ? [chosen] : [])]);
  return [...names].map((name) => ({ value: name, label: name }));
}

interface ChoiceProps {
  label: string;
  /** What the choice of nothing is called. */
  all: string;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
}

function Choice({ label, all, value, onChange, options }: ChoiceProps) {
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: "", label: all }, ...options]}
      maw={240}
    />
  );
}

import { NativeSelect } from "@mantine/core";

import { useWords } from "../../../words";
import type { Strategy } from "../ask";
import { words } from "./words";

const STRATEGIES: readonly Strategy[] = ["last-write-wins", "central-authoritative", "manual-review"];

interface Props {
  label: string;
  /** Null: as for all others. */
  value: Strategy | null;
  onChange: (strategy: Strategy | null) => void;
  mayBeUsual?: boolean;
}

export function StrategyChoice({ label, value, onChange, mayBeUsual = false }: Props) {
  const say = useWords(words);
  const usual = mayBeUsual ? [{ value: "", label: say("usual") }] : [];
  return (
    <NativeSelect
      label={label}
      value={value ?? ""}
      onChange={(event) => onChange(STRATEGIES.find((one) => one === event.currentTarget.value) ?? null)}
      data={[...usual, ...STRATEGIES.map((one) => ({ value: one, label: say(one) }))]}
      maw={480}
    />
  );
}

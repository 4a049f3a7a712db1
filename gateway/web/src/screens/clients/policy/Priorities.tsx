/** Whose change weighs more: a number for each client that has one; all others have 0. */

import { ActionIcon, Fieldset, Group, NativeSelect, NumberInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

import { useWords } from "../../../words";
import { TYPES } from "../ask";
import { words } from "./words";

interface Props {
  label: string;
  values: Record<string, number>;
  onChange: (values: Record<string, number>) => void;
}

const MOST = 1_000_000;

export function Priorities({ label, values, onChange }: Props) {
  const say = useWords(words);
  const rest = Object.keys(TYPES).filter((type) => !(type in values));
  const without = (type: string) => Object.fromEntries(Object.entries(values).filter(([one]) => one !== type));
  return (
    <Fieldset legend={label} maw={480}>
      {Object.entries(values).map(([type, score]) => (
        <Group key={type} gap="xs" wrap="nowrap" align="flex-end" mb="xs">
          <NumberInput
            label={TYPES[type] ?? type}
            value={score}
            onChange={(said) => onChange({ ...values, [type]: Math.trunc(Number(said) || 0) })}
            min={-MOST}
            max={MOST}
            allowDecimal={false}
            hideControls
            style={{ flex: 1 }}
          />
          <ActionIcon variant="default" size="input-sm" onClick={() => onChange(without(type))} aria-label={say("removePriority", TYPES[type] ?? type)}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <NativeSelect
        label={say("addPriority")}
        value=""
        onChange={(event) => event.currentTarget.value && onChange({ ...values, [event.currentTarget.value]: 1 })}
        data={[{ value: "", label: say("chooseClient") }, ...rest.map((type) => ({ value: type, label: TYPES[type] ?? type }))]}
      />
    </Fieldset>
  );
}

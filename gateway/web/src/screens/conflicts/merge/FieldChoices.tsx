/** The fields in which the two sides differ, each to be taken from one of them, or from what both started from. */

import { Badge, Box, Fieldset, Group, Radio, SimpleGrid, Stack, Text } from "@mantine/core";
import { useId } from "react";

import { useWords } from "../../../words";
import type { Detail } from "../ask";
import { Value } from "../Fields";
import { useNames } from "../names";
import { chosen, elementOf, type Draft, type Sides } from "./draft";
import { differing, flat, same, spelled } from "./element";
import { words } from "./words";

interface Props {
  one: Detail;
  sides: Sides;
  draft: Draft;
  onChange: (next: Draft) => void;
}

export function FieldChoices({ one, sides, draft, onChange }: Props) {
  const say = useWords(words);
  const names = useNames("clients", one);
  const element = elementOf(sides.kind, draft);
  const now = flat(element);
  const from = { base: flat(sides.base ?? null), ours: flat(sides.ours), theirs: flat(sides.theirs) };
  const offered = sides.base === undefined ? (["ours", "theirs"] as const) : (["base", "ours", "theirs"] as const);
  return (
    <Stack gap="sm">
      {!element && <Text size="sm">{say("unreadable")}</Text>}
      {differing(sides.ours, sides.theirs).map((name) => (
        <Field
          key={name}
          name={name}
          choices={grouped(offered.map((side) => ({ label: names[side], value: from[side].get(name) })))}
          now={now.get(name)}
          isOpen={draft.open.includes(name)}
          isDisabled={!element}
          onChoose={(value) => onChange(chosen(sides, draft, name, value))}
        />
      ))}
    </Stack>
  );
}

interface Choice {
  /** Which sides have this value. */
  label: string;
  value: unknown;
}

/** The values that there are, each once. */
function grouped(sides: readonly Choice[]): Choice[] {
  return sides.reduce<Choice[]>((found, { label, value }) => {
    const other = found.find((one) => same(one.value, value));
    if (!other) return [...found, { label, value }];
    return found.map((one) => (one === other ? { ...one, label: `${one.label} = ${label}` } : one));
  }, []);
}

/** Characters from which a value is scrolled in its place. */
const LONG = 600;

interface FieldProps {
  name: string;
  choices: readonly Choice[];
  now: unknown;
  isOpen: boolean;
  isDisabled: boolean;
  onChoose: (value: unknown) => void;
}

function Field({ name, choices, now, isOpen, isDisabled, onChoose }: FieldProps) {
  const say = useWords(words);
  const group = useId();
  const taken = isOpen ? undefined : choices.find(({ value }) => same(value, now));
  const legend = (
    <Group gap="xs" component="span">
      <bdi>{name}</bdi>
      {isOpen && <Badge variant="outline" color="indigo" tt="none">{say("choose")}</Badge>}
      {!isOpen && !taken && !isDisabled && <Badge variant="outline" color="gray" tt="none">{say("byHand")}</Badge>}
    </Group>
  );
  return (
    <Fieldset legend={legend} p="xs" miw={0} disabled={isDisabled} data-field={name}>
      <SimpleGrid cols={{ base: 1, sm: choices.length }} spacing="sm">
        {choices.map((choice) => (
          <Offered key={choice.label} choice={choice} group={group} isTaken={choice === taken} onChoose={() => onChoose(choice.value)} />
        ))}
      </SimpleGrid>
    </Fieldset>
  );
}

interface OfferedProps {
  choice: Choice;
  group: string;
  isTaken: boolean;
  onChoose: () => void;
}

function Offered({ choice: { label, value }, group, isTaken, onChoose }: OfferedProps) {
  const id = useId();
  const isLong = spelled(value).length > LONG;
  return (
    <Box miw={0}>
      <Radio name={group} value={label} label={label} aria-describedby={id} checked={isTaken} onChange={onChoose} mb={4} />
      <Box id={id} {...(isLong && { mah: "16rem", style: { overflow: "auto" }, tabIndex: 0, role: "group", "aria-label": label })}>
        <Value of={value} />
      </Box>
    </Box>
  );
}

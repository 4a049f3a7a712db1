/** What lies between two versions, and what can be done with the newer of them. */

import { Button, Group, Select, Stack, Text } from "@mantine/core";

import { useMay } from "../../app/session";
import { ON_FILLED } from "../../parts/colours";
import { useMoment } from "../../parts/time";
import { useWords } from "../../words";
import { short } from "./api";
import { useChosen } from "./chosen";
import { HashDiff } from "./HashDiff";
import { numbered, type Row } from "./history";
import { Source } from "./Source";
import { UsedBy } from "./UsedBy";
import { words } from "./words";

interface Props {
  path: string;
  rows: readonly Row[];
  onActivate: (row: Row) => void;
}

/** Choices that are drawn at once; the others are found by what is typed. */
const CHOICES = 100;

export function Compare({ path, rows, onActivate }: Props) {
  const say = useWords(words);
  const moment = useMoment();
  const mayWrite = useMay("user");
  const { from, to, compareWith } = useChosen(rows);
  const newer = numbered(rows, to);
  const older = from ? numbered(rows, from) : undefined;
  if (!newer) return null;
  const nameOf = (row: Row) => say(row.is_active ? "versionActive" : "version", row.number);
  const choices = [
    ...rows.map((row) => ({ value: String(row.number), label: `${nameOf(row)}, ${short(row.hash)}, ${moment(row.created_at)}` })),
    { value: "0", label: say("nothing") },
  ];
  const active = rows.find((row) => row.is_active)?.hash;
  return (
    <Stack component="section" aria-label={say("changes")} gap="xs">
      <Group justify="space-between" align="flex-end">
        <Select
          label={say("compareWith", to)}
          data={choices}
          value={String(from)}
          onChange={(value) => value !== null && compareWith(Number(value))}
          searchable
          limit={CHOICES}
          allowDeselect={false}
          nothingFoundMessage={say("noMatch")}
          w={{ base: "100%", sm: 340 }}
        />
        <Group gap="xs">
          <Source path={path} row={newer} />
          {mayWrite && newer.hash !== active && (
            <Button c={ON_FILLED} onClick={() => onActivate(newer)}>
              {say("activateThis", to)}
            </Button>
          )}
        </Group>
      </Group>
      <HashDiff
        before={older?.hash ?? null}
        after={newer.hash}
        beforeName={older ? nameOf(older) : say("nothing")}
        afterName={nameOf(newer)}
      />
      <Text fw={600} mt="sm">
        {say("usedTitle", to)}
      </Text>
      <UsedBy path={path} hash={newer.hash} />
    </Stack>
  );
}

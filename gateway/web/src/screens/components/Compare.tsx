/** What lies between two versions, and what can be done with the newer of them. */

import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import { useMay } from "../../app/session";
import { ON_FILLED } from "../../parts/colours";
import { useMoment } from "../../parts/time";
import { Waiting } from "../../parts/Waiting";
import { useLanguage, useWords } from "../../words";
import { short } from "./api";
import type { Chosen } from "./chosen";
import { HashDiff } from "./HashDiff";
import type { History, Row } from "./history";
import { Source } from "./Source";
import { UsedBy } from "./UsedBy";
import { words } from "./words";

interface Props {
  history: History;
  chosen: Chosen;
  onActivate: (row: Row) => void;
}

/** Choices that are offered, of those that are loaded, and that are drawn at once. Any other is found by its number. */
const OFFERED = 1000, DRAWN = 100;

export function Compare({ history, chosen, onActivate }: Props) {
  const say = useWords(words);
  const mayWrite = useMay("user");
  const nameOf = useNames();
  const { from, to } = chosen;
  if (!to) return <Waiting />;
  return (
    <Stack component="section" aria-label={say("changes")} gap="xs">
      <Group justify="space-between" align="flex-end">
        <Other history={history} chosen={chosen} />
        <Group gap="xs">
          <Source path={history.path} row={to} />
          {mayWrite && to.hash !== history.now.active_hash && (
            <Button c={ON_FILLED} onClick={() => onActivate(to)}>
              {say("activateThis", to.number)}
            </Button>
          )}
        </Group>
      </Group>
      {from === undefined ? (
        <Waiting />
      ) : (
        <HashDiff
          before={from?.hash ?? null}
          after={to.hash}
          beforeName={from ? nameOf(from) : say("nothing")}
          afterName={nameOf(to)}
        />
      )}
      <Text fw={600} mt="sm">
        {say("usedTitle", to.number)}
      </Text>
      <UsedBy path={history.path} hash={to.hash} />
    </Stack>
  );
}

function Other({ history, chosen: { from, to, compareWith } }: Pick<Props, "history" | "chosen">) {
  const say = useWords(words);
  const [typed, type] = useState("");
  return (
    <Select
      label={say("compareWith", to?.number ?? "")}
      data={useChoices(history, from, typed)}
      value={from === undefined ? null : String(from?.number ?? 0)}
      onChange={(value) => value !== null && compareWith(Number(value))}
      onSearchChange={type}
      searchable
      limit={DRAWN}
      allowDeselect={false}
      nothingFoundMessage={say("noMatch")}
      w={{ base: "100%", sm: 340 }}
    />
  );
}

function useNames(): (row: Row) => string {
  const say = useWords(words);
  return (row) => say(row.is_active ? "versionActive" : "version", row.number);
}

function useChoices({ rows, now }: History, chosen: Row | null | undefined, typed: string) {
  const say = useWords(words);
  const moment = useMoment();
  const nameOf = useNames();
  const language = useLanguage();
  const choiceOf = (row: Row) => ({ value: String(row.number), label: `${nameOf(row)}, ${short(row.hash)}, ${moment(row.created_at)}` });
  const offered = useMemo(() => rows.slice(0, OFFERED).map(choiceOf), [rows, language]);
  const known = new Set(offered.map(({ value }) => value));
  const number = /^\d{1,7}$/.test(typed) ? Number(typed) : 0;
  const others = [
    ...(chosen ? [choiceOf(chosen)] : []),
    ...(number && number <= now.version_count && number !== chosen?.number ? [{ value: String(number), label: say("version", number) }] : []),
  ];
  return [...others.filter(({ value }) => !known.has(value)), ...offered, { value: "0", label: say("nothing") }];
}

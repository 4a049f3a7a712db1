/** All components by their category, searched as somebody types. */

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useLocation } from "react-router";

import { useMay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LongList } from "../../parts/LongList";
import { save } from "../../parts/save";
import { Search, useSearched } from "../../parts/Search";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import type { Summary } from "./api";
import { CategoryRow, ComponentRow } from "./TreeRow";
import { useTree } from "./tree";
import { words } from "./words";

type Row = { category: string; count: number } | Summary;

const ROW = 34;

export function Tree({ picked }: { picked: string | null }) {
  const say = useWords(words);
  const { components, error, refetch, fresh } = useTree();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const wanted = useDeferredValue(useSearched());
  const q = new URLSearchParams(useLocation().search).get("q");
  const keep = q ? new URLSearchParams({ q }).toString() : "";
  const found = useMemo(() => (components ?? []).filter(({ path }) => path.toLowerCase().includes(wanted)), [components, wanted]);
  const rows = useMemo(() => arranged(found, wanted ? new Set() : closed), [found, closed, wanted]);
  const toggle = (category: string) => setClosed((now) => (now.has(category) ? without(now, category) : new Set([...now, category])));
  if (!components) return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
  if (!components.length) return <FirstStep />;
  return (
    <Stack gap="xs">
      <Search label={say("search")} />
      {found.length ? (
        <LongList
          items={rows}
          label={say("title")}
          idOf={(row) => ("path" in row ? row.path : row.category)}
          rowHeight={ROW}
          height="max(280px, calc(100dvh - 240px))"
          draw={(row) =>
            "path" in row ? (
              <ComponentRow one={row} keep={keep} isPicked={row.path === picked} isFresh={fresh.has(row.path)} />
            ) : (
              <CategoryRow {...row} isClosed={!wanted && closed.has(row.category)} onToggle={() => toggle(row.category)} />
            )
          }
        />
      ) : (
        <Empty title={say("noMatch")} remedy={say("noMatchRemedy")} />
      )}
      <Group justify="space-between">
        <Text size="sm" role="status">
          {say("counted", found.length, components.length)}
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={!found.length}
          onClick={() => save("components.json", JSON.stringify(found, null, 2), "application/json")}
        >
          {say("downloadList")}
        </Button>
      </Group>
    </Stack>
  );
}

function FirstStep() {
  const say = useWords(words);
  const mayWrite = useMay("user");
  return (
    <Empty title={say("none")} remedy={say(mayWrite ? "noneRemedy" : "noneViewer")}>
      <Code block>headrace watch PATH/TO/CVLAB-KIT</Code>
    </Empty>
  );
}

function arranged(found: readonly Summary[], closed: ReadonlySet<string>): Row[] {
  const groups = new Map<string, Summary[]>();
  for (const one of found) {
    const group = groups.get(one.category);
    if (group) group.push(one);
    else groups.set(one.category, [one]);
  }
  return [...groups].flatMap(([category, ones]): Row[] => [{ category, count: ones.length }, ...(closed.has(category) ? [] : ones)]);
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((one) => one !== name));
}

/** The sides by content: against each other, or each against what the worker started from. */

import { Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import type { Kind } from "../../app/waiting";
import { Diff, type DiffProps } from "../../parts/Diff";
import { useWords } from "../../words";
import { baseOf, type Detail } from "./ask";
import { useNames } from "./names";
import { words } from "./words";

const VIEWS = ["both", "theirs", "ours"] as const;

export function Sides({ kind, one }: { kind: Kind; one: Detail }) {
  const say = useWords(words);
  const names = useNames(kind, one);
  const [query, setQuery] = useSearchParams();
  const { data: base } = useQuery(baseOf(kind, one));
  const views = base === null || base === undefined ? VIEWS.slice(0, 1) : VIEWS;
  const view = views.find((name) => name === query.get("view")) ?? "both";
  const texts = { ours: one.server_content ?? "", theirs: one.local_content ?? "", base: base ?? "" };
  const [before, after] = { both: ["ours", "theirs"], theirs: ["base", "theirs"], ours: ["base", "ours"] }[view] as [Side, Side];
  const language: DiffProps["language"] = kind === "clients" ? "json" : "python";
  const choose = (name: string | null) =>
    setQuery((old) => new URLSearchParams([...[...old].filter(([one]) => one !== "view"), ["view", name ?? "both"]]), { replace: true });
  return (
    <Stack gap="xs">
      <Tabs value={view} onChange={choose}>
        <Tabs.List aria-label={say("view")} mb="xs">
          {views.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {say(name, one.worker)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {views.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {name === view && (
              <Diff before={texts[before]} after={texts[after]} beforeName={names[before]} afterName={names[after]} language={language} />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
      {base === null && one.base_hash !== null && <Text size="sm">{say("noBase", one.worker)}</Text>}
    </Stack>
  );
}

type Side = "ours" | "theirs" | "base";

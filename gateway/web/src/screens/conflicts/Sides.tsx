/** The sides by content: against each other, each against what the worker started from, or made into one. */

import { Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { useMay } from "../../app/session";
import type { Kind } from "../../app/waiting";
import { Diff } from "../../parts/Diff";
import { useWords } from "../../words";
import { baseOf, type Detail } from "./ask";
import { Fields } from "./Fields";
import { legible } from "./legible";
import { Merging } from "./merge/Merging";
import { useNames } from "./names";
import { words } from "./words";

const PAIRS = { both: ["ours", "theirs"], theirs: ["base", "theirs"], ours: ["base", "ours"], result: ["ours", "merged"] } as const;

type View = keyof typeof PAIRS | "merge";

export function Sides({ kind, one }: { kind: Kind; one: Detail }) {
  const say = useWords(words);
  const [query, setQuery] = useSearchParams();
  const { data: base } = useQuery(baseOf(kind, one));
  const mayMerge = useMay("user") && kind === "clients" && one.state === "pending";
  const isMerged = one.state === "merge";
  const views: View[] = [
    "both", ...(typeof base === "string" ? (["theirs", "ours"] as const) : []),
    ...(mayMerge ? (["merge"] as const) : []), ...(isMerged ? (["result"] as const) : []),
  ];
  const view = views.find((name) => name === query.get("view")) ?? (isMerged ? "result" : "both");
  const choose = (name: string | null) =>
    setQuery((old) => new URLSearchParams([...[...old].filter(([one]) => one !== "view"), ["view", name ?? "both"]]), { replace: true });
  return (
    <Stack gap="xs">
      {kind === "clients" && view !== "merge" && <Fields one={one} />}
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
            {name === view && (name === "merge" ? <Merging one={one} /> : <Compared kind={kind} one={one} base={base ?? ""} view={name} />)}
          </Tabs.Panel>
        ))}
      </Tabs>
      {base === null && one.base_hash !== null && <Text size="sm">{say("noBase", one.worker)}</Text>}
    </Stack>
  );
}

function Compared({ kind, one, base, view }: { kind: Kind; one: Detail; base: string; view: keyof typeof PAIRS }) {
  const say = useWords(words);
  const names = { ...useNames(kind, one), merged: say("merged") };
  const { text, language } = legible(kind, one.path);
  const texts = { ours: one.server_content, theirs: one.local_content, merged: one.merged_content, base };
  const [before, after] = PAIRS[view];
  return <Diff before={text(texts[before])} after={text(texts[after])} beforeName={names[before]} afterName={names[after]} language={language} />;
}

/** Who wins conflicts in a scope; what that would change is shown before it is saved. */

import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { call } from "../../../api/client";
import { Missing } from "../../../app/Missing";
import { useMay, useSession } from "../../../app/session";
import { Confirm } from "../../../parts/Confirm";
import { Diff } from "../../../parts/Diff";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import { policyOf, SCOPES, type ElementKind, type Policy, type Scope } from "../ask";
import { Preview } from "./Preview";
import { Priorities } from "./Priorities";
import { StrategyChoice } from "./StrategyChoice";
import { words } from "./words";

/** Of permissions the strictest wins: there is nothing to choose. */
const SPECIAL = [["servers", "servers"], ["rules", "rulesKind"]] as const;

export function PolicyEditor() {
  const { scope: said } = useParams();
  const scope = SCOPES.find((one) => one === said);
  return scope ? <Found key={scope} scope={scope} /> : <Missing />;
}

function Found({ scope }: { scope: Scope }) {
  const { data, error, refetch } = useQuery(policyOf(scope));
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  return data ? <Editor scope={scope} saved={data} /> : <Waiting />;
}

function Editor({ scope, saved }: { scope: Scope; saved: Policy }) {
  const say = useWords(words);
  const client = useQueryClient();
  const may = useMay("user");
  const { role } = useSession();
  const [draft, setDraft] = useState<Policy | null>(null);
  const [isAsking, setAsking] = useState(false);
  const policy = draft ?? saved;
  const isChanged = pretty(policy) !== pretty(saved);
  const kindOf = (kind: ElementKind) => policy.kinds?.[kind] ?? { strategy: null, priorities: {} };
  const setKind = (kind: ElementKind, change: Partial<ReturnType<typeof kindOf>>) =>
    setDraft({ ...policy, kinds: { ...policy.kinds, [kind]: { ...kindOf(kind), ...change } } });
  const save = async () => {
    await call(`/api/v1/policies/${scope}`, { method: "PUT", body: policy });
    await client.invalidateQueries({ queryKey: ["policies"] });
    setDraft(null);
  };
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/clients" size="sm">
        {say("back")}
      </Anchor>
      <Title order={3} size="h4">
        {say("title", say(scope))}
      </Title>
      <Text size="sm">{say("rules")}</Text>
      {!may && <Text size="sm">{say("mayNot", role ?? "viewer")}</Text>}
      <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">
          <StrategyChoice label={say("strategy")} value={policy.strategy} onChange={(strategy) => strategy && setDraft({ ...policy, strategy })} />
          <Priorities label={say("priorities")} values={policy.priorities ?? {}} onChange={(priorities) => setDraft({ ...policy, priorities })} />
          {SPECIAL.map(([kind, name]) => (
            <Stack key={kind} gap="xs" component="section">
              <Title order={4} size="h5">
                {say("onlyFor", say(name))}
              </Title>
              <StrategyChoice label={say("strategyOf", say(name))} value={kindOf(kind).strategy} onChange={(strategy) => setKind(kind, { strategy })} mayBeUsual />
              <Priorities
                label={say("prioritiesOf", say(name))}
                values={kindOf(kind).priorities ?? {}}
                onChange={(priorities) => setKind(kind, { priorities })}
              />
            </Stack>
          ))}
        </Stack>
      </fieldset>
      <Preview scope={scope} saved={saved} draft={policy} />
      {may && (
        <Group>
          <Button disabled={!isChanged} onClick={() => setAsking(true)}>
            {say("save", say(scope))}
          </Button>
          <Button variant="default" disabled={!isChanged} onClick={() => setDraft(null)}>
            {say("discard")}
          </Button>
        </Group>
      )}
      {isAsking && (
        <Confirm title={say("whatChanges")} action={say("save", say(scope))} onConfirm={save} onClose={() => setAsking(false)} size="70rem">
          <Diff before={pretty(saved)} after={pretty(policy)} beforeName={say("saved")} afterName={say("draft")} language="json" />
          <Preview scope={scope} saved={saved} draft={policy} />
        </Confirm>
      )}
    </Stack>
  );
}

/** A policy as text; what says nothing of a kind is left out. */
function pretty({ strategy, priorities, kinds }: Policy): string {
  const telling = Object.entries(kinds ?? {}).filter(([, one]) => one.strategy || Object.keys(one.priorities ?? {}).length);
  const sorted = (some: Record<string, number> = {}) => Object.fromEntries(Object.entries(some).sort());
  const said = telling.map(([kind, one]) => [kind, { strategy: one.strategy, priorities: sorted(one.priorities) }]);
  return JSON.stringify({ strategy, priorities: sorted(priorities), kinds: Object.fromEntries(said.sort()) }, null, 2);
}

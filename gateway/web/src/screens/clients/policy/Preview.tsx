/** Which of the present conflicts would be decided differently, were the policy so. */

import { List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { pendingOf } from "../../../app/waiting";
import { useWords } from "../../../words";
import { elementsOf, everyClient, type Policy, type Scope } from "../ask";
import { contestsOf, winner, type Contest, type Winner } from "./settle";
import { words } from "./words";

export function Preview({ scope, saved, draft }: { scope: Scope; saved: Policy; draft: Policy }) {
  const say = useWords(words);
  const conflicts = useQuery(pendingOf("clients")).data;
  const clients = useQuery(everyClient).data;
  const elements = useQuery(elementsOf(scope)).data;
  const contests = useMemo(
    () => conflicts && clients && elements && contestsOf(conflicts.filter((one) => one.path.startsWith(`${scope}/`)), clients, elements),
    [conflicts, clients, elements, scope],
  );
  if (!contests) return null;
  const differing = contests.map((one) => ({ one, was: winner(saved, one), is: winner(draft, one) })).filter(({ was, is }) => was !== is);
  const told = (who: Winner, one: Contest) => say(who, one.worker);
  return (
    <Stack gap="xs" component="section" role="status">
      <Title order={4} size="h5">
        {say("preview")}
      </Title>
      {differing.length === 0 && <Text size="sm">{say(contests.length ? "previewNone" : "previewEmpty", contests.length)}</Text>}
      {differing.length > 0 && <Text size="sm">{say("previewSome", differing.length, contests.length)}</Text>}
      <List size="sm" mah="40vh" style={{ overflow: "auto" }}>
        {differing.map(({ one, was, is }) => (
          <List.Item key={one.id}>
            <bdi>{one.path}</bdi>: {told(was, one)} → <b>{told(is, one)}</b>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

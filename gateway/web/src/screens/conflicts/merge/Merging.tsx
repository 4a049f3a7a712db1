/** Making one of both sides of a configuration: field by field, by hand, or both; said at once is what is wrong with it. */

import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Editor, type Goal } from "../../../parts/Editor";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import { named } from "../../clients/elements";
import { baseOf, type Detail } from "../ask";
import { useNames } from "../names";
import { Deciding } from "./Deciding";
import { contentOf, typed, written, type Sides } from "./draft";
import { parsed } from "./element";
import { FieldChoices } from "./FieldChoices";
import { FLAWS, Said } from "./Said";
import { useDraft, useKept, useVerdict, type Drafting, type Verdict } from "./useDraft";
import { words } from "./words";

export function Merging({ one }: { one: Detail }) {
  const { data: base, isPending } = useQuery(baseOf("clients", one));
  if (isPending) return <Waiting />;
  return <Work key={one.id} one={one} base={base ?? null} />;
}

function useSides(one: Detail, base: string | null): Sides {
  return useMemo(
    () => ({
      kind: named(one.path).kind,
      ours: parsed(one.server_content),
      theirs: parsed(one.local_content),
      base: base === null && one.base_hash !== null ? undefined : parsed(base),
    }),
    [one.path, one.server_content, one.local_content, one.base_hash, base],
  );
}

function Work({ one, base }: { one: Detail; base: string | null }) {
  const say = useWords(words);
  const sides = useSides(one, base);
  const drafting = useDraft(one, sides);
  const { draft, isTouched, change, restart } = drafting;
  const verdict = useVerdict(one, contentOf(sides.kind, draft));
  const isKept = useKept(one, drafting, verdict.isSound);
  const isNotKept = isTouched && verdict.checked?.flaws.length;
  return (
    <Stack gap="sm">
      <Text size="sm">{say("intro")}</Text>
      {draft.head !== one.server_hash && (
        <Alert variant="outline" color="indigo" role="status">
          {say("moved")}
        </Alert>
      )}
      {sides.ours && sides.theirs ? (
        <FieldChoices one={one} sides={sides} draft={draft} onChange={change} />
      ) : (
        <Text size="sm">{say("oneSided")}</Text>
      )}
      <ByHand one={one} sides={sides} drafting={drafting} verdict={verdict} />
      <Group gap="sm">
        <Deciding one={one} sides={sides} draft={draft} verdict={verdict} />
        {isTouched && (
          <Button variant="default" onClick={restart}>
            {say("restart")}
          </Button>
        )}
        <Text size="sm" role="status">
          {isKept ? say("kept") : isNotKept ? say("notKept") : ""}
        </Text>
      </Group>
    </Stack>
  );
}

interface ByHandProps {
  one: Detail;
  sides: Sides;
  drafting: Drafting;
  verdict: Verdict;
}

function ByHand({ one, sides, drafting: { draft, change }, verdict: { checked, error } }: ByHandProps) {
  const say = useWords(words);
  const names = useNames("clients", one);
  const [goal, setGoal] = useState<Goal | null>(null);
  const isRule = sides.kind === "rules";
  const lines = useMemo(
    () => (checked?.flaws ?? []).filter(({ field }) => !isRule || field === "body").map(({ line }) => line),
    [checked, isRule],
  );
  return (
    <>
      <Title order={4} size="h5">
        {say("result")}
      </Title>
      <Editor
        before={sides.ours ? written(sides.kind, sides.ours).text : ""}
        beforeName={names.ours}
        text={draft.text}
        name={say(isRule ? "ruleText" : "whole")}
        language={isRule ? "none" : "json"}
        flawed={lines}
        describedBy={FLAWS}
        goal={goal}
        onType={(text) => change(typed(sides, draft, text))}
      />
      <Said checked={checked} onGo={(line) => setGoal({ line })} />
      {error && <Wrong error={error} />}
    </>
  );
}

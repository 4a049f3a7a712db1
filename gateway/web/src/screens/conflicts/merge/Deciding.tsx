/** Letting a draft stand: what changes by it is shown before it is done. */

import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ON_FILLED } from "../../../parts/colours";
import { Confirm } from "../../../parts/Confirm";
import { Diff } from "../../../parts/Diff";
import { useWords } from "../../../words";
import { merge, type Detail } from "../ask";
import { useNames } from "../names";
import { own } from "../own";
import { contentOf, elementOf, shown, type Draft, type Sides } from "./draft";
import { Widens } from "./Said";
import type { Verdict } from "./useDraft";
import { words } from "./words";

interface Props {
  one: Detail;
  sides: Sides;
  draft: Draft;
  verdict: Verdict;
}

export function Deciding({ one, sides, draft, verdict: { checked, isSound } }: Props) {
  const say = useWords(words);
  const names = useNames("clients", one);
  const settle = useSettling(one);
  const [isAsking, ask] = useState(false);
  const isReady = isSound && draft.open.length === 0;
  return (
    <>
      <Button color="teal" {...(isReady && { c: ON_FILLED })} disabled={!isReady} onClick={() => ask(true)}>
        {say("decide")}
      </Button>
      {draft.open.length > 0 && <Text size="sm">{say("stillOpen", draft.open.length)}</Text>}
      {isAsking && (
        <Confirm
          title={say("whatChanges")}
          action={say("decide")}
          onConfirm={() => settle(contentOf(sides.kind, draft))}
          onClose={() => ask(false)}
          size="80rem"
        >
          <Text>{say("effect", one.worker)}</Text>
          {checked?.widens && <Widens why={checked.widens} />}
          <Diff
            before={shown(sides.kind, sides.ours)}
            after={shown(sides.kind, elementOf(sides.kind, draft))}
            beforeName={names.ours}
            afterName={say("result")}
            language={sides.kind === "rules" ? "none" : "json"}
          />
        </Confirm>
      )}
    </>
  );
}

function useSettling(one: Detail): (content: string) => Promise<void> {
  const client = useQueryClient();
  return async (content) => {
    own.add(one.id);
    try {
      await merge(one, content);
    } catch (error) {
      own.delete(one.id);
      throw error;
    } finally {
      await client.invalidateQueries({ queryKey: ["conflicts"] });
    }
  };
}

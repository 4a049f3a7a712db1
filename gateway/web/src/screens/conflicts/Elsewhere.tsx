/** Who decided what was still waiting here a moment ago. */

import { Alert, CloseButton, Group, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { call } from "../../api/client";
import { KINDS, type Conflict } from "../../app/waiting";
import { State } from "../../parts/State";
import { useWords } from "../../words";
import type { Asked } from "./ask";
import { own } from "./own";
import { words } from "./words";

const SHOWN = 5;

export function Elsewhere({ waits }: { waits: readonly Asked[] }) {
  const say = useWords(words);
  const [settled, setSettled] = useState<Conflict[]>([]);
  const before = useRef(waits);
  useEffect(() => {
    const here = new Set(waits.map((one) => one.id));
    const gone = before.current.filter((one) => !here.has(one.id) && !own.has(one.id));
    before.current = waits;
    void Promise.all(gone.slice(0, SHOWN).map((one) => call<Conflict>(`${KINDS[one.kind]}/${one.id}`))).then((found) => {
      const decided = found.filter((one) => one.state !== "pending");
      if (decided.length) setSettled((known) => [...decided, ...known].slice(0, SHOWN));
    }, ignored);
  }, [waits]);
  return (
    <div role="status">
      {settled.length > 0 && (
        <Alert variant="outline" color="gray">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              {settled.map((one) => (
                <Text key={one.id} size="sm">
                  {say("decidedElsewhere", one.path, one.decided_by ?? say("somebody"))} <State is={one.state} />
                </Text>
              ))}
            </div>
            <CloseButton aria-label={say("dismiss")} onClick={() => setSettled([])} />
          </Group>
        </Alert>
      )}
    </div>
  );
}

/** A note that cannot be fetched is none. */
function ignored(): void {}

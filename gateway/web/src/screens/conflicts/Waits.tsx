/** What waits for a person; several can be decided at once. */

import { Checkbox, Text } from "@mantine/core";
import { useState } from "react";

import { useMay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LongList } from "../../parts/LongList";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Bulk } from "./Bulk";
import { Elsewhere } from "./Elsewhere";
import { Entry } from "./Entry";
import { useSearch } from "./search";
import { MOST, useFollowed, useWaits } from "./pending";
import { words } from "./words";

export function Waits() {
  const say = useWords(words);
  const { waits, error, retry } = useWaits();
  const { fits } = useSearch();
  const may = useMay("user");
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  useFollowed(waits);
  if (error) return <Wrong error={error} onRetry={retry} />;
  if (!waits) return <Waiting />;
  const found = waits.filter(fits);
  const chosen = found.filter((one) => picked.has(one.id));
  const toggle = (id: string) => pick(new Set(picked.has(id) ? [...picked].filter((one) => one !== id) : [...picked, id]));
  return (
    <>
      <Elsewhere waits={waits} />
      {may && found.length > 0 && (
        <Bulk found={found} chosen={chosen} onPick={(some) => pick(new Set(some.map((one) => one.id)))} />
      )}
      {waits.length === 0 && <Empty title={say("none")} remedy={say("noneRemedy")} />}
      {waits.length > 0 && found.length === 0 && <Empty title={say("noneFound")} remedy={say("noneFoundRemedy")} />}
      {found.length > 0 && (
        <LongList
          items={found}
          label={say("list")}
          idOf={(one) => one.id}
          rowHeight={80}
          height="max(320px, calc(100dvh - 300px))"
          draw={(one) => (
            <Entry one={one}>
              {may && <Checkbox checked={picked.has(one.id)} onChange={() => toggle(one.id)} aria-label={say("select", one.path)} mt={4} />}
            </Entry>
          )}
        />
      )}
      {waits.length >= MOST && <Text size="sm">{say("most", MOST)}</Text>}
    </>
  );
}

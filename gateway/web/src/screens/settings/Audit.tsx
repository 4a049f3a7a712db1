/** Who did what: every write, and every act of access. */

import { Button, Group, Stack, Table, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { NameCell, WideTable } from "../../parts/WideTable";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { words } from "./words";

type Act = Model<"Act">;

const PAGE = 100;

export function Audit() {
  const say = useWords(words);
  const [filters, setFilters] = useSearchParams();
  const actor = filters.get("actor") ?? "", action = filters.get("action") ?? "";
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ["audit", actor, action],
    queryFn: ({ pageParam }) =>
      call<Act[]>("/api/v1/audit", {
        query: { actor, action, limit: PAGE, before: pageParam?.at, before_id: pageParam?.id },
      }),
    initialPageParam: null as Act | null,
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1) : undefined),
  });
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(filters);
    if (value) next.set(name, value);
    else next.delete(name);
    setFilters(next, { replace: true });
  };
  return (
    <Stack>
      <Group>
        <TextInput data-search label={say("actor")} value={actor} onChange={(event) => set("actor", event.currentTarget.value)} />
        <TextInput label={say("action")} placeholder="user.*" value={action} onChange={(event) => set("action", event.currentTarget.value)} />
      </Group>
      {error && <Wrong error={error} onRetry={() => void (data ? fetchNextPage() : refetch())} />}
      {!data && !error && <Waiting />}
      {data && (
        <WideTable
          label={say("audit")}
          minWidth={640}
          columns={(["when", "actor", "action", "target"] as const).map((name) => say(name))}
        >
          {data.pages.flat().map((act) => (
            <Table.Tr key={act.id}>
              <Table.Td>
                <Time at={act.at} />
              </Table.Td>
              <NameCell>{act.actor}</NameCell>
              <Table.Td>{act.action}</Table.Td>
              <NameCell>{[act.project, act.target, act.address].filter(Boolean).join(" · ")}</NameCell>
            </Table.Tr>
          ))}
        </WideTable>
      )}
      {hasNextPage && (
        <Group>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say("older")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

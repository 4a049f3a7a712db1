/** What was decided, newest first, as far back as anybody scrolls. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { call } from "../../api/client";
import { KINDS, type Conflict, type Kind } from "../../app/waiting";
import { Empty } from "../../parts/Empty";
import { LongList } from "../../parts/LongList";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Entry } from "./Entry";
import { useSearch } from "./search";
import { newestFirst, of } from "./pending";
import { words } from "./words";

const PAGE = 200;

function usePast(kind: Kind) {
  return useInfiniteQuery({
    queryKey: ["conflicts", kind, "all"],
    queryFn: ({ pageParam }) => call<Conflict[]>(KINDS[kind], { query: { state: "all", limit: PAGE, ...pageParam } }),
    initialPageParam: {} as { before?: string; before_id?: string },
    getNextPageParam: (page) => {
      const last = page.at(-1);
      return last && page.length === PAGE ? { before: last.created_at, before_id: last.id } : undefined;
    },
  });
}

type Past = ReturnType<typeof usePast>;

/** The oldest moment down to which a kind is known. */
function known({ data, hasNextPage }: Past): string {
  return hasNextPage ? (data?.pages.at(-1)?.at(-1)?.created_at ?? "") : "";
}

export function Decided() {
  const say = useWords(words);
  const components = usePast("components");
  const clients = usePast("clients");
  const { fits } = useSearch();
  const both = useMemo(() => {
    const from = [known(components), known(clients)].sort().at(-1) ?? "";
    const all = [...of("components", components.data?.pages.flat() ?? []), ...of("clients", clients.data?.pages.flat() ?? [])];
    return newestFirst(all.filter((one) => one.state !== "pending" && one.created_at >= from));
  }, [components, clients]);
  const error = components.error ?? clients.error;
  if (error) return <Wrong error={error} />;
  if (components.isPending || clients.isPending) return <Waiting />;
  const found = both.filter(fits);
  const more = () =>
    [components, clients].forEach((past) => void (past.hasNextPage && !past.isFetchingNextPage && past.fetchNextPage()));
  if (both.length === 0) return <Empty title={say("noneDecided")} remedy={say("noneDecidedRemedy")} />;
  if (found.length === 0) return <Empty title={say("noneFound")} remedy={say("noneFoundRemedy")} />;
  return (
    <LongList
      items={found}
      label={say("decided")}
      idOf={(one) => one.id}
      rowHeight={80}
      height="max(320px, calc(100dvh - 260px))"
      draw={(one) => <Entry one={one} />}
      onEnd={more}
    />
  );
}

import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "react-router";

import { call, type Query } from "../../../api/client";
import { useIsAdministrator } from "../../../app/session";
import { Empty } from "../../../parts/Empty";
import { LongList } from "../../../parts/LongList";
import { State } from "../../../parts/State";
import { Time } from "../../../parts/Time";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import styles from "../Events.module.css";
import type { Decision } from "./decide";
import { Deciding } from "./Deciding";
import { meant, useLetterFilter, type Letter } from "./filter";
import { LetterFilters } from "./LetterFilters";
import { OneLetter } from "./OneLetter";
import { words } from "./words";

const PAGE = 100;

export function Dead() {
  const say = useWords(words);
  const { letter } = useParams();
  const { search } = useLocation();
  const mayDecide = useIsAdministrator();
  const found = useLetterFilter();
  const { filter, state } = found;
  const isFiltered = Object.values(filter).some(Boolean);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useLetters(meant(filter), state);
  const letters = data?.pages.flat() ?? [];
  return (
    <Stack gap="sm">
      <Text size="sm">{say("intro")}</Text>
      <LetterFilters {...found} />
      {!mayDecide && <Text size="sm">{say("onlyAdmin")}</Text>}
      {mayDecide && state === "buried" && letters.length > 0 && <Many filter={meant(filter)} />}
      {error && <Wrong error={error} onRetry={() => void refetch()} />}
      <div className={styles.columns} data-open={Boolean(letter)}>
        <Box className={styles.list ?? ""} miw={0}>
          {!data && !error && <Waiting />}
          {data && !letters.length && <Empty title={say(isFiltered ? "noMatch" : "none")} remedy={say("noneRemedy")} />}
          {letters.length > 0 && (
            <LongList
              items={letters}
              label={say("list")}
              idOf={(one) => one.id}
              rowHeight={62}
              height="max(320px, calc(100dvh - 380px))"
              onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
              draw={(one) => <Line letter={one} to={`/events/dead/${one.id}${search}`} isOpen={one.id === letter} />}
            />
          )}
        </Box>
        {letter && <OneLetter id={letter} listed={`/events/dead${search}`} />}
      </div>
    </Stack>
  );
}

function useLetters(filter: ReturnType<typeof meant>, state: string) {
  return useInfiniteQuery({
    queryKey: ["dead", "list", filter, state],
    queryFn: ({ pageParam }) => call<Letter[]>("/api/dead", { query: { ...filter, state, limit: PAGE, ...pageParam } }),
    initialPageParam: {} as Query,
    getNextPageParam: (page: Letter[]) => {
      const last = page.at(-1);
      return last && page.length === PAGE ? { before: last.sequence, before_id: last.id } : undefined;
    },
  });
}

function Many({ filter }: { filter: ReturnType<typeof meant> }) {
  const say = useWords(words);
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Group gap="xs">
      <Button size="xs" onClick={() => setDecision("retry")}>
        {say("retryAll")}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDecision("discard")}>
        {say("discardAll")}
      </Button>
      {decision && <Deciding decision={decision} chosen={{ filter }} onClose={() => setDecision(null)} />}
    </Group>
  );
}

function Line({ letter, to, isOpen }: { letter: Letter; to: string; isOpen: boolean }) {
  const say = useWords(words);
  return (
    <Link to={to} data-entry className={styles.letter} aria-current={isOpen}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <bdi className={`${styles.cut} ${styles.bad}`} title={letter.error}>
          <strong>{letter.error}</strong>
        </bdi>
        <State is={letter.state} />
      </Group>
      <Text size="sm" truncate>
        {letter.kind} · <bdi>{letter.subject}</bdi> · {say("byGroup", letter.group)} · {say("attempts", letter.attempts)} · <Time at={letter.buried_at} />
      </Text>
    </Link>
  );
}

/** The replays into the log: how far each is, ending one, and beginning one. */

import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { useMay } from "../../../app/session";
import { useLink } from "../../../live/use";
import { Empty } from "../../../parts/Empty";
import { State } from "../../../parts/State";
import { Time } from "../../../parts/Time";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import styles from "../Events.module.css";
import { all, cancel, type Reinjection } from "./ask";
import { Replay } from "./Replay";
import { words } from "./words";

export function Replays() {
  const say = useWords(words);
  const mayBegin = useMay("admin");
  const project = useSearchParams()[0].get("project") ?? undefined;
  const [isBeginning, setBeginning] = useState(false);
  const { replays: stand } = useLink();
  const { data: replays, error, refetch } = useQuery({
    queryKey: ["replays", "list", project, stand],
    queryFn: () => all(project),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const isRunning = replays?.some((one) => one.state === "running") ?? false;
  return (
    <Stack gap="sm">
      <Text size="sm">{say("intro")}</Text>
      {mayBegin ? (
        <Group>
          <Button size="xs" disabled={isRunning} onClick={() => setBeginning(true)}>
            {say("range")}
          </Button>
        </Group>
      ) : (
        <Text size="sm">{say("onlyAdmin")}</Text>
      )}
      {error && <Wrong error={error} onRetry={() => void refetch()} />}
      {!replays && !error && <Waiting />}
      {replays?.length === 0 && <Empty title={say("none")} remedy={say("noneRemedy")} />}
      {replays && replays.length > 0 && (
        <ul aria-label={say("list")} className={styles.plain}>
          {replays.map((one) => (
            <One key={one.id} replay={one} mayCancel={mayBegin} />
          ))}
        </ul>
      )}
      {isBeginning && <Replay chosen={{ project }} onClose={() => setBeginning(false)} />}
    </Stack>
  );
}

function One({ replay, mayCancel }: { replay: Reinjection; mayCancel: boolean }) {
  const say = useWords(words);
  const client = useQueryClient();
  const ending = useMutation({ mutationFn: () => cancel(replay), onSettled: () => client.invalidateQueries({ queryKey: ["replays"] }) });
  const { plan, published, state } = replay;
  const outcomes = Object.entries(replay.outcomes ?? {});
  return (
    <li className={styles.letter}>
      <Group gap="xs">
        <State is={state} />
        <Text size="sm" role={state === "running" ? "status" : undefined}>
          {say("published", published, plan.count)} · <Time at={replay.asked_at} /> · <bdi>{say("askedBy", replay.asked_by)}</bdi>
          {plan.first && ` · #${plan.first.sequence}–#${plan.last?.sequence}`}
        </Text>
        {state === "running" && mayCancel && (
          <Button size="compact-sm" variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
            {say("cancel")}
          </Button>
        )}
      </Group>
      {state === "running" && <Progress value={(100 * published) / Math.max(1, plan.count)} aria-label={say("title")} mt={4} />}
      {outcomes.length > 0 && (
        <Text size="sm">
          {say("cameTo")}: {outcomes.map(([kind, count]) => `${kind} ${count}`).join(", ")}
        </Text>
      )}
      {replay.waits && <Text size="sm">{say("waits", replay.waits)}</Text>}
      {(replay.error || ending.error) && <Wrong error={ending.error ?? new Error(replay.error ?? "")} />}
    </li>
  );
}

/** Replays and audits: what they came to, and starting one. */

import { Box, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { call } from "../../../api/client";
import type { Model } from "../../../api/types";
import { useIsAdministrator } from "../../../app/session";
import { useLink } from "../../../live/use";
import { Empty } from "../../../parts/Empty";
import { State } from "../../../parts/State";
import { Time } from "../../../parts/Time";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import styles from "../Events.module.css";
import { Begin } from "./Begin";
import { Report } from "./Report";
import { words } from "./words";

export type Proof = Model<"Proof">;

export function Proofs() {
  const say = useWords(words);
  const { proof: open } = useParams();
  const mayBegin = useIsAdministrator();
  const { proofs: stand } = useLink();
  const { data: proofs, error, refetch, isPlaceholderData: isBefore } = useQuery({
    queryKey: ["proofs", stand],
    queryFn: () => call<Proof[]>("/api/replay"),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const isRunning = proofs?.some((one) => one.state === "running") ?? false;
  const shown = proofs?.find((one) => one.id === open);
  return (
    <Stack gap="sm">
      <Text size="sm">{say("intro")}</Text>
      {mayBegin ? <Begin isRunning={isRunning} /> : <Text size="sm">{say("onlyAdmin")}</Text>}
      {error && <Wrong error={error} onRetry={() => void refetch()} />}
      {!proofs && !error && <Waiting />}
      {proofs?.length === 0 && !open && <Empty title={say("none")} remedy={say("noneRemedy")} />}
      <div className={styles.columns} data-open={Boolean(open)}>
        {proofs && proofs.length > 0 && <Listed proofs={proofs} open={open} />}
        {shown && <Report proof={shown} />}
        {open && proofs && !shown && !isBefore && <Empty title={open} remedy={say("gone")} />}
      </div>
    </Stack>
  );
}

function Listed({ proofs, open }: { proofs: Proof[]; open: string | undefined }) {
  const say = useWords(words);
  return (
    <Box className={styles.list ?? ""} miw={0}>
      <ul aria-label={say("list")} className={styles.plain}>
        {proofs.map((proof) => (
          <li key={proof.id}>
            <Link to={`/events/proofs/${proof.id}`} data-entry className={styles.letter} aria-current={proof.id === open}>
              <Group gap="xs">
                <strong>{say(proof.kind)}</strong>
                <State is={proof.state} />
                <Text size="sm">
                  <Time at={proof.asked_at} /> · <bdi>{say("askedBy", proof.asked_by)}</bdi>
                  {proof.ended_at && ` · ${say("took", seconds(proof))}`}
                </Text>
              </Group>
            </Link>
          </li>
        ))}
      </ul>
      <Text size="sm" mt="xs">
        {say("kept")}
      </Text>
    </Box>
  );
}

function seconds({ asked_at, ended_at }: Proof): string {
  return ((Date.parse(ended_at ?? asked_at) - Date.parse(asked_at)) / 1000).toFixed(1);
}

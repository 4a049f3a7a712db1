/** What led to an event and what followed from it: all of its story, as a tree. */

import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import styles from "./Events.module.css";
import { patient } from "./fresh";
import { reasonOf } from "./Row";
import { words } from "./words";

type Step = Model<"Step">;

export function Trace({ id }: { id: string }) {
  const say = useWords(words);
  const { data: trace, error, refetch } = useQuery({
    queryKey: ["events", "trace", id],
    queryFn: () => call<Model<"Trace">>(`/api/traces/${id}`),
    ...patient,
  });
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!trace) return <Waiting />;
  const ids = new Set(trace.steps.map((step) => step.id));
  const first = trace.steps.filter((step) => !step.because_of || !ids.has(step.because_of));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {say("ledHere")}
      </Text>
      <Branches of={first} all={trace.steps} present={id} />
      {trace.steps.length === 1 && <Text size="sm">{say("alone")}</Text>}
    </Stack>
  );
}

function Branches({ of, all, present }: { of: Step[]; all: Step[]; present: string }) {
  return (
    <ul className={styles.tree}>
      {of.map((step) => {
        const followed = all.filter((one) => one.because_of === step.id);
        return (
          <li key={step.id}>
            <Told step={step} isPresent={step.id === present} />
            {followed.length > 0 && <Branches of={followed} all={all} present={present} />}
          </li>
        );
      })}
    </ul>
  );
}

function Told({ step, isPresent }: { step: Step; isPresent: boolean }) {
  const say = useWords(words);
  const { search } = useLocation();
  const why = reasonOf(step);
  return (
    <Text size="sm" py={3} component="div">
      <Anchor
        component={Link}
        to={`/events/${step.id}${search}`}
        underline="always"
        inherit
        fw={isPresent ? 700 : 400}
        {...(isPresent ? { "aria-current": "step" } : {})}
      >
        {step.type}
      </Anchor>{" "}
      #{step.sequence} {isPresent && `(${say("thisOne")})`} · {step.by} ·{" "}
      {step.at ? <Time at={step.at} /> : "–"} · {step.after ? say("after", step.after) : say("began")}
      {why && (
        <>
          {" · "}
          <bdi>{why}</bdi>
        </>
      )}
    </Text>
  );
}

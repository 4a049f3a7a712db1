/** The story of a file: who did what, by which rule it was taken so, and what came of it. */

import { Anchor, Code, Stack, Text, Timeline } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Empty } from "../../parts/Empty";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import type { StateName } from "../../parts/words";
import { Wrong } from "../../parts/Wrong";
import { useWords, type Say } from "../../words";
import { words } from "./words";

type Chapter = Model<"Chapter">;

const STATES: Partial<Record<Chapter["outcome"], StateName>> = {
  pending: "pending", accepted: "accepted", unchanged: "unchangedState", rejected: "rejected", buried: "buried",
};

export function Story({ subject, project }: { subject: string; project: string }) {
  const say = useWords(words);
  const { data: chapters, error, refetch } = useQuery({
    queryKey: ["events", "story", project, subject],
    queryFn: () => call<Chapter[]>("/api/replay/story", { query: { subject, project } }),
  });
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!chapters) return <Waiting />;
  if (!chapters.length) return <Empty title={say("noStory")} remedy={say("noArchive")} />;
  return (
    <Timeline bulletSize={12} lineWidth={2} aria-label={say("story")}>
      {[...chapters].reverse().map((chapter) => (
        <Timeline.Item key={chapter.story}>
          <Told chapter={chapter} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Told({ chapter }: { chapter: Chapter }) {
  const say = useWords(words);
  const { version, active, policy, reason, over, says, conflict } = chapter;
  const more = [
    version !== null && say("version", version), active && say("active"), policy && say("policy", policy),
    over && say("over", over.slice(0, 8)), conflict && sides(conflict, say),
  ].filter(Boolean);
  return (
    <Stack gap={2}>
      <Text size="sm" component="div">
        <Time at={chapter.time} /> <bdi><strong>{chapter.actor}</strong></bdi> {say(chapter.did)}{" "}
        {chapter.hash && <Code>{chapter.hash.slice(0, 8)}</Code>} <Outcome of={chapter.outcome} />{" "}
        <Anchor component={Link} to={`/events/${chapter.story}`} underline="always" inherit>
          #{chapter.sequence}
        </Anchor>
      </Text>
      {reason && <Text size="sm"><bdi>{reason}</bdi></Text>}
      {says && <Text size="sm"><bdi>{says}</bdi></Text>}
      {more.length > 0 && <Text size="sm">{more.join(" · ")}</Text>}
    </Stack>
  );
}

function Outcome({ of }: { of: Chapter["outcome"] }) {
  const say = useWords(words);
  const state = STATES[of];
  return state ? <State is={state} /> : <strong>{say(of === "conflict" ? "conflict" : "settled")}</strong>;
}

function sides({ mine, theirs, decision, worker }: NonNullable<Chapter["conflict"]>, say: Say<"mine" | "theirs" | "decision">): string {
  const said = [mine && say("mine", mine.slice(0, 8)), theirs && say("theirs", theirs.slice(0, 8)), decision && say("decision", decision)];
  return [worker, ...said].filter(Boolean).join(", ");
}

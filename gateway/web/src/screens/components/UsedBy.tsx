/** The experiments that used a version. */

import { Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { VERSIONS } from "./api";
import { words } from "./words";

/** Experiments that are named; of more than these the number is said. */
const NAMED = 50, ASKED = 1000;

export function UsedBy({ path, hash }: { path: string; hash: string }) {
  const say = useWords(words);
  const { data, error, refetch } = useQuery({
    queryKey: ["manifests", "users", hash, path],
    queryFn: () => call<Model<"User">[]>(`${VERSIONS}/hash/${hash}/experiments`, { query: { path, limit: ASKED } }),
    refetchOnMount: "always",
  });
  if (!data) return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
  if (!data.length) return <Text>{say("unused")}</Text>;
  return (
    <>
      <List aria-label={say("usedBy")}>
        {data.slice(0, NAMED).map(({ experiment_uid: uid, revision, created_at: at }) => (
          <List.Item key={uid}>
            <Anchor component={Link} to={`/experiments/${encodeURIComponent(uid)}?revision=${revision}`}>
              <bdi>{uid}</bdi>
            </Anchor>{" "}
            <Text span size="sm">
              {say("revision", revision)}, <Time at={at} />
            </Text>
          </List.Item>
        ))}
      </List>
      {data.length > NAMED && <Text size="sm">{say("usedMore", data.length === ASKED ? `${ASKED}+` : data.length, NAMED)}</Text>}
    </>
  );
}

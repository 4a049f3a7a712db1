/** One conflict: both sides by content, what they started from, and the decision. */

import { Anchor, Badge, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "react-router";

import { Missing } from "../../app/Missing";
import { KINDS, type Kind } from "../../app/waiting";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { oneOf, type Detail } from "./ask";
import { Choices } from "./Choices";
import { useForgotten } from "./merge/useDraft";
import { Sides } from "./Sides";
import { useFollowed } from "./pending";
import { words } from "./words";

export function One() {
  const { kind = "", id = "" } = useParams();
  return kind in KINDS ? <Known kind={kind as Kind} id={id} /> : <Missing />;
}

function Known({ kind, id }: { kind: Kind; id: string }) {
  const { data, error, refetch } = useQuery(oneOf(kind, id));
  useFollowed(data && [{ ...data, kind }]);
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return <Shown kind={kind} one={data} />;
}

function Shown({ kind, one }: { kind: Kind; one: Detail }) {
  const say = useWords(words);
  const { search } = useLocation();
  useForgotten(one);
  return (
    <Stack gap="sm">
      <Anchor component={Link} to={{ pathname: "/conflicts", search }} size="sm">
        {say("back")}
      </Anchor>
      <Title order={3} size="h4">
        <bdi>{one.path}</bdi>
      </Title>
      <Group gap="xs">
        <State is={one.state} />
        <Badge variant="default" tt="none">
          {say(kind)}
        </Badge>
        <Text size="sm" component="bdi">
          {one.worker}
        </Text>
        <Text size="sm" component="span">
          {say("since")} <Time at={one.created_at} />
        </Text>
      </Group>
      {one.why && (
        <Text component="bdi" fw={600}>
          {one.why}
        </Text>
      )}
      <div role="status">{one.state !== "pending" && <Settled one={one} />}</div>
      {one.state === "pending" && <Choices one={{ ...one, kind }} detail={one} />}
      <Sides kind={kind} one={one} />
    </Stack>
  );
}

function Settled({ one }: { one: Detail }) {
  const say = useWords(words);
  if (one.state === "superseded") return <Text>{say("supersededNote")}</Text>;
  return (
    <Group gap="xs">
      <Text>{say("decidedBy", one.decided_by ?? say("somebody"))}</Text>
      {one.decided_at && <Time at={one.decided_at} />}
    </Group>
  );
}

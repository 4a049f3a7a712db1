/** One line in full: all that it says, and where it belongs. */

import { Anchor, CloseButton, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { lineOf, type Line } from "./ask";
import { Level } from "./Level";
import { words } from "./words";

interface Props {
  id: string;
  /** The line, where it is in sight. */
  known: Line | undefined;
  onClose: () => void;
}

export function Detail({ id, known, onClose }: Props) {
  const say = useWords(words);
  const asked = useQuery({ ...lineOf(id), enabled: !known });
  const line = known ?? asked.data;
  const isMissing = !known && asked.data === null;
  return (
    <Stack component="section" aria-label={say("detail")} gap="sm">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {say("detail")}
        </Title>
        <CloseButton onClick={onClose} aria-label={say("close")} />
      </Group>
      {asked.error && <Wrong error={asked.error} />}
      {isMissing && <Text>{say("noLine")}</Text>}
      {!line && !isMissing && !asked.error && <Waiting />}
      {line && <Shown line={line} />}
    </Stack>
  );
}

function Shown({ line }: { line: Line }) {
  const say = useWords(words);
  const client = `/clients/${encodeURIComponent(line.client)}`;
  return (
    <>
      <Group gap="sm">
        <Level is={line.level} />
        <Text size="sm">{say(line.type)}</Text>
        <Time at={line.at} />
      </Group>
      <Text style={{ whiteSpace: "pre-wrap" }} component="bdi">
        {line.message}
      </Text>
      {line.element && (
        <Text size="sm" component="div">
          {say("element")}:{" "}
          <Anchor component={Link} to={`/logs?element=${encodeURIComponent(line.element)}`} size="sm" underline="always">
            <bdi>{line.element}</bdi>
          </Anchor>
        </Text>
      )}
      <Group gap="sm">
        <Anchor component={Link} to={client} size="sm">
          {say("toClient", line.client)}
        </Anchor>
        <Anchor component={Link} to={`${client}?view=syncs&session=${line.session}`} size="sm">
          {say("toSession")}
        </Anchor>
      </Group>
      {Object.keys(line.payload).length > 0 && (
        <Code block tabIndex={0} aria-label={say("payload")} style={{ whiteSpace: "pre-wrap", maxHeight: "50vh" }}>
          {JSON.stringify(line.payload, null, 2)}
        </Code>
      )}
    </>
  );
}

/** What a proof came to: whether it holds first, then each difference, then how much was looked at. */

import { Alert, Anchor, Button, Code, Group, Stack, Table, Text, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "react-router";

import { Json } from "../../../parts/Json";
import { State } from "../../../parts/State";
import { useWords } from "../../../words";
import type { Proof } from "./Proofs";
import { words } from "./words";

const FIGURES = [
  "events", "derived", "rows", "underway", "spare", "chains", "checkpoints", "unsigned", "seconds",
] as const;

/** What `headrace replay --verify --json` and `headrace audit verify --json` print. */
type Found = Partial<Record<(typeof FIGURES)[number], number>> & {
  differences?: Difference[];
  finding?: { crime: string; says: string; topic: string; partition: number; offset: number; seq: number; id: string | null } | null;
  broken?: { number: number; says: string } | null;
};

interface Difference {
  what: string;
  was: string;
  now: string;
  event: string | null;
  subject: string;
}

export function Report({ proof }: { proof: Proof }) {
  const say = useWords(words);
  const found = proof.report as Found | null;
  return (
    <Stack component="section" aria-label={say("report")} gap="sm" miw={0}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs">
          <Title order={3} size="h4">
            {say(proof.kind)}
          </Title>
          <State is={proof.state} />
        </Group>
        <Button component={Link} to="/events/proofs" size="compact-sm" variant="default" leftSection={<IconX size={14} aria-hidden />}>
          {say("close")}
        </Button>
      </Group>
      {proof.state === "running" && <Text role="status">{say("running")}</Text>}
      {proof.error && (
        <Alert color="red" variant="outline" title={say("failed")}>
          <bdi>{proof.error}</bdi>
        </Alert>
      )}
      {found && <Verdict proof={proof} found={found} />}
    </Stack>
  );
}

function Verdict({ proof, found }: { proof: Proof; found: Found }) {
  const say = useWords(words);
  const isReplay = proof.kind === "replay";
  const verdict = proof.state === "holds" ? say(isReplay ? "identical" : "whole") : say(isReplay ? "different" : "broken");
  return (
    <>
      <Text fw={600}>{verdict}</Text>
      {found.broken && <Text>{say("checkpoint", found.broken.number, found.broken.says)}</Text>}
      {found.finding && (
        <Text>
          {say("brokenAt", found.finding.seq, `${found.finding.crime}: ${found.finding.says}`)}{" "}
          <Code>{`${found.finding.topic}/${found.finding.partition}@${found.finding.offset}`}</Code>
        </Text>
      )}
      {found.differences && found.differences.length > 0 && <Text>{say("found", found.differences.length)}</Text>}
      {found.differences?.map((one, place) => <Differs key={place} one={one} />)}
      <Table verticalSpacing={2}>
        <Table.Tbody>
          {FIGURES.filter((name) => found[name] !== undefined).map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{say(name)}</Table.Th>
              <Table.Td>{found[name]?.toLocaleString()}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Json label={say("data")} data={proof.report} />
    </>
  );
}

function Differs({ one }: { one: Difference }) {
  const say = useWords(words);
  const facts = [["what", one.what], ["subject", one.subject], ["was", one.was], ["now", one.now]] as const;
  return (
    <Stack gap={2} p="xs" style={{ border: "1px solid var(--mantine-color-default-border)" }}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <Text key={name} size="sm">
            <strong>{say(name)}</strong> <bdi>{value}</bdi>
          </Text>
        ))}
      {one.event && (
        <Anchor component={Link} to={`/events/${one.event}?view=trace`} size="sm" underline="always">
          {say("openEvent")}
        </Anchor>
      )}
    </Stack>
  );
}

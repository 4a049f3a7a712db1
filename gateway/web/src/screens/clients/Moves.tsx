/** An element's history: any two steps against each other, and back to any of them. */

import { Button, Group, NativeSelect, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../app/session";
import { Diff } from "../../parts/Diff";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { movesOf, type Element, type Move } from "./ask";
import { RollBack } from "./RollBack";
import { words } from "./words";

export function Moves({ element }: { element: Element }) {
  const say = useWords(words);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(movesOf(element.path));
  const may = useMay("user");
  const [asked, ask] = useState<Move | null>(null);
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const moves = data.pages.flat();
  return (
    <Stack gap="sm" component="section">
      <Title order={5} size="h6">
        {say("history")}
      </Title>
      <RollBack element={element} to={asked} onClose={() => ask(null)} />
      <Table.ScrollContainer minWidth={300} mah="40vh" scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say("step")}</Table.Th>
              <Table.Th>{say("when")}</Table.Th>
              <Table.Th>{say("who")}</Table.Th>
              <Table.Th>{say("why")}</Table.Th>
              {may && <Table.Th>{say("backHere")}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {moves.map((one) => (
              <Table.Tr key={one.move}>
                <Table.Td>{stepOf(one, say)}</Table.Td>
                <Table.Td>
                  <Time at={one.at} />
                </Table.Td>
                <Table.Td>
                  <bdi>{one.author}</bdi>
                </Table.Td>
                <Table.Td>{one.reason}</Table.Td>
                {may && (
                  <Table.Td>
                    {one.hash !== element.hash && (
                      <Button size="compact-sm" variant="default" onClick={() => ask(one)}>
                        {say("rollBackTo", stepOf(one, say))}
                      </Button>
                    )}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {say("older")}
        </Button>
      )}
      {moves.length > 1 && <Compared moves={moves} />}
    </Stack>
  );
}

function Compared({ moves }: { moves: readonly Move[] }) {
  const say = useWords(words);
  const [from, setFrom] = useState(moves[1]?.move);
  const [to, setTo] = useState(moves[0]?.move);
  const [before, after] = [from, to].map((number) => moves.find((one) => one.move === number));
  const steps = moves.map((one) => ({ value: String(one.move), label: stepOf(one, say) }));
  if (!before || !after) return <Text>{say("noSuchElement")}</Text>;
  return (
    <>
      <Group gap="sm">
        <NativeSelect label={say("from")} data={steps} value={from} onChange={(event) => setFrom(Number(event.currentTarget.value))} />
        <NativeSelect label={say("to")} data={steps} value={to} onChange={(event) => setTo(Number(event.currentTarget.value))} />
      </Group>
      <Diff
        before={before.content ?? ""}
        after={after.content ?? ""}
        beforeName={stepOf(before, say)}
        afterName={stepOf(after, say)}
        language="json"
      />
    </>
  );
}

/** "3: version 2", or that it was removed. */
function stepOf(one: Move, say: (name: "version" | "removal", ...values: number[]) => string): string {
  return one.version === null ? say("removal", one.move) : say("version", one.move, one.version);
}

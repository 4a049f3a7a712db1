import { ScrollArea, Table, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { State } from "../../parts/State";
import { useWords } from "../../words";
import { Card } from "./Card";
import { short } from "./rates";
import { stateOf, type Group } from "./status";
import { words } from "./words";

export function Groups({ groups }: { groups: Group[] }) {
  const say = useWords(words);
  const trends = useTrends(groups);
  return (
    <Card title={say("groups")}>
      {!groups.length && <Text>{say("noGroups")}</Text>}
      {groups.length > 0 && (
        <ScrollArea viewportProps={{ tabIndex: 0 }}>
          <Table verticalSpacing={4} style={{ whiteSpace: "nowrap" }}>
            <Table.Thead>
              <Table.Tr>
                {(["group", "state", "lag", "trend", "oldest", "pace", "held", "dead", "workers"] as const).map((name) => (
                  <Table.Th key={name} scope="col">{say(name)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {groups.map((one) => (
                <Table.Tr key={one.group}>
                  <Table.Th scope="row">{one.group}</Table.Th>
                  <Table.Td><State is={stateOf(one)} /></Table.Td>
                  <Table.Td>{one.lag}</Table.Td>
                  <Table.Td>{say(trends.get(one.group) ?? "steady")}</Table.Td>
                  <Table.Td>{one.oldest === null ? "–" : say("secondsOld", one.oldest.toFixed(1))}</Table.Td>
                  <Table.Td>{one.rate === null ? "–" : say("rateNow", short(one.rate))}</Table.Td>
                  <Table.Td>{one.held}</Table.Td>
                  <Table.Td>{one.dead}</Table.Td>
                  <Table.Td>{one.workers.length}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Card>
  );
}

type Trend = "growing" | "shrinking" | "steady";

/** Whether each group's backlog has grown since the last answer. */
function useTrends(groups: Group[]): Map<string, Trend> {
  const before = useRef(new Map<string, number>());
  const [trends, setTrends] = useState(new Map<string, Trend>());
  useEffect(() => {
    setTrends(
      new Map(
        groups.map(({ group, lag }) => {
          const more = lag - (before.current.get(group) ?? lag);
          return [group, more > 0 ? "growing" : more < 0 ? "shrinking" : "steady"];
        }),
      ),
    );
    before.current = new Map(groups.map(({ group, lag }) => [group, lag]));
  }, [groups]);
  return trends;
}

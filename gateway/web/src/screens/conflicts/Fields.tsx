/** In which fields the two sides of a configuration differ. */

import { Code, Table, Text, Title } from "@mantine/core";
import { useMemo } from "react";

import { useWords } from "../../words";
import type { Detail } from "./ask";
import { useNames } from "./names";
import { words } from "./words";

type Side = Record<string, unknown>;

export function Fields({ one }: { one: Detail }) {
  const say = useWords(words);
  const names = useNames("clients", one);
  const { ours, theirs, differing } = useMemo(() => {
    const [ours, theirs] = [parsed(one.server_content), parsed(one.local_content)];
    const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
    return { ours, theirs, differing: fields.filter((name) => said(ours[name]) !== said(theirs[name])) };
  }, [one.server_content, one.local_content]);
  if (differing.length === 0) return null;
  return (
    <section aria-labelledby="fields">
      <Title order={4} size="h5" id="fields">
        {say("fields")}
      </Title>
      <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="25%">{say("field")}</Table.Th>
              <Table.Th>{names.ours}</Table.Th>
              <Table.Th>{names.theirs}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {differing.map((name) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">
                  <bdi>{name}</bdi>
                </Table.Th>
                <Table.Td>
                  <Value of={ours[name]} />
                </Table.Td>
                <Table.Td>
                  <Value of={theirs[name]} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

export function Value({ of }: { of: unknown }) {
  const say = useWords(words);
  if (of === undefined) return <Text size="sm">{say("absent")}</Text>;
  return (
    <Code block style={{ whiteSpace: "pre-wrap" }}>
      {typeof of === "string" ? of : said(of)}
    </Code>
  );
}

function parsed(content: string | null): Side {
  return content === null ? {} : (JSON.parse(content) as Side);
}

function said(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

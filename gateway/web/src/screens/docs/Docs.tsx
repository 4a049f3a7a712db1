import { Accordion, Badge, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { text } from "../../api/client";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Described } from "./Described";
import { operationsOf, type Document, type Operation } from "./document";
import { words } from "./words";

export default function Docs() {
  const say = useWords(words);
  const [filters, setFilters] = useSearchParams();
  const { data: api, error } = useQuery({
    queryKey: ["openapi"],
    queryFn: async () => JSON.parse(await text("/api/openapi.json")) as Document,
  });
  if (error) return <Wrong error={error} />;
  if (!api) return <Waiting />;
  const wanted = filters.get("q") ?? "";
  const found = operationsOf(api).filter((one) => matches(one, wanted.toLowerCase()));
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>{say("title")}</Title>
        <Text size="sm">
          {api.info.version}, OpenAPI {api.openapi}, <a href="/api/openapi.json">openapi.json</a>
        </Text>
      </Group>
      <TextInput
        data-search
        type="search"
        aria-label={say("search")}
        placeholder={say("search")}
        value={wanted}
        onChange={(event) => setFilters(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })}
      />
      {found.length === 0 && <Text>{say("none")}</Text>}
      <Accordion variant="separated" multiple order={3}>
        {found.map((one) => (
          <Accordion.Item key={one.operationId} value={one.operationId}>
            <Accordion.Control data-entry>
              <Heading operation={one} />
            </Accordion.Control>
            <Accordion.Panel>
              <Described operation={one} schemas={api.components.schemas} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

function Heading({ operation }: { operation: Operation }) {
  const say = useWords(words);
  return (
    <Group gap="xs">
      <Badge variant="outline">{operation.method}</Badge>
      <Code>{operation.path}</Code>
      <Text size="sm">{operation.summary}</Text>
      <Text size="sm">({say("role", operation["x-role"])})</Text>
    </Group>
  );
}

function matches({ path, method, summary, tags }: Operation, wanted: string): boolean {
  return [path, method, summary, ...tags].some((one) => one.toLowerCase().includes(wanted));
}

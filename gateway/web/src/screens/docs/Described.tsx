/** One operation: what it takes, what it answers, and a form to try it. */

import { Button, Code, Group, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useWords } from "../../words";
import { example, resolved, target, type Operation, type Shape } from "./document";
import { words } from "./words";

interface Props {
  operation: Operation;
  schemas: Record<string, Shape>;
}

export function Described({ operation, schemas }: Props) {
  const say = useWords(words);
  const body = operation.requestBody?.content["application/json"]?.schema;
  return (
    <Stack gap="sm">
      {operation.parameters.length > 0 && <Parameters operation={operation} />}
      {body && (
        <>
          <Text fw={600}>{say("body")}</Text>
          <Json value={resolved(body, schemas)} label={say("body")} />
        </>
      )}
      {Object.entries(operation.responses).map(([status, { description, content }]) => {
        const shape = content?.["application/json"]?.schema;
        return (
          <div key={status}>
            <Text size="sm">
              <Code>{status}</Code> {description}
            </Text>
            {shape && Number(status) < 300 && <Json value={resolved(shape, schemas)} label={`${say("answer")} ${status}`} />}
          </div>
        );
      })}
      <Trial operation={operation} body={body ? example(body, schemas) : null} />
    </Stack>
  );
}

function Parameters({ operation }: { operation: Operation }) {
  const say = useWords(words);
  return (
    <Table aria-label={say("parameters")}>
      <Table.Tbody>
        {operation.parameters.map((one) => (
          <Table.Tr key={one.name}>
            <Table.Td>
              <Code>{one.name}</Code>
            </Table.Td>
            <Table.Td>{[one.in, one.required && say("required")].filter(Boolean).join(", ")}</Table.Td>
            <Table.Td>{[one.schema.type, one.schema.description].filter(Boolean).join(", ")}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <Code block tabIndex={0} aria-label={label} mah={300} style={{ overflow: "auto" }}>
      {JSON.stringify(value, null, 2)}
    </Code>
  );
}

function Trial({ operation, body }: { operation: Operation; body: string | null }) {
  const say = useWords(words);
  const [values, setValues] = useState<Record<string, string>>({});
  const [sent, setSent] = useState(body ?? "");
  const asking = useMutation({ mutationFn: () => ask(operation, values, body === null ? null : sent) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <Group align="flex-end" gap="xs">
        {operation.parameters.map(({ name, required }) => (
          <TextInput
            key={name}
            label={name}
            required={required ?? false}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        {body !== null && (
          <Textarea label={say("body")} autosize value={sent} onChange={(event) => setSent(event.currentTarget.value)} w="100%" />
        )}
        <Button type="submit" variant="default" loading={asking.isPending}>
          {say("tryIt")}
        </Button>
      </Group>
      <div role="status">
        {asking.data !== undefined && (
          <Code block tabIndex={0} mt="xs" mah={400} style={{ overflow: "auto" }}>
            {asking.data}
          </Code>
        )}
      </div>
    </form>
  );
}

async function ask(operation: Operation, values: Record<string, string>, body: string | null): Promise<string> {
  const response = await fetch(target(operation, values), { method: operation.method, body }).catch(String);
  if (typeof response === "string") return response;
  const said = await response.text();
  return `${response.status} ${response.statusText}\n${indented(said)}`;
}

function indented(said: string): string {
  try {
    return JSON.stringify(JSON.parse(said), null, 2);
  } catch {
    return said;
  }
}

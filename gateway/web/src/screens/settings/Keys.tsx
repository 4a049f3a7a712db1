/** API keys: for watchers, programs, people. */

import { Alert, Button, Code, CopyButton, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { words as shared } from "../../parts/words";
import { NameCell, WideTable } from "../../parts/WideTable";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { NewKey } from "./NewKey";
import { words } from "./words";

type Key = Model<"Key">;

const PATH = "/api/v1/keys";

export function Keys() {
  const say = useWords(words);
  const client = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const [made, setMade] = useState("");
  const { data: keys, error } = useQuery({ queryKey: ["keys"], queryFn: () => call<Key[]>(PATH) });
  const again = () => client.invalidateQueries({ queryKey: ["keys"] });
  if (error) return <Wrong error={error} onRetry={() => void again()} />;
  if (!keys) return <Waiting />;
  return (
    <Stack>
      <Group>
        <Button onClick={() => setIsAdding(true)}>{say("addKey")}</Button>
      </Group>
      {made && <Secret secret={made} />}
      {keys.length === 0 ? (
        <Empty title={say("noKeys")} remedy={say("noKeysRemedy")} />
      ) : (
        <WideTable
          label={say("keys")}
          minWidth={700}
          columns={(["name", "owner", "role", "projects", "created", "lastUsed", "expires", "acts"] as const).map((name) => say(name))}
        >
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <NameCell>{key.name}</NameCell>
              <NameCell>{key.owner ?? key.created_by}</NameCell>
              <Table.Td>{key.role}</Table.Td>
              <NameCell>{key.projects?.join(", ") ?? say("everywhere")}</NameCell>
              <Table.Td>
                <Time at={key.created_at} />
              </Table.Td>
              <Table.Td>{key.last_used_at ? <Time at={key.last_used_at} /> : say("never")}</Table.Td>
              <Table.Td>{key.expires_at ? <Time at={key.expires_at} /> : say("never")}</Table.Td>
              <Table.Td>
                <Button size="xs" variant="default" aria-label={say("revoke", key.name)} onClick={() => setRevoked(key)}>
                  {say("revokeShort")}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      )}
      {isAdding && (
        <NewKey
          onClose={() => setIsAdding(false)}
          onMade={async (secret) => {
            setMade(secret);
            await again();
          }}
        />
      )}
      {revoked && (
        <Confirm
          title={say("revoke", revoked.name)}
          action={say("revoke", revoked.name)}
          isDangerous
          onClose={() => setRevoked(null)}
          onConfirm={async () => {
            await call(`${PATH}/${revoked.id}`, { method: "DELETE" });
            await again();
          }}
        >
          <Text>{say("revokeSays")}</Text>
        </Confirm>
      )}
    </Stack>
  );
}

function Secret({ secret }: { secret: string }) {
  const say = useWords(words);
  const sayShared = useWords(shared);
  return (
    <Alert variant="outline" role="status" title={say("secretSays")}>
      <Group>
        <Code data-testid="secret">{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {sayShared(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}

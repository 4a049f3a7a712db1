/** Who may log in, and what they may do. */

import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { WideTable } from "../../parts/WideTable";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { NewUser } from "./NewUser";
import { shownRoles } from "./roles";
import { words } from "./words";

type User = Model<"User">;
type Asked = { user: User; what: "disable" | "remove" } | null;

const PATH = "/api/v1/users";

export function Users() {
  const say = useWords(words);
  const client = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Asked>(null);
  const { data: users, error } = useQuery({ queryKey: ["users"], queryFn: () => call<User[]>(PATH) });
  const again = () => client.invalidateQueries({ queryKey: ["users"] });
  const set = async (user: User, disabled: boolean) => {
    await call(`${PATH}/${user.username}`, { method: "PATCH", body: { disabled } });
    await again();
  };
  if (error) return <Wrong error={error} onRetry={() => void again()} />;
  if (!users) return <Waiting />;
  return (
    <Stack>
      <Group>
        <Button onClick={() => setIsAdding(true)}>{say("addUser")}</Button>
      </Group>
      {users.length === 0 ? (
        <Empty title={say("noUsers")} remedy={say("noUsersRemedy")} />
      ) : (
        <WideTable
          label={say("users")}
          minWidth={640}
          columns={(["name", "projects", "lastLogin", "state", "acts"] as const).map((name) => say(name))}
        >
          {users.map((user) => (
            <Table.Tr key={user.username}>
              <Table.Td>{user.username}</Table.Td>
              <Table.Td>{shownRoles(user.role, user.projects, say("everywhere")) || say("none")}</Table.Td>
              <Table.Td>{user.last_login_at ? <Time at={user.last_login_at} /> : say("never")}</Table.Td>
              <Table.Td>
                <State is={user.disabled ? "off" : "active"} />
              </Table.Td>
              <Table.Td>
                <Group gap="xs">
                  {user.disabled ? (
                    <Button size="xs" variant="default" onClick={() => void set(user, false)}>
                      {say("enable", user.username)}
                    </Button>
                  ) : (
                    <Button size="xs" variant="default" onClick={() => setAsked({ user, what: "disable" })}>
                      {say("disable", user.username)}
                    </Button>
                  )}
                  <Button size="xs" variant="default" onClick={() => setAsked({ user, what: "remove" })}>
                    {say("remove", user.username)}
                  </Button>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      )}
      {isAdding && <NewUser onClose={() => setIsAdding(false)} onAdded={again} />}
      {asked && (
        <Confirm
          title={say(asked.what, asked.user.username)}
          action={say(asked.what, asked.user.username)}
          isDangerous
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            if (asked.what === "disable") await set(asked.user, true);
            else await call(`${PATH}/${asked.user.username}`, { method: "DELETE" });
            await again();
          }}
        >
          <Text>{say(asked.what === "disable" ? "disableSays" : "removeSays", asked.user.username)}</Text>
        </Confirm>
      )}
    </Stack>
  );
}

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
import { NameCell, WideTable } from "../../parts/WideTable";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { ChangeUser } from "./ChangeUser";
import { NewUser } from "./NewUser";
import { shownRoles } from "./roles";
import { words } from "./words";

type User = Model<"User">;
type Act = "change" | "disable" | "enable" | "remove";
type Asked = { user: User; what: Act } | null;

const PATH = "/api/v1/users";
/** What each act is called, in full and in its row, and what it does. */
const ACTS = {
  change: { name: "changeUser", short: "changeShort", says: "changeSays" },
  disable: { name: "disable", short: "disableShort", says: "disableSays" },
  enable: { name: "enable", short: "enableShort", says: "enableSays" },
  remove: { name: "remove", short: "removeShort", says: "removeSays" },
} as const;

export function Users() {
  const say = useWords(words);
  const client = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Asked>(null);
  const { data: users, error } = useQuery({ queryKey: ["users"], queryFn: () => call<User[]>(PATH) });
  const again = () => client.invalidateQueries({ queryKey: ["users"] });
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
              <NameCell>{user.username}</NameCell>
              <NameCell>{shownRoles(user.role, user.projects, say("everywhere")) || say("none")}</NameCell>
              <Table.Td>{user.last_login_at ? <Time at={user.last_login_at} /> : say("never")}</Table.Td>
              <Table.Td>
                <State is={user.disabled ? "off" : "active"} />
              </Table.Td>
              <Table.Td>
                <Group gap="xs">
                  {(["change", user.disabled ? "enable" : "disable", "remove"] as const).map((what) => (
                    <Button
                      key={what}
                      size="xs"
                      variant="default"
                      aria-label={say(ACTS[what].name, user.username)}
                      onClick={() => setAsked({ user, what })}
                    >
                      {say(ACTS[what].short)}
                    </Button>
                  ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      )}
      {isAdding && <NewUser onClose={() => setIsAdding(false)} onAdded={again} />}
      {asked?.what === "change" && <ChangeUser user={asked.user} onClose={() => setAsked(null)} onChanged={again} />}
      {asked && asked.what !== "change" && <Sure user={asked.user} what={asked.what} onClose={() => setAsked(null)} onDone={again} />}
    </Stack>
  );
}

interface SureProps {
  user: User;
  what: Exclude<Act, "change">;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

function Sure({ user, what, onClose, onDone }: SureProps) {
  const say = useWords(words);
  const { name, says } = ACTS[what];
  const act = async () => {
    const request = what === "remove" ? { method: "DELETE" } : { method: "PATCH", body: { disabled: what === "disable" } };
    await call(`${PATH}/${user.username}`, request);
    await onDone();
  };
  return (
    <Confirm title={say(name, user.username)} action={say(name, user.username)} isDangerous={what !== "enable"} onClose={onClose} onConfirm={act}>
      <Text>{say(says, user.username)}</Text>
    </Confirm>
  );
}

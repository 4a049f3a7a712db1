/** Asks the machines to sync. It is done when the machine of each takes it up, and that is said. */

import { Button, List, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { trigger, type Client } from "./ask";
import { Foreseen } from "./Foreseen";
import { words } from "./words";

export function SyncNow({ clients, isAll = false }: { clients: readonly Client[]; isAll?: boolean }) {
  const say = useWords(words);
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const only = isAll ? undefined : clients[0];
  const action = isAll ? say("syncAll", clients.length) : say("syncNow");
  const ask = async () => {
    await trigger(clients.map((one) => one.name));
    await client.invalidateQueries({ queryKey: ["sync"] });
  };
  return (
    <>
      <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {action}
      </Button>
      {isAsking && (
        <Confirm title={action} action={action} onConfirm={ask} onClose={() => setAsking(false)} size={isAll ? "lg" : "70rem"}>
          <Text>{say("syncEffect")}</Text>
          {only && <Foreseen client={only} />}
          <List size="sm" mah="40vh" style={{ overflow: "auto" }} tabIndex={0} aria-label={action}>
            {clients.map((one) => (
              <List.Item key={one.id}>
                <bdi>{one.name}</bdi>
              </List.Item>
            ))}
          </List>
        </Confirm>
      )}
    </>
  );
}

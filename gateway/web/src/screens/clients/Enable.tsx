/** Whether a client takes part; what follows is said before it is done. */

import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { settle, type Client } from "./ask";
import { words } from "./words";

export function Enable({ client }: { client: Client }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const { enabled } = client.settings;
  const action = enabled ? say("disable") : say("enable");
  const change = async () => {
    await settle(client.name, { ...client.settings, enabled: !enabled });
    await queries.invalidateQueries({ queryKey: ["sync"] });
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {action}
      </Button>
      {isAsking && (
        <Confirm title={`${action}: ${client.name}`} action={action} onConfirm={change} onClose={() => setAsking(false)} isDangerous={enabled}>
          <Text>{enabled ? say("disableEffect", client.title) : say("enableEffect", client.title)}</Text>
        </Confirm>
      )}
    </>
  );
}

/** Takes a client that is gone out of the list; what that means is said before it is done. */

import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { everyClient, forget, type Client } from "./ask";
import { words } from "./words";

export function Forget({ client }: { client: Client }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const go = async () => {
    await forget(client.name);
    await queries.invalidateQueries({ queryKey: everyClient.queryKey, exact: true });
    await navigate("/clients");
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {say("forget")}
      </Button>
      {isAsking && (
        <Confirm title={`${say("forget")}: ${client.name}`} action={say("forget")} onConfirm={go} onClose={() => setAsking(false)} isDangerous>
          <Text>{say("forgetEffect", client.title)}</Text>
        </Confirm>
      )}
    </>
  );
}

/** What a client cannot say of the common configuration. */

import { List, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useWords } from "../../words";
import { sessionOf } from "./ask";
import { words } from "./words";

export function Losses({ session }: { session: string }) {
  const say = useWords(words);
  const { data } = useQuery(sessionOf(session));
  const losses = data?.events.filter((one) => one.type === "loss") ?? [];
  if (losses.length === 0) return null;
  return (
    <section aria-labelledby="losses">
      <Title order={4} size="h5" id="losses" mt="md">
        {say("lost")}
      </Title>
      <List size="sm">
        {losses.map((one) => (
          <List.Item key={one.id}>
            <bdi>{one.element}</bdi>: <bdi>{one.message}</bdi>
          </List.Item>
        ))}
      </List>
    </section>
  );
}

/** What a client is kept to: on one side its files and the elements, on the other the chosen element. */

import { Grid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { Empty } from "../../parts/Empty";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { elementsOf, type Client } from "./ask";
import { Element } from "./Element";
import { Losses } from "./Losses";
import { Tree } from "./Tree";
import { words } from "./words";

export function Configuration({ client }: { client: Client }) {
  const say = useWords(words);
  const [query] = useSearchParams();
  const { data, error, refetch } = useQuery(elementsOf(client.scope));
  if (error) return <Wrong error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const path = query.get("element");
  const chosen = data.find((one) => one.path === path);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Tree elements={data} chosen={path} files={client.last?.summary.files ?? []} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        {data.length === 0 && <Empty title={say("noElements")} remedy={say("noElementsRemedy")} />}
        {chosen && <Element key={chosen.path} element={chosen} />}
        {path && !chosen && <Text>{say("noSuchElement")}</Text>}
        {!path && data.length > 0 && <Text>{say("chooseElement")}</Text>}
        {client.last && !path && <Losses session={client.last.id} />}
      </Grid.Col>
    </Grid>
  );
}

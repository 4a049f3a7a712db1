/** Two experiments: the components in which they differ. */

import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";

import { Empty } from "../../parts/Empty";
import { save } from "../../parts/save";
import { Waiting } from "../../parts/Waiting";
import { useWords } from "../../words";
import { useAsked } from "./address";
import { comparisonOf, placeOf, useDifferences } from "./api";
import { Trouble } from "./Experiment";
import { Files } from "./Files";
import { words } from "./words";

export function Compared({ uid, other }: { uid: string; other: string }) {
  const say = useWords(words);
  const { data, error, refetch } = useDifferences(uid, other);
  const [open, setOpen] = useAsked("open");
  const pairs = data?.map(({ path, from_hash: before, to_hash: after }) => ({ path, before, after }));
  return (
    <Stack component="section" aria-label={say("comparison")} gap="md">
      <Anchor component={Link} to="/experiments">
        {say("all")}
      </Anchor>
      <Title order={3} size="h4">
        <Anchor component={Link} to={placeOf(uid)} inherit>
          <bdi>{uid}</bdi>
        </Anchor>
        {" → "}
        <Anchor component={Link} to={placeOf(other)} inherit>
          <bdi>{other}</bdi>
        </Anchor>
      </Title>
      {!pairs && (error ? <Trouble error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {pairs && (
        <>
          <Group>
            <Text role="status">{say("differ", pairs.length)}</Text>
            <Button component={Link} to={comparisonOf(other, uid)} variant="default" size="xs">
              {say("swap")}
            </Button>
            <Button
              variant="default"
              size="xs"
              disabled={!pairs.length}
              onClick={() => save("differences.json", JSON.stringify(data, null, 2), "application/json")}
            >
              {say("downloadList")}
            </Button>
          </Group>
          {pairs.length ? (
            <Files pairs={pairs} label={say("differences")} beforeName={uid} afterName={other} open={open} onOpen={setOpen} />
          ) : (
            <Empty title={say("noDifference")} remedy={say("noDifferenceRemedy")} />
          )}
        </>
      )}
    </Stack>
  );
}

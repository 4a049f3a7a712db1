/** A one-time link that is no good any more: why, and where another comes from. */

import { Alert, Anchor, Code, Text } from "@mantine/core";
import { Link } from "react-router";

import { Empty } from "../../parts/Empty";
import { useWords } from "../../words";
import { words } from "./words";

/** Where the server leads those who follow one. */
export const SPENT_LINK = "/login-link";

/** For whoever is not logged in: above the other ways to do so. */
export function LinkRefused() {
  const say = useWords(words);
  return (
    <Alert color="red" variant="outline" title={say("spent")}>
      <Text size="sm">
        {say("another")} <Code>headrace login-link</Code>
      </Text>
    </Alert>
  );
}

/** For whoever is logged in all the same. */
export function SpentLink() {
  const say = useWords(words);
  const remedy = (
    <>
      {say("inAlready")} {say("another")} <Code>headrace login-link</Code>
    </>
  );
  return (
    <Empty title={say("spent")} remedy={remedy}>
      <Anchor component={Link} to="/" underline="always">
        {say("goOn")}
      </Anchor>
    </Empty>
  );
}

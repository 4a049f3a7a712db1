import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { Empty } from "../parts/Empty";
import { useWords } from "../words";
import { words } from "./words";

export function Missing() {
  const say = useWords(words);
  return (
    <Empty title={say("noPage")} remedy={say("noPageRemedy")}>
      <Anchor component={Link} to="/">
        {say("back")}
      </Anchor>
    </Empty>
  );
}

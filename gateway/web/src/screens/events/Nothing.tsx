import { Button, Group } from "@mantine/core";

import { Empty } from "../../parts/Empty";
import { useWords } from "../../words";
import type { Found } from "./filter";
import { words } from "./words";

/** Why no event is shown, and what would find some. */
export function Nothing({ filter, change, lookedTo }: Pick<Found, "filter" | "change"> & { lookedTo: number }) {
  const say = useWords(words);
  if (!Object.values(filter).some(Boolean)) return <Empty title={say("none")} remedy={say("noneRemedy")} />;
  const narrow = (["type", "subject"] as const).filter((name) => filter[name] && !filter[name].includes("*"));
  return (
    <Empty title={lookedTo ? say("noMatchYet", lookedTo) : say("noMatch")} remedy={say("noMatchRemedy")}>
      <Group gap="xs">
        {narrow.map((name) => (
          <Button key={name} size="xs" variant="default" onClick={() => change({ [name]: `*${filter[name]}*` })}>
            {say("widen", `*${filter[name]}*`)}
          </Button>
        ))}
      </Group>
    </Empty>
  );
}

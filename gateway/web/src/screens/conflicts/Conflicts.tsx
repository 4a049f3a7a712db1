import { Stack, Title } from "@mantine/core";
import { Route, Routes } from "react-router";

import { words as sections } from "../../app/words";
import { useWords } from "../../words";
import { Decided } from "./Decided";
import { One } from "./One";
import { Views } from "./Views";
import { Waits } from "./Waits";

export default function Conflicts() {
  const say = useWords(sections);
  return (
    <Stack>
      <Title order={2}>{say("conflicts")}</Title>
      <Routes>
        <Route element={<Views />}>
          <Route index element={<Waits />} />
          <Route path="decided" element={<Decided />} />
        </Route>
        <Route path=":kind/:id" element={<One />} />
      </Routes>
    </Stack>
  );
}

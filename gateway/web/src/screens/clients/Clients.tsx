import { Stack, Title } from "@mantine/core";
import { Route, Routes } from "react-router";

import { words as sections } from "../../app/words";
import { useWords } from "../../words";
import { One } from "./One";
import { PolicyEditor } from "./policy/PolicyEditor";
import { Tiles } from "./Tiles";

export default function Clients() {
  const say = useWords(sections);
  return (
    <Stack>
      <Title order={2}>{say("clients")}</Title>
      <Routes>
        <Route index element={<Tiles />} />
        <Route path="policy/:scope" element={<PolicyEditor />} />
        <Route path=":name" element={<One />} />
      </Routes>
    </Stack>
  );
}

import { Stack, Tabs, Title } from "@mantine/core";
import { Outlet, Route, Routes, useLocation, useNavigate } from "react-router";

import { words as sections } from "../../app/words";
import { useWords } from "../../words";
import { Exports } from "./Exports";
import { Log } from "./Log";
import { words } from "./words";

export default function Logs() {
  const say = useWords(sections);
  return (
    <Stack>
      <Title order={2}>{say("logs")}</Title>
      <Routes>
        <Route element={<Views />}>
          <Route index element={<Log />} />
          <Route path="exports" element={<Exports />} />
        </Route>
      </Routes>
    </Stack>
  );
}

function Views() {
  const say = useWords(words);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const view = pathname.endsWith("/exports") ? "exports" : "log";
  return (
    <Tabs value={view} onChange={(to) => void navigate(to === "exports" ? "/logs/exports" : "/logs")} keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="log">{say("lines")}</Tabs.Tab>
        <Tabs.Tab value="exports">{say("exports")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={view}>
        <Outlet />
      </Tabs.Panel>
    </Tabs>
  );
}

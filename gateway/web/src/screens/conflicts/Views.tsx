/** What waits, and what was decided: the same search over both. */

import { Group, NativeSelect, Stack, Tabs } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Outlet, useLocation, useNavigate } from "react-router";

import { Typed } from "../../parts/Typed";
import { useWords } from "../../words";
import { useSearch } from "./search";
import { words } from "./words";

export function Views() {
  const say = useWords(words);
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const { text, kind, look } = useSearch();
  const view = pathname.endsWith("/decided") ? "decided" : "waiting";
  const go = (to: string | null) => void navigate(`/conflicts${to === "decided" ? "/decided" : ""}${search}`);
  return (
    <Tabs value={view} onChange={go} keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="waiting">{say("waiting")}</Tabs.Tab>
        <Tabs.Tab value="decided">{say("decided")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={view}>
        <Stack gap="sm">
          <Group gap="sm">
            <Typed
              aria-label={say("search")}
              placeholder={say("search")}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={text}
              onType={(q) => look({ q })}
            />
            <NativeSelect
              aria-label={say("kind")}
              value={kind}
              onChange={(event) => look({ kind: event.currentTarget.value })}
              data={[
                { value: "", label: say("kindAll") },
                { value: "components", label: say("components") },
                { value: "clients", label: say("clients") },
              ]}
            />
          </Group>
          <Outlet />
        </Stack>
      </Tabs.Panel>
    </Tabs>
  );
}

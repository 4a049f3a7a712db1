import { Stack, Tabs, Title } from "@mantine/core";
import { useNavigate, useParams } from "react-router";

import { useIsAdministrator } from "../../app/session";
import { useWords } from "../../words";
import { Audit } from "./Audit";
import { Keys } from "./Keys";
import { Users } from "./Users";
import { words } from "./words";
import { You } from "./You";

export default function Settings() {
  const say = useWords(words);
  const navigate = useNavigate();
  const isAdministrator = useIsAdministrator();
  const chosen = useParams()["*"] || "you";
  return (
    <Stack>
      <Title order={2}>{say("title")}</Title>
      <Tabs value={chosen} onChange={(name) => void navigate(`/settings/${name ?? ""}`)} keepMounted={false}>
        <Tabs.List aria-label={say("sections")} mb="md">
          <Tabs.Tab value="you">{say("you")}</Tabs.Tab>
          <Tabs.Tab value="keys">{say("keys")}</Tabs.Tab>
          {isAdministrator && <Tabs.Tab value="users">{say("users")}</Tabs.Tab>}
          {isAdministrator && <Tabs.Tab value="audit">{say("audit")}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="you">
          <You />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
        <Tabs.Panel value="users">{isAdministrator && <Users />}</Tabs.Panel>
        <Tabs.Panel value="audit">{isAdministrator && <Audit />}</Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

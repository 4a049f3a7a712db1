/** The reader's own settings: language, colours, log-out. */

import { ActionIcon, Anchor, Button, NativeSelect, Popover, Stack, Text, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { call } from "../api/client";
import { chooseLanguage, LANGUAGES, useLanguage, useWords, type Language } from "../words";
import { useSession } from "./session";
import { words } from "./words";

export function Account() {
  const say = useWords(words);
  const { name, role } = useSession();
  const client = useQueryClient();
  const logOut = async () => {
    await call("/api/session", { method: "DELETE" });
    client.clear();
    location.assign("/");
  };
  return (
    <Popover position="bottom-end" width={240} trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={say("account")} title={name}>
          <IconUser size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={say("account")}>
        <Stack gap="sm">
          <Text size="sm" fw={600}>
            {role ? `${name}, ${role}` : name}
          </Text>
          <LanguageChoice />
          <ColourChoice />
          <Anchor component={Link} to="/docs" size="sm">
            {say("api")}
          </Anchor>
          <Button variant="default" size="xs" onClick={() => void logOut()}>
            {say("logOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function LanguageChoice() {
  const say = useWords(words);
  return (
    <NativeSelect
      label={say("language")}
      value={useLanguage()}
      onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
    />
  );
}

export function ColourChoice() {
  const say = useWords(words);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      label={say("theme")}
      value={colorScheme}
      onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
      data={[
        { value: "auto", label: say("system") },
        { value: "light", label: say("light") },
        { value: "dark", label: say("dark") },
      ]}
    />
  );
}

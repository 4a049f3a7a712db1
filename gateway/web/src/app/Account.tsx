/** The reader's own menu: language, colours, log-out. */

import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconCheck, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";

import { call } from "../api/client";
import { chooseLanguage, LANGUAGES, useLanguage, useWords, type Language } from "../words";
import { useSession } from "./session";
import { words } from "./words";

const SCHEMES = { auto: "system", light: "light", dark: "dark" } as const;

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
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={say("account")} title={`${name} (${role})`}>
          <IconUser size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="dimmed">
          {name}, {role}
        </Menu.Label>
        <Languages />
        <Colours />
        <Menu.Divider />
        <Menu.Item component="a" href="/docs">
          {say("api")}
        </Menu.Item>
        <Menu.Item onClick={() => void logOut()}>{say("logOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Languages() {
  const say = useWords(words);
  const chosen = useLanguage();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{say("language")}</Menu.Label>
      {(Object.keys(LANGUAGES) as Language[]).map((one) => (
        <Choice key={one} isChosen={one === chosen} onChoose={() => chooseLanguage(one)} lang={one}>
          {LANGUAGES[one]}
        </Choice>
      ))}
    </>
  );
}

function Colours() {
  const say = useWords(words);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{say("theme")}</Menu.Label>
      {(Object.keys(SCHEMES) as MantineColorScheme[]).map((one) => (
        <Choice key={one} isChosen={one === colorScheme} onChoose={() => setColorScheme(one)}>
          {say(SCHEMES[one])}
        </Choice>
      ))}
    </>
  );
}

interface ChoiceProps {
  isChosen: boolean;
  onChoose: () => void;
  children: string;
  lang?: string;
}

function Choice({ isChosen, onChoose, children, lang }: ChoiceProps) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={isChosen}
      onClick={onChoose}
      leftSection={isChosen ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />}
      {...(lang ? { lang } : {})}
    >
      {children}
    </Menu.Item>
  );
}

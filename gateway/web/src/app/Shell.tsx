/** The frame around every screen: navigation, what waits for people, the state of the connection. */

import { Anchor, AppShell, Burger, Group, Indicator, NavLink, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBell } from "@tabler/icons-react";
import { Suspense, useEffect } from "react";
import { Link, NavLink as RouterLink, Outlet, useLocation } from "react-router";

import { feed } from "../live/feed";
import { useFreshness } from "../live/use";
import { Waiting } from "../parts/Waiting";
import { useWords } from "../words";
import { Account } from "./Account";
import { Boundary } from "./Boundary";
import { Connection } from "./Connection";
import { Keyboard } from "./Keyboard";
import { ProjectChoice } from "./Project";
import { SECTIONS } from "./sections";
import { useSession } from "./session";
import styles from "./Shell.module.css";
import { useWaiting } from "./waiting";
import { words } from "./words";

export function Shell() {
  const say = useWords(words);
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const { sequence } = useSession();
  useFreshness();
  useEffect(() => {
    feed.open(sequence);
    return () => feed.close();
  }, [sequence]);
  useEffect(close, [pathname, close]);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: !isOpen } }} padding="md">
      <a className={styles.skip} href="#content">
        {say("skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={say("menu")} aria-expanded={isOpen} />
          <Anchor component={Link} to="/" underline="never" c="inherit">
            <Title order={1} size="h4">
              Headrace
            </Title>
          </Anchor>
          <ProjectChoice />
          <Connection />
          <Bell />
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={say("sections")}>
        {SECTIONS.map(({ name, path, icon: Icon }) => (
          <NavLink
            key={name}
            component={RouterLink}
            to={`/${path}`}
            label={say(name)}
            leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
            className={styles.link}
            active={path ? pathname.startsWith(`/${path}`) : pathname === "/"}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Boundary key={pathname.split("/")[1]}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </Boundary>
      </AppShell.Main>
      <Keyboard />
    </AppShell>
  );
}

/** What waits for a person, on every screen. */
function Bell() {
  const say = useWords(words);
  const count = useWaiting();
  const said = count ? say("waiting", count) : say("waitingNone");
  return (
    <Anchor component={Link} to="/conflicts" c="inherit" aria-label={said} title={said} lh={0}>
      <Indicator label={<Text span size="xs">{count}</Text>} size={18} disabled={!count} color="indigo" data-testid="bell">
        <IconBell size={20} stroke={1.6} aria-hidden />
      </Indicator>
    </Anchor>
  );
}

/** The sections of the navigation, and the code of each, which is fetched when it is first opened. */

import {
  IconActivity, IconBell, IconBox, IconDeviceDesktop, IconFileText, IconFlask, IconLayoutDashboard, IconSettings,
} from "@tabler/icons-react";
import type { QueryClient } from "@tanstack/react-query";
import { lazy, type ComponentType } from "react";

import { askStatus } from "../screens/dashboard/status";
import { client } from "./client";
import { foundSession } from "./session";
import type { SectionName } from "./words";

interface Section {
  name: SectionName;
  path: string;
  /** What is typed behind `g` to go there. */
  key: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  load: Load;
  /** Asks for what the screen needs first. */
  ahead?: (client: QueryClient) => void;
  screen: ComponentType;
}

type Load = () => Promise<{ default: ComponentType }>;

function section(load: Load, rest: Omit<Section, "load" | "screen">): Section {
  return { ...rest, load, screen: lazy(load) };
}

export const SECTIONS: readonly Section[] = [
  section(() => import("../screens/dashboard/Dashboard"), {
    name: "dashboard", path: "", key: "d", icon: IconLayoutDashboard, ahead: askStatus,
  }),
  section(() => import("../screens/events/Events"), { name: "events", path: "events", key: "e", icon: IconActivity }),
  section(() => import("../screens/components/Components"), { name: "components", path: "components", key: "c", icon: IconBox }),
  section(() => import("../screens/experiments/Experiments"), { name: "experiments", path: "experiments", key: "x", icon: IconFlask }),
  section(() => import("../screens/conflicts/Conflicts"), { name: "conflicts", path: "conflicts", key: "n", icon: IconBell }),
  section(() => import("../screens/clients/Clients"), { name: "clients", path: "clients", key: "a", icon: IconDeviceDesktop }),
  section(() => import("../screens/logs/Logs"), { name: "logs", path: "logs", key: "l", icon: IconFileText }),
  section(() => import("../screens/settings/Settings"), { name: "settings", path: "settings", key: "s", icon: IconSettings }),
];

/**
 * Begin with the section at an address before anything is drawn: its code, and what it asks for first, once it is known
 * who asks. What fails here is asked for again by the screen, which says so.
 */
export async function beginWith(pathname: string): Promise<void> {
  const first = pathname.split("/")[1];
  const section = SECTIONS.find(({ path }) => path === first);
  section?.load().catch(() => undefined);
  if (await client.fetchQuery(foundSession).catch(() => null)) section?.ahead?.(client);
}

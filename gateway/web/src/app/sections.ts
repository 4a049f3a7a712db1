/** The sections of the navigation, and the code of each, which is fetched when it is first opened. */

import {
  IconActivity, IconBell, IconBox, IconDeviceDesktop, IconFileText, IconFlask, IconLayoutDashboard, IconSettings,
} from "@tabler/icons-react";
import { lazy, type ComponentType } from "react";

import type { SectionName } from "./words";

interface Section {
  name: SectionName;
  path: string;
  /** What is typed behind `g` to go there. */
  key: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  load: Load;
  screen: ComponentType;
}

type Load = () => Promise<{ default: ComponentType }>;

function section(load: Load, rest: Omit<Section, "load" | "screen">): Section {
  return { ...rest, load, screen: lazy(load) };
}

export const SECTIONS: readonly Section[] = [
  section(() => import("../screens/dashboard/Dashboard"), { name: "dashboard", path: "", key: "d", icon: IconLayoutDashboard }),
  section(() => import("../screens/events/Events"), { name: "events", path: "events", key: "e", icon: IconActivity }),
  section(() => import("../screens/components/Components"), { name: "components", path: "components", key: "c", icon: IconBox }),
  section(() => import("../screens/experiments/Experiments"), { name: "experiments", path: "experiments", key: "x", icon: IconFlask }),
  section(() => import("../screens/conflicts/Conflicts"), { name: "conflicts", path: "conflicts", key: "n", icon: IconBell }),
  section(() => import("../screens/clients/Clients"), { name: "clients", path: "clients", key: "a", icon: IconDeviceDesktop }),
  section(() => import("../screens/logs/Logs"), { name: "logs", path: "logs", key: "l", icon: IconFileText }),
  section(() => import("../screens/settings/Settings"), { name: "settings", path: "settings", key: "s", icon: IconSettings }),
];

/** Begin to fetch the section at an address, before anything is drawn; where that fails, its screen says so. */
export function fetchAhead(pathname: string): void {
  const first = pathname.split("/")[1];
  SECTIONS.find(({ path }) => path === first)?.load().catch(() => undefined);
}

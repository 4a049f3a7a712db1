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
  screen: ComponentType;
}

export const SECTIONS: readonly Section[] = [
  { name: "dashboard", path: "", key: "d", icon: IconLayoutDashboard, screen: lazy(() => import("../screens/dashboard/Dashboard")) },
  { name: "events", path: "events", key: "e", icon: IconActivity, screen: lazy(() => import("../screens/events/Events")) },
  { name: "components", path: "components", key: "c", icon: IconBox, screen: lazy(() => import("../screens/components/Components")) },
  { name: "experiments", path: "experiments", key: "x", icon: IconFlask, screen: lazy(() => import("../screens/experiments/Experiments")) },
  { name: "conflicts", path: "conflicts", key: "n", icon: IconBell, screen: lazy(() => import("../screens/conflicts/Conflicts")) },
  { name: "clients", path: "clients", key: "a", icon: IconDeviceDesktop, screen: lazy(() => import("../screens/clients/Clients")) },
  { name: "logs", path: "logs", key: "l", icon: IconFileText, screen: lazy(() => import("../screens/logs/Logs")) },
  { name: "settings", path: "settings", key: "s", icon: IconSettings, screen: lazy(() => import("../screens/settings/Settings")) },
];

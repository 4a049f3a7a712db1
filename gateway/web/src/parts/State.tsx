/** What something is, by a word, a sign and a colour: never by the colour alone. */

import { Badge } from "@mantine/core";
import {
  IconAlertTriangle, IconArrowDown, IconArrowUp, IconCheck, IconCircleMinus, IconClock, IconGitMerge, IconLoader, IconPlayerPause,
  IconRepeat, IconX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { useWords } from "../words";
import { words, type StateName } from "./words";

const GOOD = "teal", BAD = "red", OPEN = "indigo", DONE = "gray";

const LOOKS: Record<StateName, [color: string, icon: ComponentType<{ size?: number }>]> = {
  active: [GOOD, IconCheck], success: [GOOD, IconCheck], accepted: [GOOD, IconCheck], healthy: [GOOD, IconCheck], holds: [GOOD, IconCheck],
  failed: [BAD, IconX], rejected: [BAD, IconX], buried: [BAD, IconAlertTriangle], broken: [BAD, IconX],
  pending: [OPEN, IconClock], running: [OPEN, IconLoader], behind: [OPEN, IconClock], silent: [BAD, IconAlertTriangle],
  unchangedState: [DONE, IconCircleMinus], retried: [DONE, IconCheck], discarded: [DONE, IconCircleMinus], superseded: [DONE, IconCircleMinus],
  upload: [DONE, IconArrowUp], download: [DONE, IconArrowDown], skip: [DONE, IconPlayerPause], merge: [DONE, IconGitMerge], off: [DONE, IconPlayerPause],
  done: [GOOD, IconCheck], cancelled: [DONE, IconCircleMinus], replayed: [OPEN, IconRepeat],
};

export function State({ is }: { is: StateName }) {
  const say = useWords(words);
  const [color, Icon] = LOOKS[is];
  return (
    <Badge variant="outline" color={color} leftSection={<Icon size={12} aria-hidden />} tt="none" miw="max-content" data-state={is}>
      {say(is)}
    </Badge>
  );
}

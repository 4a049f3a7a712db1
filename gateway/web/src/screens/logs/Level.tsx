/** How grave a line is, by a word, a sign and a colour. */

import { Badge } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle, IconX } from "@tabler/icons-react";

import { useWords } from "../../words";
import type { Line } from "./ask";
import { words } from "./words";

const LOOKS = { info: ["gray", IconInfoCircle], warning: ["indigo", IconAlertTriangle], error: ["red", IconX] } as const;

export function Level({ is }: { is: Line["level"] }) {
  const say = useWords(words);
  const [color, Icon] = LOOKS[is];
  return (
    <Badge variant="outline" color={color} leftSection={<Icon size={12} aria-hidden />} tt="none">
      {say(is)}
    </Badge>
  );
}

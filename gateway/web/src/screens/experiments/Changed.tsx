/** Whether a component is still as an experiment used it. */

import { Badge } from "@mantine/core";
import { IconCheck, IconPencil, IconTrash } from "@tabler/icons-react";

import { useWords } from "../../words";
import type { Pair } from "./Files";
import { words } from "./words";

export function Changed({ pair }: { pair: Pair }) {
  const say = useWords(words);
  const is = pair.before === pair.after ? "asItWas" : pair.after === null ? "deletedSince" : "changed";
  const [color, Icon] = ({ asItWas: ["gray", IconCheck], changed: ["indigo", IconPencil], deletedSince: ["red", IconTrash] } as const)[is];
  return (
    <Badge variant="outline" color={color} leftSection={<Icon size={12} aria-hidden />} tt="none">
      {say(is)}
    </Badge>
  );
}

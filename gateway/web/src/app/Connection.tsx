/** Whether what is shown is live, said in words and not by a colour alone. */

import { Badge, Text } from "@mantine/core";
import { IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";

import { useLink } from "../live/use";
import { useClock } from "../parts/time";
import { useWords } from "../words";
import { words } from "./words";

export function Connection() {
  const say = useWords(words);
  const clock = useClock();
  const { state, asOf, serverHears } = useLink();
  const isLive = state === "live" && serverHears;
  const Icon = isLive ? IconPlugConnected : IconPlugConnectedX;
  return (
    <div role="status" style={{ marginLeft: "auto", display: "flex", gap: 8, alignItems: "center", minWidth: 0 }}>
      <Badge variant="outline" color={isLive ? "teal" : "red"} leftSection={<Icon size={14} aria-hidden />} data-state={state}>
        {state === "live" && !serverHears ? say("serverDeaf") : say(state)}
      </Badge>
      {!isLive && asOf > 0 && (
        <Text size="sm" truncate>
          {say("asOf", clock(asOf))}
        </Text>
      )}
    </div>
  );
}

import { Progress, Stack, Text } from "@mantine/core";

import { useLanguage, useWords } from "../../words";
import { Card } from "./Card";
import { fullness, type Status } from "./status";
import { words } from "./words";

const MEGA = 1024 * 1024;

/** How much the log holds, and how near it is to making publishers wait. */
export function LogCard({ status }: { status: Status }) {
  const say = useWords(words);
  const language = useLanguage();
  const { pressure, events, archived, version, redis, postgres } = status;
  const megabytes = (bytes: number) => `${(bytes / MEGA).toFixed(0)} MiB`;
  const count = (number: number) => number.toLocaleString(language);
  return (
    <Card title={say("log")}>
      <Stack gap="xs">
        <Text size="sm">
          {say("events", count(events))}, {say("archived", count(archived))}
        </Text>
        <Bar
          label={say("entries", pressure.fullest || "–")}
          value={pressure.length}
          limit={pressure.high_water}
          says={say("ofMany", count(pressure.length), count(pressure.high_water))}
          full={fullness(pressure)}
        />
        <Bar
          label={say("memory")}
          value={pressure.memory}
          limit={pressure.memory_limit}
          says={
            pressure.memory_limit
              ? say("ofMany", megabytes(pressure.memory), megabytes(pressure.memory_limit))
              : say("noLimit", megabytes(pressure.memory))
          }
          full={fullness(pressure)}
        />
        <Text size="sm">{say("versions", version, redis, postgres)}</Text>
      </Stack>
    </Card>
  );
}

function Bar({ label, value, limit, says, full }: { label: string; value: number; limit: number; says: string; full: number }) {
  return (
    <div>
      <Text size="sm">
        {label}: {says}
      </Text>
      {limit > 0 && <Progress value={Math.min(100, (100 * value) / limit)} color={full >= 80 ? "red" : "teal"} aria-label={label} />}
    </div>
  );
}

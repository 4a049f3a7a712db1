/** What stands where nothing is yet, or nothing was found: why, and the first step. */

import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Empty({ title, remedy, children }: { title: string; remedy?: ReactNode; children?: ReactNode }) {
  return (
    <Stack align="flex-start" gap="xs" py="lg">
      <Text fw={600}>{title}</Text>
      {remedy && <Text>{remedy}</Text>}
      {children}
    </Stack>
  );
}

import { Group, Paper, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** A part of the dashboard under its own heading. */
export function Card({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id} miw={0}>
      <Group justify="space-between" align="baseline" mb="sm" gap="xs">
        <Title order={3} size="h4" id={id}>
          {title}
        </Title>
        {beside}
      </Group>
      {children}
    </Paper>
  );
}

/** One conflict of a list: about what, who waits, since when. */

import { Anchor, Badge, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";

import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import type { Asked } from "./ask";
import { words } from "./words";

export function Entry({ one, children }: { one: Asked; children?: ReactNode }) {
  const say = useWords(words);
  const { search } = useLocation();
  return (
    <Group py="xs" px={4} gap="sm" wrap="nowrap" align="flex-start" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
      {children}
      <div style={{ minWidth: 0, flex: 1 }}>
        <Anchor component={Link} to={{ pathname: `/conflicts/${one.kind}/${one.id}`, search }} data-entry fw={600}>
          <bdi>{one.path}</bdi>
        </Anchor>
        {one.why && (
          <Text size="sm" lineClamp={2}>
            <bdi>{one.why}</bdi>
          </Text>
        )}
        <Group gap="xs" mt={4}>
          <State is={one.state} />
          <Badge variant="default" tt="none">
            {say(one.kind)}
          </Badge>
          <Text size="sm" component="bdi">
            {one.worker}
          </Text>
          <Text size="sm" component="span">
            <Time at={one.decided_at ?? one.created_at} />
          </Text>
          {one.decided_by && (
            <Text size="sm" component="span">
              {say("by", one.decided_by)}
            </Text>
          )}
        </Group>
      </div>
    </Group>
  );
}

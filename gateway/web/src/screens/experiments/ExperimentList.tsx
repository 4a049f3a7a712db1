/** All experiments, the newest first, searched as somebody types. */

import { Button, Code, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDeferredValue, useMemo } from "react";
import { Link } from "react-router";

import { Empty } from "../../parts/Empty";
import { LongList } from "../../parts/LongList";
import { save } from "../../parts/save";
import { Search, useSearched } from "../../parts/Search";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { placeOf, useExperiments, type Experiment } from "./api";
import styles from "./rows.module.css";
import { words } from "./words";

export function ExperimentList() {
  const say = useWords(words);
  const { data, error, refetch } = useExperiments();
  const wanted = useDeferredValue(useSearched());
  const found = useMemo(() => (data ?? []).filter((one) => one.experiment_uid.toLowerCase().includes(wanted)), [data, wanted]);
  if (!data) return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
  if (!data.length) {
    return (
      <Empty title={say("none")} remedy={say("noneRemedy")}>
        <Code block>headrace sync --experiment UID</Code>
      </Empty>
    );
  }
  return (
    <Stack gap="xs">
      <Search label={say("search")} />
      {found.length ? (
        <LongList
          items={found}
          label={say("title")}
          idOf={(one) => one.experiment_uid}
          rowHeight={54}
          height="max(280px, calc(100dvh - 240px))"
          draw={(one) => <Row one={one} />}
        />
      ) : (
        <Empty title={say("noMatch")} remedy={say("noMatchRemedy")} />
      )}
      <Group justify="space-between">
        <Text size="sm" role="status">
          {say("counted", found.length, data.length)}
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={!found.length}
          onClick={() => save("experiments.json", JSON.stringify(found, null, 2), "application/json")}
        >
          {say("downloadList")}
        </Button>
      </Group>
    </Stack>
  );
}

function Row({ one }: { one: Experiment }) {
  const say = useWords(words);
  const count = say("components", one.component_count);
  const revisions = say("revisions", one.revisions);
  return (
    <UnstyledButton component={Link} to={placeOf(one.experiment_uid)} className={styles.row} title={one.experiment_uid} data-entry>
      <Text fw={600} component="div" truncate>
        <bdi>{one.experiment_uid}</bdi>
      </Text>
      <Text size="sm" component="div">
        {count}, {revisions}, <Time at={one.updated_at} />
      </Text>
    </UnstyledButton>
  );
}

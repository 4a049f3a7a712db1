/** The versions of a component, newest first: when, by whom, why. One of them is looked at. */

import { Button, Code, Group, Text, UnstyledButton } from "@mantine/core";
import { Link, useSearchParams } from "react-router";

import { useMay } from "../../app/session";
import { LongList } from "../../parts/LongList";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import { short } from "./api";
import { useChosen } from "./chosen";
import type { Row } from "./history";
import styles from "./Versions.module.css";
import { reasonOf, words } from "./words";

const ROW = 62, MOST = 320;

interface Props {
  rows: readonly Row[];
  onActivate: (row: Row) => void;
}

export function Versions({ rows, onActivate }: Props) {
  const say = useWords(words);
  const mayWrite = useMay("user");
  const { to } = useChosen(rows);
  const active = rows.find((row) => row.is_active)?.hash;
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text fw={600}>{say(rows.length === 1 ? "versionsOne" : "versions", rows.length)}</Text>
        {!mayWrite && <Text size="sm">{say("viewerOnly")}</Text>}
      </Group>
      <LongList
        items={rows}
        label={say("history")}
        idOf={({ number }) => String(number)}
        rowHeight={ROW}
        height={Math.min(MOST, rows.length * (ROW + 2))}
        draw={(row) => (
          <div className={styles.row}>
            <Version row={row} isShown={row.number === to} />
            {mayWrite && row.hash !== active && (
              <Button variant="default" size="compact-sm" aria-label={say("activateThis", row.number)} onClick={() => onActivate(row)}>
                {say("activateShort")}
              </Button>
            )}
          </div>
        )}
      />
    </div>
  );
}

function Version({ row, isShown }: { row: Row; isShown: boolean }) {
  const say = useWords(words);
  const [asked] = useSearchParams();
  const search = new URLSearchParams({ ...(asked.has("q") && { q: asked.get("q") ?? "" }), to: String(row.number) });
  return (
    <UnstyledButton
      component={Link}
      to={`?${search.toString()}`}
      replace
      className={styles.version}
      aria-current={isShown || undefined}
      data-entry
    >
      <Group gap="xs">
        <Text span fw={600}>
          {say("version", row.number)}
        </Text>
        <Code title={row.hash}>{short(row.hash)}</Code>
        {row.is_active && <State is="active" />}
      </Group>
      <Text size="sm" component="div">
        <Time at={row.created_at} /> <Story row={row} />
      </Text>
    </UnstyledButton>
  );
}

/** Who, and why. */
function Story({ row }: { row: Row }) {
  const say = useWords(words);
  const [last] = row.activations;
  const reason = reasonOf(row.policy);
  return (
    <>
      {row.author && <bdi>{say("by", row.author)}</bdi>}
      {reason && `, ${say(reason)}`}
      {last && (
        <>
          {" · "}
          <bdi>{say("activatedBy", last.who)}</bdi> <Time at={last.at} />
        </>
      )}
    </>
  );
}

/** The versions of a component, newest first: when, by whom, why. One of them is looked at. */

import { Button, Code, Group, Text, UnstyledButton } from "@mantine/core";
import { Link, useSearchParams } from "react-router";

import { useMay } from "../../app/session";
import { LongList } from "../../parts/LongList";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import { short } from "./api";
import type { History, Row } from "./history";
import styles from "./Versions.module.css";
import { policyOf, words } from "./words";

/** Pixels: of a row, of a reason in it, and of the list where it is long. */
const ROW = 64, REASON = 42, MOST = 320;

interface Props {
  history: History;
  /** The number of the one that is looked at. */
  shown: number | undefined;
  onActivate: (row: Row) => void;
}

export function Versions({ history: { now, rows, further }, shown, onActivate }: Props) {
  const say = useWords(words);
  const mayWrite = useMay("user");
  const count = now.version_count;
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text fw={600}>{say("versions", count)}</Text>
        {!mayWrite && <Text size="sm">{say("viewerOnly")}</Text>}
      </Group>
      <LongList
        items={rows}
        label={say("history")}
        idOf={({ number }) => String(number)}
        rowHeight={ROW}
        height={Math.min(MOST, count * ROW + rows.slice(0, MOST / ROW).filter(isReasoned).length * REASON)}
        onEnd={further}
        draw={(row) => (
          <div className={styles.row}>
            <Version row={row} isShown={row.number === shown} />
            {mayWrite && row.hash !== now.active_hash && (
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

const isReasoned = ({ activations: [last] }: Row) => Boolean(last?.reason);

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
  const policy = policyOf(row.policy);
  return (
    <>
      <bdi>{say("by", row.author)}</bdi>
      {policy && `, ${say(policy)}`}
      {last && (
        <>
          {" · "}
          <bdi>{say("activatedBy", last.who)}</bdi> <Time at={last.at} />
          {last.reason && (
            <Text size="sm" lineClamp={2} title={last.reason} style={{ overflowWrap: "anywhere" }}>
              {say("because")} <bdi>{last.reason}</bdi>
            </Text>
          )}
        </>
      )}
    </>
  );
}

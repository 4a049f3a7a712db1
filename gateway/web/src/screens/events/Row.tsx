import { Code } from "@mantine/core";
import { memo } from "react";
import { Link } from "react-router";

import type { LogEvent } from "../../api/types";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import styles from "./Events.module.css";
import { isReplayed } from "./replays/ask";

const BAD = new Set(["change.rejected", "event.buried", "change.conflicted", "conflict.opened", "unreadable"]);

interface Props {
  event: LogEvent;
  to: string;
  isOpen?: boolean;
}

/** One event on a line: when, what, about what; and why, where it says so. */
export const Row = memo(function Row({ event, to, isOpen = false }: Props) {
  const { number, hash } = event.data;
  const version = [number ? `#${String(number)}` : "", typeof hash === "string" ? hash.slice(0, 8) : ""].filter(Boolean).join(" ");
  const why = reasonOf(event);
  const isBad = BAD.has(event.type);
  return (
    <Link to={to} data-entry data-sequence={event.sequence} className={styles.row} aria-current={isOpen}>
      <Time at={event.time} />
      <strong className={isBad ? `${styles.cut} ${styles.bad}` : styles.cut}>{event.type}</strong>
      <bdi className={`${styles.cut} ${styles.wide}`} title={`${event.project} · ${event.actor}`}>
        {event.subject}
        {why && !isBad && ` · ${why}`}
      </bdi>
      {(version || isReplayed(event)) && (
        <span>
          {version && <Code>{version}</Code>} {isReplayed(event) && <State is="replayed" />}
        </span>
      )}
      {why && isBad && <bdi className={`${styles.cut} ${styles.why}`}>{why}</bdi>}
    </Link>
  );
});

/** What an event says of its reason, or of what went wrong. */
export function reasonOf({ data }: Pick<LogEvent, "data">): string {
  return [data.group, data.error ?? data.reason ?? data.says].filter(Boolean).map(String).join(": ");
}

import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { useLedger } from "../../live/ledger";
import { Empty } from "../../parts/Empty";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Row } from "../events/Row";
import { Card } from "./Card";
import styles from "./Dashboard.module.css";
import { words } from "./words";

const SHOWN = 100;
const ALL = {};

/** The newest events, as they come. */
export function Timeline() {
  const say = useWords(words);
  const [{ events, isLoading, error }, ledger] = useLedger(ALL, null, SHOWN);
  const all = (
    <Anchor component={Link} to="/events" size="sm" underline="always">
      {say("allEvents")}
    </Anchor>
  );
  return (
    <Card title={say("timeline")} beside={all}>
      {error && <Wrong error={error} onRetry={() => void ledger.older()} />}
      {!events.length && isLoading && <Waiting />}
      {!events.length && !isLoading && !error && <Empty title={say("noEvents")} remedy={say("noEventsRemedy")} />}
      {events.length > 0 && (
        <ol className={styles.timeline} aria-label={say("timeline")} tabIndex={0}>
          {events.slice(0, SHOWN).map((event) => (
            <li key={event.sequence}>
              <Row event={event} to={`/events/${event.id}`} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

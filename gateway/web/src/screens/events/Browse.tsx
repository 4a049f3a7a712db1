/** The log: what comes live, and what came before. One event of it stands beside it, where one is open. */

import { Box, Stack } from "@mantine/core";
import { useLocation, useParams } from "react-router";

import { useLedger } from "../../live/ledger";
import { Detail } from "./Detail";
import styles from "./Events.module.css";
import { Filters } from "./Filters";
import { useFilter, wantedOf } from "./filter";
import { Listed } from "./Listed";
import { useSelection } from "./replays/Selecting";

export function Browse() {
  const { id } = useParams();
  const { search } = useLocation();
  const { filter, at, change } = useFilter();
  const selection = useSelection();
  const wanted = wantedOf(filter);
  const [stretch, ledger] = useLedger(wanted, at);
  return (
    <Stack gap="sm">
      <Filters filter={filter} change={change} />
      <div className={styles.columns} data-open={Boolean(id)}>
        <Box className={styles.list ?? ""} miw={0}>
          <Listed
            key={`${Object.values(wanted).join(" ")} ${at}`}
            stretch={stretch}
            ledger={ledger}
            filter={filter}
            at={at}
            change={change}
            open={id}
            selection={selection}
          />
        </Box>
        {id && <Detail id={id} known={stretch.events.find((event) => event.id === id)} listed={`/events${withoutView(search)}`} />}
      </div>
    </Stack>
  );
}

/** Where the list is, with all that it is looked through for. */
function withoutView(search: string): string {
  const asked = new URLSearchParams(search);
  asked.delete("view");
  return asked.size ? `?${asked}` : "";
}

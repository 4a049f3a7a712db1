/** One component: what is active, its versions, what lies between two of them, and where they are used. */

import { Anchor, Code, Group, Stack, Title } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation } from "react-router";

import { Failure } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { State } from "../../parts/State";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { Activate } from "./Activate";
import { short } from "./api";
import { useChosen } from "./chosen";
import { Compare } from "./Compare";
import { useHistory, type History, type Row } from "./history";
import { Versions } from "./Versions";
import { words } from "./words";

export function Component({ path }: { path: string }) {
  const say = useWords(words);
  const { history, error, refetch } = useHistory(path);
  const back = new URLSearchParams(useLocation().search).get("q");
  const active = history?.now.active_hash;
  return (
    <Stack component="section" aria-label={path} gap="md">
      <Anchor component={Link} to={back ? `/components?${new URLSearchParams({ q: back }).toString()}` : "/components"} hiddenFrom="md">
        {say("all")}
      </Anchor>
      <Group gap="sm">
        <Title order={3} size="h4" style={{ overflowWrap: "anywhere" }}>
          <bdi>{path}</bdi>
        </Title>
        {active && <State is="active" />}
        {history && <Code>{active ? short(active) : say("deleted")}</Code>}
      </Group>
      {history ? <Shown history={history} /> : error ? <Trouble path={path} error={error} onRetry={() => void refetch()} /> : <Waiting />}
    </Stack>
  );
}

function Shown({ history }: { history: History }) {
  const chosen = useChosen(history);
  const [activating, setActivating] = useState<Row | null>(null);
  return (
    <>
      <Versions history={history} shown={chosen.to?.number} onActivate={setActivating} />
      <Compare history={history} chosen={chosen} onActivate={setActivating} />
      {activating && <Activate history={history} wanted={activating} onClose={() => setActivating(null)} />}
    </>
  );
}

function Trouble({ path, error, onRetry }: { path: string; error: Error; onRetry: () => void }) {
  const say = useWords(words);
  const isMissing = error instanceof Failure && error.status === 404;
  return isMissing ? <Empty title={say("missing", path)} remedy={say("missingRemedy")} /> : <Wrong error={error} onRetry={onRetry} />;
}

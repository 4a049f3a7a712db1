import { Alert, Anchor, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "react-router";

import { useWaiting } from "../../app/waiting";
import { useWords, type Say } from "../../words";
import { fullness, stateOf, type Group, type Status, type SyncStatus } from "./status";
import { words } from "./words";

/** From this many percent on the log is said to be nearly full. */
const NEARLY_FULL = 80;

interface Problem {
  says: string;
  /** Where something can be done about it, and what. */
  to?: string;
  action?: string;
}

/** What is wrong, and where it is put right. */
export function Problems({ status, syncs }: { status: Status | undefined; syncs: SyncStatus | undefined }) {
  const say = useWords(words);
  const waiting = useWaiting();
  if (!status || !syncs) return null;
  const ofGroups = status.groups.flatMap((one) => ofGroup(one, say));
  const found = [...ofServer(status, say), ...ofGroups, ...ofSyncs(syncs, say), ...ofConflicts(waiting, say), ...ofWatchers(status, say)];
  const color = found.length ? "red" : "teal";
  return (
    <Alert
      component="section"
      role="region"
      aria-label={say("problems")}
      variant="outline"
      color={color}
      title={say(found.length ? "problems" : "noProblem")}
      icon={found.length ? <IconAlertTriangle aria-hidden /> : <IconCheck aria-hidden />}
    >
      {found.length > 0 && (
        <List spacing={4}>
          {found.map(({ says, to, action }) => (
            <List.Item key={says}>
              <Text span size="sm">
                <bdi>{says}</bdi>{" "}
                {to && (
                  <Anchor component={Link} to={to} underline="always" inherit>
                    {action}
                  </Anchor>
                )}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

type Speak = Say<keyof (typeof words)["en"]>;

function ofServer(status: Status, say: Speak): Problem[] {
  const full = fullness(status.pressure);
  const said: Problem[] = status.problems.map((one) => ({ says: say("says", one) }));
  return full >= NEARLY_FULL ? [...said, { says: say("nearFull", full) }] : said;
}

function ofGroup(group: Group, say: Speak): Problem[] {
  const found: Problem[] = [];
  const state = stateOf(group);
  const oldest = say("secondsOld", Math.round(group.oldest ?? 0));
  if (state === "silent") found.push({ says: say("silentGroup", group.group, group.lag) });
  if (state === "behind") found.push({ says: say("behindGroup", group.group, group.lag, oldest) });
  if (group.deaths) found.push({ says: say("deaths", group.group, group.deaths) });
  if (group.dead)
    found.push({
      says: say("deadLetters", group.dead, group.group),
      to: `/events/dead?group=${encodeURIComponent(group.group)}`,
      action: say("lookAtDead"),
    });
  return found;
}

/** A sync that failed is wrong for as long as no later one has succeeded. */
function ofSyncs({ clients }: SyncStatus, say: Speak): Problem[] {
  const failed = clients.filter(({ settings, last }) => settings.enabled && last?.status === "failed");
  return failed.map(({ name, last }) => ({
    says: say("failedSync", name, last?.why ?? ""),
    to: `/clients/${encodeURIComponent(name)}?view=syncs&session=${last?.id}`,
    action: say("lookAtClient"),
  }));
}

function ofConflicts(waiting: number, say: Speak): Problem[] {
  return waiting ? [{ says: say("waiting", waiting), to: "/conflicts", action: say("decide", waiting) }] : [];
}

function ofWatchers({ watchers }: Status, say: Speak): Problem[] {
  return watchers.flatMap(({ name, report }) =>
    report.roots.filter((root) => root.health !== "ok").map((root) => ({ says: say("watcherTrouble", name, root.path, root.health) })),
  );
}

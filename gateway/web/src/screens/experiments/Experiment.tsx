/** One experiment: what it used, in each of its revisions, and what has changed since. */

import { Anchor, Button, Group, Select, Stack, Switch, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { Failure } from "../../api/client";
import { useMay } from "../../app/session";
import { ON_FILLED } from "../../parts/colours";
import { Empty } from "../../parts/Empty";
import { save } from "../../parts/save";
import { Time } from "../../parts/Time";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { useAsked } from "./address";
import { comparisonOf, useExperiments, useManifest, useSince, type Manifest, type Since } from "./api";
import { Changed } from "./Changed";
import { Files } from "./Files";
import { Restore } from "./Restore";
import { words } from "./words";

export function Experiment({ uid }: { uid: string }) {
  const say = useWords(words);
  const [revision] = useAsked("revision");
  const manifest = useManifest(uid, revision);
  const since = useSince(uid, revision);
  const error = manifest.error ?? since.error;
  const isWhole = manifest.data && since.data;
  return (
    <Stack component="section" aria-label={uid} gap="md">
      <Anchor component={Link} to="/experiments">
        {say("all")}
      </Anchor>
      <Title order={3} size="h4">
        <bdi>{uid}</bdi>
      </Title>
      {!isWhole && (error ? <Trouble error={error} onRetry={() => void (manifest.error ? manifest : since).refetch()} /> : <Waiting />)}
      {isWhole && <Used manifest={manifest.data} since={since.data} />}
    </Stack>
  );
}

export function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const say = useWords(words);
  const isMissing = error instanceof Failure && error.status === 404;
  return isMissing ? <Empty title={error.message} remedy={say("missingRemedy")} /> : <Wrong error={error} onRetry={onRetry} />;
}

function Used({ manifest, since }: { manifest: Manifest; since: Since[] }) {
  const say = useWords(words);
  const mayWrite = useMay("user");
  const [only, setOnly] = useAsked("changed");
  const [open, setOpen] = useAsked("open");
  const [isRestoring, setRestoring] = useState(false);
  const changed = since.filter((one) => one.changed);
  const pairs = (only ? changed : since).map((one) => ({ path: one.path, before: one.hash, after: one.active_hash }));
  const source = () => save(`${manifest.experiment_uid}.json`, JSON.stringify(manifest.components, null, 2), "application/json");
  return (
    <>
      <Group align="flex-end" gap="sm">
        <Revisions manifest={manifest} />
        <Other uid={manifest.experiment_uid} />
        <Button variant="default" onClick={source}>
          {say("downloadManifest")}
        </Button>
        {mayWrite && changed.length > 0 && (
          <Button c={ON_FILLED} onClick={() => setRestoring(true)}>
            {say("restore", changed.length)}
          </Button>
        )}
      </Group>
      <Group justify="space-between">
        <Text role="status">
          {say("savedAt")} <Time at={manifest.created_at} />. {say("changedSince", changed.length, since.length)}
        </Text>
        <Switch label={say("onlyChanged")} checked={only !== null} onChange={(event) => setOnly(event.currentTarget.checked ? "1" : null)} />
      </Group>
      {!mayWrite && changed.length > 0 && <Text size="sm">{say("viewerOnly")}</Text>}
      {pairs.length ? (
        <Files
          pairs={pairs}
          label={say("used")}
          beforeName={say("usedThen")}
          afterName={say("activeNow")}
          open={open}
          onOpen={setOpen}
          note={(pair) => <Changed pair={pair} />}
        />
      ) : (
        <Empty title={say("nothingChanged")} />
      )}
      {isRestoring && <Restore uid={manifest.experiment_uid} pairs={changed} onClose={() => setRestoring(false)} />}
    </>
  );
}

function Revisions({ manifest }: { manifest: Manifest }) {
  const say = useWords(words);
  const [, setRevision] = useAsked("revision");
  const choices = Array.from({ length: manifest.revisions }, (_, index) => String(manifest.revisions - index));
  return (
    <Select
      label={say("revision")}
      data={choices.map((value) => ({ value, label: value === choices[0] ? say("newest", value) : value }))}
      value={String(manifest.revision)}
      onChange={(value) => setRevision(value === choices[0] ? null : value)}
      limit={100}
      searchable
      allowDeselect={false}
      w={160}
    />
  );
}

function Other({ uid }: { uid: string }) {
  const say = useWords(words);
  const navigate = useNavigate();
  const { data } = useExperiments();
  const others = (data ?? []).map((one) => one.experiment_uid).filter((one) => one !== uid);
  return (
    <Select
      label={say("compareWith")}
      placeholder={say(others.length ? "pickOther" : "noOther")}
      data={others}
      value={null}
      onChange={(other) => other && void navigate(comparisonOf(uid, other))}
      disabled={!others.length}
      limit={100}
      searchable
      nothingFoundMessage={say("noMatch")}
      w={{ base: "100%", xs: 260 }}
    />
  );
}

/** One decision about several conflicts: shown before it is made, and what was refused is told. */

import { Alert, Button, Checkbox, Group, List, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { decide, DECISIONS, type Asked, type Decision } from "./ask";
import { useChoice } from "./choice";
import { own } from "./own";
import { words } from "./words";

const ACTIONS = { upload: "bulkUpload", download: "bulkDownload", skip: "bulkSkip" } as const satisfies Record<
  Decision, keyof (typeof words)["en"]
>;

interface Result {
  done: number;
  refused: { path: string; why: string }[];
}

interface Props {
  found: readonly Asked[];
  chosen: readonly Asked[];
  onPick: (some: readonly Asked[]) => void;
}

export function Bulk({ found, chosen, onPick }: Props) {
  const say = useWords(words);
  const client = useQueryClient();
  const [asked, ask] = useState<Decision | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const settle = async (decision: Decision) => {
    setResult(await settleAll(chosen, decision));
    onPick([]);
    await client.invalidateQueries({ queryKey: ["conflicts"] });
  };
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Checkbox
          label={chosen.length ? say("selected", chosen.length) : say("selectAll")}
          checked={chosen.length === found.length}
          indeterminate={chosen.length > 0 && chosen.length < found.length}
          onChange={() => onPick(chosen.length === found.length ? [] : found)}
        />
        {chosen.length > 0 &&
          DECISIONS.map((decision) => (
            <Button key={decision} size="xs" variant="default" onClick={() => ask(decision)}>
              {say(ACTIONS[decision], chosen.length)}
            </Button>
          ))}
      </Group>
      {result && <Told result={result} onClose={() => setResult(null)} />}
      {asked && (
        <Confirm
          title={say(ACTIONS[asked], chosen.length)}
          action={say(ACTIONS[asked], chosen.length)}
          onConfirm={() => settle(asked)}
          onClose={() => ask(null)}
        >
          <Preview chosen={chosen} decision={asked} />
        </Confirm>
      )}
    </Stack>
  );
}

async function settleAll(chosen: readonly Asked[], decision: Decision): Promise<Result> {
  const result: Result = { done: 0, refused: [] };
  for (const one of chosen) {
    try {
      own.add(one.id);
      await decide(one, decision);
      result.done += 1;
    } catch (error) {
      own.delete(one.id);
      result.refused.push({ path: one.path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return result;
}

function Preview({ chosen, decision }: { chosen: readonly Asked[]; decision: Decision }) {
  const say = useWords(words);
  const choice = useChoice();
  return (
    <>
      <Text>{say("bulkList")}</Text>
      <List mah="50vh" style={{ overflow: "auto" }} tabIndex={0} aria-label={say("bulkList")}>
        {chosen.map((one) => {
          const { action, effect } = choice(one, decision);
          return (
            <List.Item key={one.id}>
              <Text fw={600} component="bdi">
                {one.path}
              </Text>
              <Text size="sm">
                {action}. {effect}
              </Text>
            </List.Item>
          );
        })}
      </List>
    </>
  );
}

function Told({ result, onClose }: { result: Result; onClose: () => void }) {
  const say = useWords(words);
  return (
    <Alert
      role="status"
      variant="outline"
      color={result.refused.length ? "red" : "teal"}
      withCloseButton
      closeButtonLabel={say("dismiss")}
      onClose={onClose}
    >
      <Text size="sm">{say("bulkDone", result.done)}</Text>
      {result.refused.length > 0 && <Text size="sm">{say("bulkRefused", result.refused.length)}</Text>}
      <List size="sm">
        {result.refused.map(({ path, why }) => (
          <List.Item key={path}>
            <bdi>{path}</bdi>: {why}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Reads the server's own trees, having said what that would come to. */

import { Button, List, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconFolderSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { Waiting } from "../../parts/Waiting";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { VERSIONS } from "./api";
import { words, type ScanPart } from "./words";

type Answer = Model<"Scanned"> | Model<"Pending">;
type Plan = Model<"ScanPlan">;

export function Scan() {
  const say = useWords(words);
  const [isOpen, { open, close }] = useDisclosure(false);
  const scan = async () => {
    const answer = await call<Answer>(`${VERSIONS}/scan`, { method: "POST" });
    notifications.show({ message: told(answer), autoClose: 10_000 });
  };
  const told = (answer: Answer) => {
    if (!("registered" in answer)) return say("scanPending");
    return answer.registered ? say("scanned", answer.registered) : say("scannedNone");
  };
  return (
    <>
      <Button variant="default" leftSection={<IconFolderSearch size={16} aria-hidden />} onClick={open}>
        {say("scan")}
      </Button>
      {isOpen && (
        <Confirm title={say("scan")} action={say("scanAction")} onConfirm={scan} onClose={close}>
          <Text>{say("scanDoes")}</Text>
          <Text>{say("scanKeeps")}</Text>
          <Planned />
        </Confirm>
      )}
    </>
  );
}

function Planned() {
  const say = useWords(words);
  const { data: plan, error, refetch } = useQuery({
    queryKey: ["scan"],
    queryFn: () => call<Plan>(`${VERSIONS}/scan`, { method: "POST", query: { dry_run: true } }),
    gcTime: 0,
  });
  if (!plan) return error ? <Wrong error={error} onRetry={() => void refetch()} /> : <Waiting />;
  const isNothing = !plan.new_components.count && !plan.new_versions.count;
  return (
    <Stack gap="xs" component="section" aria-label={say("scanPlan")}>
      <Text fw={600} role="status">
        {say(isNothing ? "scanNothing" : "scanPlan")}
      </Text>
      <Part name="new_components" of={plan} isNamed />
      <Part name="new_versions" of={plan} isNamed />
      <Part name="refused" of={plan} isNamed />
      <Part name="unchanged" of={plan} />
    </Stack>
  );
}

function Part({ name, of, isNamed = false }: { name: ScanPart; of: Plan; isNamed?: boolean }) {
  const say = useWords(words);
  const { count, paths } = of[name];
  if (!count) return null;
  return (
    <div>
      <Text size="sm">{say(name, count)}</Text>
      {isNamed && (
        <List size="sm" withPadding aria-label={say(name, count)}>
          {paths.map((path, index) => (
            <List.Item key={index} style={{ overflowWrap: "anywhere" }}>
              <bdi>{path}</bdi>
            </List.Item>
          ))}
          {count > paths.length && <List.Item>{say("scanMore", count - paths.length)}</List.Item>}
        </List>
      )}
    </div>
  );
}

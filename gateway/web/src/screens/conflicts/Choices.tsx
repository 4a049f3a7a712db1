/** The choices, each with what follows from it; what changes is shown before it is done. */

import { Button, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useMay, useSession } from "../../app/session";
import { Confirm } from "../../parts/Confirm";
import { Diff } from "../../parts/Diff";
import { useWords } from "../../words";
import { decide, DECISIONS, type Asked, type Decision, type Detail } from "./ask";
import { useChoice } from "./choice";
import { legible } from "./legible";
import { own } from "./own";
import { useNames } from "./names";
import { words } from "./words";

export function Choices({ one, detail }: { one: Asked; detail: Detail }) {
  const say = useWords(words);
  const choice = useChoice();
  const client = useQueryClient();
  const { role } = useSession();
  const [asked, ask] = useState<Decision | null>(null);
  if (!useMay("user")) return <Text>{say("mayNot", role ?? "viewer")}</Text>;
  const settle = async (decision: Decision) => {
    own.add(one.id);
    try {
      await decide(one, decision);
    } finally {
      await client.invalidateQueries({ queryKey: ["conflicts"] });
    }
  };
  return (
    <section aria-labelledby="decide">
      <Title order={4} size="h5" id="decide" mb="xs">
        {say("choices")}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        {DECISIONS.map((decision) => {
          const { action, effect } = choice(one, decision);
          return (
            <Paper key={decision} withBorder p="sm">
              <Stack gap="xs" justify="space-between" h="100%">
                <Text size="sm">{effect}</Text>
                <Button
                  variant="default"
                  onClick={() => ask(decision)}
                  h="auto"
                  py={6}
                  styles={{ label: { whiteSpace: "normal" } }}
                >
                  {action}
                </Button>
              </Stack>
            </Paper>
          );
        })}
      </SimpleGrid>
      {asked && (
        <Confirm
          title={say("whatChanges")}
          action={choice(one, asked).action}
          onConfirm={() => settle(asked)}
          onClose={() => ask(null)}
          size="80rem"
        >
          <Text>{choice(one, asked).effect}</Text>
          <Change one={one} detail={detail} decision={asked} />
        </Confirm>
      )}
    </section>
  );
}

function Change({ one, detail, decision }: { one: Asked; detail: Detail; decision: Decision }) {
  const say = useWords(words);
  const names = useNames(one.kind, detail);
  const { text, language } = legible(one.kind, one.path);
  if (decision === "skip") return <Text>{say("changesNothing")}</Text>;
  const [ours, theirs] = [text(detail.server_content), text(detail.local_content)];
  const isUpload = decision === "upload";
  return (
    <Stack gap="xs">
      <Text fw={600}>{isUpload ? say("changesServer") : say("changesThere", one.worker)}</Text>
      <Diff
        before={isUpload ? ours : theirs}
        after={isUpload ? theirs : ours}
        beforeName={isUpload ? names.ours : names.theirs}
        afterName={isUpload ? names.theirs : names.ours}
        language={language}
      />
    </Stack>
  );
}

/** Lets an element stand as it did: the change first, and back again where it was a mistake. */

import { Alert, Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../parts/Confirm";
import { Diff } from "../../parts/Diff";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import type { Element, Move } from "./ask";
import { stand } from "./elements";
import { words } from "./words";

interface Done {
  /** What stood before. */
  content: string | null;
  /** The hash of what stands now. */
  hash: string | null;
}

export function RollBack({ element, to, onClose }: { element: Element; to: Move | null; onClose: () => void }) {
  const say = useWords(words);
  const client = useQueryClient();
  const [done, setDone] = useState<Done | null>(null);
  const fresh = () => client.invalidateQueries({ queryKey: ["clients"] });
  const undo = useMutation({
    mutationFn: ({ content, hash }: Done) => stand(element.path, content, hash),
    onSuccess: () => setDone(null),
    onSettled: fresh,
  });
  const roll = async ({ content }: Move) => {
    const before = element.content;
    setDone({ content: before, hash: await stand(element.path, content, element.hash) });
    await fresh();
  };
  return (
    <>
      <div role="status">
        {done && (
          <Alert variant="outline" color="teal">
            <Group gap="sm">
              <Text size="sm">{say("rolledBack")}</Text>
              <Button size="xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate(done)}>
                {say("undo")}
              </Button>
            </Group>
          </Alert>
        )}
        {undo.error && <Wrong error={undo.error} />}
      </div>
      {to && (
        <Confirm
          title={say("whatChanges")}
          action={to.content === null ? say("rollBackRemove") : say("rollBack", to.version ?? 0)}
          onConfirm={() => roll(to)}
          onClose={onClose}
          isDangerous={to.content === null}
          size="70rem"
        >
          <Text>{say("rollBackEffect")}</Text>
          <Diff
            before={element.content ?? ""}
            after={to.content ?? ""}
            beforeName={say("now")}
            afterName={to.version === null ? say("removal", to.move) : say("version", to.move, to.version)}
            language="json"
          />
        </Confirm>
      )}
    </>
  );
}

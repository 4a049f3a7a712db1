/** Shows what a sync would do, and does nothing. */

import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

import { UNNAMED } from "../../parts/Confirm";
import { useWords } from "../../words";
import type { Client } from "./ask";
import { Foreseen } from "./Foreseen";
import { words } from "./words";

export function DryRun({ client }: { client: Client }) {
  const say = useWords(words);
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        {say("dryRun")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={`${say("dryRun")}: ${client.name}`}
        size="70rem"
        attributes={UNNAMED}
      >
        <Foreseen client={client} />
      </Modal>
    </>
  );
}

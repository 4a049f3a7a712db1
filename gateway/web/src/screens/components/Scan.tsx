/** Reads the server's own trees, having said what that does. */

import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconFolderSearch } from "@tabler/icons-react";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { VERSIONS } from "./api";
import { words } from "./words";

type Answer = Model<"Scanned"> | Model<"Pending">;

export function Scan() {
  const say = useWords(words);
  const [isOpen, { open, close }] = useDisclosure(false);
  const scan = async () => {
    const answer = await call<Answer>(`${VERSIONS}/scan`, { method: "POST" });
    notifications.show({ message: told(answer), autoClose: 10_000 });
  };
  const told = (answer: Answer) => {
    if (!("registered" in answer)) return say("scanPending");
    return answer.registered ? say(answer.registered === 1 ? "scannedOne" : "scanned", answer.registered) : say("scannedNone");
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
        </Confirm>
      )}
    </>
  );
}

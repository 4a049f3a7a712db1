/** Asks before something is done that others will see. The button says what it does; what it does is shown above it. */

import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { useWords } from "../words";
import { ON_FILLED } from "./colours";
import { words } from "./words";
import { Wrong } from "./Wrong";

/** The head of a dialog is not the head of the page. */
export const UNNAMED = { header: { role: "presentation" } };

interface Props {
  title: string;
  /** What the button does, such as "Make version 3 active". */
  action: string;
  /** Does it. What it throws is shown, and the question stays open. */
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
  isDangerous?: boolean;
  /** Whether people say why. */
  asksReason?: boolean;
  isReasonNeeded?: boolean;
  size?: string;
  children: ReactNode;
}

export function Confirm({ title, action, onConfirm, onClose, isDangerous, asksReason, isReasonNeeded, size, children }: Props) {
  const say = useWords(words);
  const [reason, setReason] = useState("");
  const doing = useMutation({ mutationFn: () => onConfirm(reason), onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} title={title} size={size ?? "lg"} attributes={UNNAMED}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Stack>
          {children}
          {asksReason && (
            <TextInput
              label={say("reason")}
              description={say("reasonHint")}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              required={isReasonNeeded ?? false}
              maxLength={500}
            />
          )}
          {doing.error && <Wrong error={doing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say("cancel")}
            </Button>
            <Button type="submit" color={isDangerous ? "red" : "teal"} c={ON_FILLED} loading={doing.isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

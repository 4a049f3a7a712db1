import { Text } from "@mantine/core";
import { useState } from "react";

import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { Password } from "../../parts/Password";
import { useWords } from "../../words";
import { RightsFields } from "./Rights";
import { givenBy, typedOf } from "./roles";
import { words } from "./words";

interface Props {
  user: Model<"User">;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

/** Other roles, and a new password where the old one was forgotten. */
export function ChangeUser({ user, onClose, onChanged }: Props) {
  const say = useWords(words);
  const [rights, setRights] = useState(typedOf(user));
  const [password, setPassword] = useState("");
  const title = say("changeUser", user.username);
  const change = async () => {
    const body = { ...givenBy(rights), ...(password ? { password } : {}) };
    await call(`/api/v1/users/${user.username}`, { method: "PATCH", body });
    await onChanged();
  };
  return (
    <Confirm title={title} action={title} onClose={onClose} onConfirm={change}>
      <Text>{say("changeSays", user.username)}</Text>
      <RightsFields rights={rights} onChange={setRights} />
      <Password
        label={say("newPassword")}
        description={say("keepPassword")}
        autoComplete="new-password"
        minLength={8}
        required={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </Confirm>
  );
}

import { TextInput } from "@mantine/core";
import { useState } from "react";

import { call } from "../../api/client";
import { Confirm } from "../../parts/Confirm";
import { Password } from "../../parts/Password";
import { useWords } from "../../words";
import { RightsFields } from "./Rights";
import { givenBy, type Rights } from "./roles";
import { words } from "./words";

export function NewUser({ onClose, onAdded }: { onClose: () => void; onAdded: () => Promise<unknown> }) {
  const say = useWords(words);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [rights, setRights] = useState<Rights>({ role: "user", projects: "" });
  const add = async () => {
    await call("/api/v1/users", { body: { username, password, ...givenBy(rights) } });
    await onAdded();
  };
  return (
    <Confirm title={say("addUser")} action={say("addUser")} onClose={onClose} onConfirm={add}>
      <TextInput
        label={say("name")}
        autoComplete="off"
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        required
        data-autofocus
      />
      <Password
        label={say("password")}
        description={say("passwordHint")}
        autoComplete="new-password"
        minLength={8}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <RightsFields rights={rights} onChange={setRights} />
    </Confirm>
  );
}

import { NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Role } from "../../app/session";
import { call } from "../../api/client";
import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { projectsOf, ROLES } from "./roles";
import { words } from "./words";

export function NewUser({ onClose, onAdded }: { onClose: () => void; onAdded: () => Promise<unknown> }) {
  const say = useWords(words);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [projects, setProjects] = useState("");
  const add = async () => {
    const roles = projectsOf(projects);
    const isEverywhere = Object.keys(roles).length === 0;
    await call("/api/v1/users", { body: { username, password, role: isEverywhere ? role : null, projects: roles } });
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
      <PasswordInput
        label={say("password")}
        description={say("passwordHint")}
        autoComplete="new-password"
        minLength={8}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
      <NativeSelect
        label={say("role")}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
        data={ROLES.map((value) => ({ value, label: say(value) }))}
      />
      <TextInput
        label={say("projects")}
        description={say("projectsHint")}
        value={projects}
        onChange={(event) => setProjects(event.currentTarget.value)}
      />
    </Confirm>
  );
}

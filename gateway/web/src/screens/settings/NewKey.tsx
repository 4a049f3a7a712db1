import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";

import { useMaySomewhere, type Role } from "../../app/session";
import { call } from "../../api/client";
import type { Model } from "../../api/types";
import { Confirm } from "../../parts/Confirm";
import { Moment } from "../../parts/Moment";
import { useWords } from "../../words";
import { namesOf, ROLES } from "./roles";
import { words } from "./words";

export function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (secret: string) => Promise<void> }) {
  const say = useWords(words);
  const [name, setName] = useState("");
  const mayUser = useMaySomewhere("user");
  const mayAdmin = useMaySomewhere("admin");
  const roles = ROLES.slice(0, mayAdmin ? 3 : mayUser ? 2 : 1);
  const [role, setRole] = useState<Role>(mayUser ? "user" : "viewer");
  const [projects, setProjects] = useState("");
  const [expires, setExpires] = useState("");
  const make = async () => {
    const named = namesOf(projects);
    const body = { name, role, projects: named.length ? named : null, expires_at: expires || null };
    await onMade((await call<Model<"MadeKey">>("/api/v1/keys", { body })).secret);
  };
  return (
    <Confirm title={say("addKey")} action={say("addKey")} onClose={onClose} onConfirm={make}>
      <TextInput label={say("name")} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
      <NativeSelect
        label={say("role")}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
        data={roles.map((value) => ({ value, label: say(value) }))}
      />
      <TextInput
        label={say("projects")}
        description={say("keyProjectsHint")}
        value={projects}
        onChange={(event) => setProjects(event.currentTarget.value)}
      />
      <Moment label={say("expires")} description={say("expiresHint")} value={expires} onChange={(value) => setExpires(value ?? "")} />
    </Confirm>
  );
}

/** What a user may: one role everywhere, or roles in some projects. */

import { NativeSelect, TextInput } from "@mantine/core";

import { useWords } from "../../words";
import { ROLES, type Rights } from "./roles";
import { words } from "./words";

export function RightsFields({ rights, onChange }: { rights: Rights; onChange: (rights: Rights) => void }) {
  const say = useWords(words);
  return (
    <>
      <NativeSelect
        label={say("role")}
        value={rights.role}
        onChange={(event) => onChange({ ...rights, role: event.currentTarget.value as Rights["role"] })}
        data={ROLES.map((value) => ({ value, label: say(value) }))}
      />
      <TextInput
        label={say("projects")}
        description={say("projectsHint")}
        value={rights.projects}
        onChange={(event) => onChange({ ...rights, projects: event.currentTarget.value })}
      />
    </>
  );
}

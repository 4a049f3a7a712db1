/** Adds a client that has no files yet: the next sync at its place writes them. */

import { NativeSelect, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "../../parts/Confirm";
import { useWords } from "../../words";
import { add, SCOPES, TYPES, type Scope } from "./ask";
import { words } from "./words";

export function Add({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [type, setType] = useState("claude");
  const [scope, setScope] = useState<Scope>("project");
  const [path, setPath] = useState("");
  const [machine, setMachine] = useState("");
  const [name, setName] = useState("");
  const save = async () => {
    const added = await add({ type, scope, config_path: path, machine, name: name || null });
    await client.invalidateQueries({ queryKey: ["sync"] });
    await navigate(`/clients/${encodeURIComponent(added.name)}`);
  };
  return (
    <Confirm title={say("add")} action={say("addThis", TYPES[type] ?? type)} onConfirm={save} onClose={onClose}>
      <Text size="sm">{say("addEffect")}</Text>
      <NativeSelect
        label={say("program")}
        value={type}
        onChange={(event) => setType(event.currentTarget.value)}
        data={Object.entries(TYPES).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        label={say("scope")}
        value={scope}
        onChange={(event) => setScope(SCOPES.find((one) => one === event.currentTarget.value) ?? "project")}
        data={SCOPES.map((value) => ({ value, label: say(value) }))}
      />
      <TextInput
        label={say("path")}
        description={say("pathHint")}
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        required
        data-autofocus
      />
      <TextInput
        label={say("machine")}
        description={say("machineHint")}
        value={machine}
        onChange={(event) => setMachine(event.currentTarget.value)}
      />
      <TextInput label={say("name")} description={say("nameHint")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
    </Confirm>
  );
}

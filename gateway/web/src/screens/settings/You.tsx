/** The reader's language, colours and password. */

import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ColourChoice, LanguageChoice } from "../../app/Account";
import { useSession } from "../../app/session";
import { call } from "../../api/client";
import { Password } from "../../parts/Password";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { words } from "./words";

export function You() {
  const say = useWords(words);
  const { name, role, projects, user } = useSession();
  const roles = Object.entries(projects).map(([project, one]) => `${project}: ${one}`);
  return (
    <Stack maw={420}>
      <Text>
        {name}: {[role && `${role} (${say("everywhere")})`, ...roles].filter(Boolean).join(", ") || say("none")}
      </Text>
      <LanguageChoice />
      <ColourChoice />
      {user && <NewPassword />}
    </Stack>
  );
}

function NewPassword() {
  const say = useWords(words);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const changing = useMutation({ mutationFn: () => call("/api/v1/auth/password", { body: { old, new: fresh } }) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        changing.mutate();
      }}
    >
      <Stack>
        <Password
          label={say("oldPassword")}
          autoComplete="current-password"
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          required
        />
        <Password
          label={say("newPassword")}
          description={say("passwordHint")}
          autoComplete="new-password"
          minLength={8}
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          required
        />
        {changing.error && <Wrong error={changing.error} />}
        {changing.isSuccess && (
          <Alert variant="outline" role="status">
            {say("changed")}
          </Alert>
        )}
        <Button type="submit" variant="default" loading={changing.isPending}>
          {say("change")}
        </Button>
      </Stack>
    </form>
  );
}

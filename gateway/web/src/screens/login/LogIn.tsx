/** The log-in: by an API key. `headrace login-link` makes a link that needs neither. */

import { Button, Code, Container, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { words } from "./words";

export function LogIn({ onEntered }: { onEntered: () => void }) {
  const say = useWords(words);
  const [key, setKey] = useState("");
  const entering = useMutation({ mutationFn: () => call("/api/session", { body: { key } }), onSuccess: onEntered });
  return (
    <Container component="main" size={420} py={80}>
      <Paper withBorder p="xl">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            entering.mutate();
          }}
        >
          <Stack>
            <Title order={1} size="h3">
              {say("title")}
            </Title>
            <input type="text" autoComplete="username" value="headrace" readOnly hidden />
            <PasswordInput
              label={say("key")}
              description={say("keyHint")}
              autoComplete="current-password"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              required
              data-autofocus
            />
            {entering.error && <Wrong error={entering.error} />}
            <Button type="submit" loading={entering.isPending}>
              {say("enter")}
            </Button>
            <Text size="sm">
              <Code>headrace login-link</Code>
            </Text>
          </Stack>
        </form>
      </Paper>
    </Container>
  );
}

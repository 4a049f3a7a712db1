/** The log-in: as a user, or with an API key. A link from `headrace login-link` needs neither. */

import { Button, Code, Container, Group, Paper, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { ColourChoice, LanguageChoice } from "../../app/Account";
import { call } from "../../api/client";
import { Password } from "../../parts/Password";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { LinkRefused, SPENT_LINK } from "./SpentLink";
import { words } from "./words";

type How = "user" | "key";

export function LogIn({ onEntered }: { onEntered: () => void }) {
  const say = useWords(words);
  const [how, setHow] = useState<How>("user");
  const [username, setUsername] = useState("");
  const [secret, setSecret] = useState("");
  const isSpent = useLocation().pathname === SPENT_LINK;
  const navigate = useNavigate();
  const entering = useMutation({
    mutationFn: () => call("/api/session", { body: how === "key" ? { key: secret } : { username, password: secret } }),
    onSuccess: () => {
      if (isSpent) void navigate("/", { replace: true });
      onEntered();
    },
  });
  return (
    <Container component="main" size={420} py={60}>
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
            {isSpent && <LinkRefused />}
            <SegmentedControl
              aria-label={say("how")}
              value={how}
              onChange={(chosen) => setHow(chosen as How)}
              data={[
                { value: "user", label: say("byPassword") },
                { value: "key", label: say("byKey") },
              ]}
            />
            {how === "user" && (
              <TextInput
                label={say("user")}
                autoComplete="username"
                value={username}
                onChange={(event) => setUsername(event.currentTarget.value)}
                required
              />
            )}
            <Password
              label={say(how === "key" ? "key" : "password")}
              description={how === "key" ? say("keyHint") : undefined}
              autoComplete="current-password"
              value={secret}
              onChange={(event) => setSecret(event.currentTarget.value)}
              required
            />
            {entering.error && <Wrong error={entering.error} />}
            <Button type="submit" loading={entering.isPending}>
              {say("enter")}
            </Button>
            <Text size="sm">
              {say("link")} <Code>headrace login-link</Code>
            </Text>
          </Stack>
        </form>
      </Paper>
      <Group grow mt="md">
        <LanguageChoice />
        <ColourChoice />
      </Group>
    </Container>
  );
}

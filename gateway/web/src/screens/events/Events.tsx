import { Button, Group, Stack, Title } from "@mantine/core";
import { Link, Route, Routes, useLocation } from "react-router";

import { useWords } from "../../words";
import { Browse } from "./Browse";
import { Dead } from "./dead/Dead";
import { Proofs } from "./proofs/Proofs";
import { Replays } from "./replays/Replays";
import { words } from "./words";

const PARTS = [["log", "/events"], ["dead", "/events/dead"], ["replays", "/events/replays"], ["proofs", "/events/proofs"]] as const;

export default function Events() {
  const say = useWords(words);
  const { pathname } = useLocation();
  const [open] = [...PARTS].reverse().find(([, path]) => pathname === path || pathname.startsWith(`${path}/`)) ?? PARTS[0];
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{say("events")}</Title>
        <Group component="nav" gap={4} aria-label={say("parts")}>
          {PARTS.map(([name, path]) => (
            <Button
              key={name}
              component={Link}
              to={path}
              size="xs"
              variant={name === open ? "filled" : "default"}
              {...(name === open ? { "aria-current": "page" } : {})}
            >
              {say(name)}
            </Button>
          ))}
        </Group>
      </Group>
      <Routes>
        <Route path="dead/:letter?" element={<Dead />} />
        <Route path="proofs/:proof?" element={<Proofs />} />
        <Route path="replays" element={<Replays />} />
        <Route path=":id?" element={<Browse />} />
      </Routes>
    </Stack>
  );
}

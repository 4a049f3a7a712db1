/** To an event by its id or number, or to the first one at a time. */

import { Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { call, Failure } from "../../api/client";
import type { LogEvent } from "../../api/types";
import { Wrong } from "../../parts/Wrong";
import { useWords } from "../../words";
import { words } from "./words";

const ID = /^[0-9a-f-]{36}$/;

export function Seek() {
  const say = useWords(words);
  const navigate = useNavigate();
  const [asked] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [time, setTime] = useState("");
  const seeking = useMutation({
    mutationFn: () => (name.trim() ? named(name.trim(), say("noNumber")) : since(time, say("noSuch"))),
    onSuccess: (event) => {
      setOpen(false);
      const further = new URLSearchParams(asked);
      further.set("at", event.sequence);
      void navigate(`/events/${event.id}?${further}`);
    },
  });
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <Button size="xs" variant="default" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {say("seek")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say("seek")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            seeking.mutate();
          }}
        >
          <Stack gap="xs" w={280}>
            <TextInput size="xs" label={say("seekHint")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <TextInput
              size="xs"
              type="datetime-local"
              step={1}
              label={say("seekTime")}
              value={time}
              onChange={(event) => setTime(event.currentTarget.value)}
            />
            {seeking.error && <Wrong error={seeking.error} />}
            <Group justify="flex-end">
              <Button size="xs" type="submit" loading={seeking.isPending} disabled={!name.trim() && !time}>
                {say("go")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** An event by its id, or by its number: where there is none of that number, the next one. */
async function named(name: string, otherwise: string): Promise<LogEvent> {
  if (ID.test(name)) return call<LogEvent>(`/api/events/${name}`);
  if (!/^\d{1,15}$/.test(name)) throw new Failure(404, otherwise);
  const [found] = await call<LogEvent[]>("/api/events", { query: { after: Math.max(0, Number(name) - 1), limit: 1 } });
  if (!found) throw new Failure(404, otherwise);
  return found;
}

async function since(time: string, otherwise: string): Promise<LogEvent> {
  const query = { since: new Date(time).toISOString(), limit: 1 };
  const [found] = await call<LogEvent[]>("/api/events", { query });
  if (!found) throw new Failure(404, otherwise);
  return found;
}

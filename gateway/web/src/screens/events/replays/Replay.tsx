/** Has events published again. What that would be is said first: how many, from where to where, into what, how long. */

import { Group, List, NumberInput, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "../../../parts/Confirm";
import { Time } from "../../../parts/Time";
import { Waiting } from "../../../parts/Waiting";
import { Wrong } from "../../../parts/Wrong";
import { useWords } from "../../../words";
import { begin, planOf, type Chosen, type Plan } from "./ask";
import { words } from "./words";

const RATE = 50, FASTEST = 1000;

interface Props {
  /** Some events by their ids; without ids a range, which the reader may narrow. */
  chosen: Chosen;
  onClose: () => void;
}

export function Replay({ chosen, onClose }: Props) {
  const say = useWords(words);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [narrowed, narrow] = useState<Chosen>(chosen);
  const [rate, setRate] = useState(RATE);
  const { data: plan, error } = useQuery({ queryKey: ["replays", "plan", narrowed], queryFn: () => planOf(narrowed), gcTime: 0, staleTime: 0 });
  const confirm = async () => {
    if (!plan) return;
    const begun = await begin(narrowed, plan, rate);
    await client.invalidateQueries({ queryKey: ["replays"] });
    const asked = begun.project && chosen.project ? `?project=${encodeURIComponent(begun.project)}` : "";
    await navigate(`/events/replays${asked}`);
  };
  return (
    <Confirm title={say("title")} action={plan ? say("action", plan.count) : say("title")} onConfirm={confirm} onClose={onClose}>
      <Text>{say("means")}</Text>
      {!chosen.ids && <Range chosen={narrowed} change={narrow} />}
      {error && <Wrong error={error} />}
      {plan ? <Planned plan={plan} rate={rate} /> : !error && <Waiting />}
      <NumberInput
        label={say("rate")}
        value={rate}
        min={1}
        max={FASTEST}
        allowDecimal={false}
        onChange={(value) => setRate(Math.min(FASTEST, Math.max(1, Number(value) || 1)))}
      />
    </Confirm>
  );
}

function Range({ chosen, change }: { chosen: Chosen; change: (chosen: Chosen) => void }) {
  const say = useWords(words);
  return (
    <>
      <TextInput
        label={say("subject")}
        description={say("subjectHint")}
        defaultValue={chosen.subject}
        onBlur={(event) => change({ ...chosen, subject: event.currentTarget.value.trim() || undefined })}
      />
      <Group grow>
        {(["since", "until"] as const).map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            step={1}
            label={say(name)}
            onChange={({ currentTarget: { value } }) => change({ ...chosen, [name]: value ? new Date(value).toISOString() : undefined })}
          />
        ))}
      </Group>
    </>
  );
}

function Planned({ plan, rate }: { plan: Plan; rate: number }) {
  const say = useWords(words);
  const passed = Object.entries(plan.passed_over);
  return (
    <div role="status">
      <Text fw={600}>{plan.count ? say("count", plan.count, plan.documents, Math.ceil(plan.count / rate)) : say("nothing")}</Text>
      <List size="sm">
        {(["first", "last"] as const).map((name) => {
          const edge = plan[name];
          return (
            edge && (
              <List.Item key={name}>
                {say(name)}: #{edge.sequence} · <Time at={edge.time} /> · <bdi>{edge.subject}</bdi>
              </List.Item>
            )
          );
        })}
        {Object.entries(plan.topics).map(([topic, count]) => (
          <List.Item key={topic}>{say("into", topic, count)}</List.Item>
        ))}
        {passed.length > 0 && (
          <List.Item>
            {say("passedOver")}: {passed.map(([kind, count]) => `${kind} ${count}`).join(", ")}
          </List.Item>
        )}
      </List>
    </div>
  );
}

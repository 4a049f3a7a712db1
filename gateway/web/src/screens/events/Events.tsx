import { Title } from "@mantine/core";

export default function Events() {
  return <Title order={2}>Events</Title>;
}

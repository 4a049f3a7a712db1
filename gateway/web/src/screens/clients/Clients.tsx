import { Title } from "@mantine/core";

export default function Clients() {
  return <Title order={2}>Clients</Title>;
}

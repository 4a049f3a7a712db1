import { Title } from "@mantine/core";

export default function Logs() {
  return <Title order={2}>Logs</Title>;
}

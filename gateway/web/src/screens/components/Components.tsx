import { Title } from "@mantine/core";

export default function Components() {
  return <Title order={2}>Components</Title>;
}

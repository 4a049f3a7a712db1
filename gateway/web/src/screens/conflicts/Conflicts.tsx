import { Title } from "@mantine/core";

export default function Conflicts() {
  return <Title order={2}>Conflicts</Title>;
}

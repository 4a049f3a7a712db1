import { Title } from "@mantine/core";

export default function Experiments() {
  return <Title order={2}>Experiments</Title>;
}

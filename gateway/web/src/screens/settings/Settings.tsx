import { Title } from "@mantine/core";

export default function Settings() {
  return <Title order={2}>Settings</Title>;
}

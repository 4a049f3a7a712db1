/** The elements of a scope by their kind, and the files in which the last sync wrote them. */

import { List, NavLink, Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";

import { useWords } from "../../words";
import { KINDS, type Element } from "./ask";
import { named } from "./elements";
import { words } from "./words";

interface Props {
  elements: readonly Element[];
  chosen: string | null;
  files: readonly string[];
}

export function Tree({ elements, chosen, files }: Props) {
  const say = useWords(words);
  return (
    <Stack gap="sm" component="nav" aria-label={say("elements")}>
      {KINDS.map((kind) => {
        const some = elements.filter((one) => named(one.path).kind === kind);
        if (some.length === 0) return null;
        return (
          <div key={kind}>
            <Title order={4} size="h6">
              {say(kind)} ({some.length})
            </Title>
            {some.map((one) => (
              <NavLink
                key={one.path}
                component={Link}
                to={`?element=${encodeURIComponent(one.path)}`}
                label={
                  <>
                    <bdi>{named(one.path).name}</bdi>
                    {one.content === null && ` (${say("removed")})`}
                  </>
                }
                active={one.path === chosen}
                aria-current={one.path === chosen ? "true" : undefined}
                variant="subtle"
                py={4}
                data-entry
              />
            ))}
          </div>
        );
      })}
      {files.length > 0 && (
        <div>
          <Title order={4} size="h6">
            {say("files")}
          </Title>
          <List size="sm">
            {files.map((file) => (
              <List.Item key={file}>
                <bdi>{file}</bdi>
              </List.Item>
            ))}
          </List>
          <Text size="sm">{say("filesHint")}</Text>
        </div>
      )}
    </Stack>
  );
}

/** What the server says of a draft: what is wrong, each with the line that it leads to; or in what it lets agents do more. */

import { Alert, Anchor, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { useWords } from "../../../words";
import type { Checked } from "../ask";
import { words } from "./words";

export const FLAWS = "flaws";

export function Said({ checked, onGo }: { checked: Checked | undefined; onGo: (line: number) => void }) {
  const say = useWords(words);
  return (
    <div id={FLAWS} role="status">
      {checked && checked.flaws.length > 0 && (
        <Alert variant="outline" color="red" title={say("wrong")}>
          <List size="sm">
            {checked.flaws.map(({ field, line, says }) => (
              <List.Item key={`${field} ${line} ${says}`}>
                <Anchor component="button" type="button" size="sm" onClick={() => onGo(line)}>
                  {say("line", line)}
                </Anchor>{" "}
                <bdi>{field ? `${field}: ${says}` : says}</bdi>
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {checked?.widens && <Widens why={checked.widens} />}
    </div>
  );
}

export function Widens({ why }: { why: string }) {
  const say = useWords(words);
  return (
    <Alert variant="outline" color="red" icon={<IconAlertTriangle aria-hidden />} title={say("widens")}>
      <Text size="sm">{say("widensWhy", why)}</Text>
    </Alert>
  );
}

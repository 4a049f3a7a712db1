/** The keys that work on every screen, and their help. A list answers to `j` and `k` where it marks its entries. */

import { Kbd, Modal, Table } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { useRef } from "react";
import { useNavigate } from "react-router";

import { useWords } from "../words";
import { SECTIONS } from "./sections";
import { words } from "./words";

/** What the entries of a list carry for `j` and `k`; a search field carries `data-search` for `/`. */
const ENTRY = "[data-entry]";

/** Milliseconds in which the second key of two must come. */
const SECOND = 1500;

export function Keyboard() {
  const say = useWords(words);
  const navigate = useNavigate();
  const [isOpen, help] = useDisclosure(false);
  const goneSince = useRef(0);
  const go = (path: string) => () => {
    if (performance.now() - goneSince.current < SECOND) void navigate(`/${path}`);
    goneSince.current = 0;
  };
  const sections = SECTIONS.map(({ key, path }) => [key, go(path), { preventDefault: false }] as [string, () => void, object]);
  useHotkeys([
    ["/", () => document.querySelector<HTMLElement>("main [data-search]")?.focus()],
    ["j", () => step(1)],
    ["k", () => step(-1)],
    ["?", help.open],
    ["shift+?", help.open],
    ["g", () => (goneSince.current = performance.now()), { preventDefault: false }],
    ...sections,
  ]);
  const rows = [["/", say("keySearch")], ["j k", say("keyNext")], ["g d, g e, …", say("keyGo")], ["?", say("keyHelp")]];
  return (
    <Modal opened={isOpen} onClose={help.close} title={say("keys")}>
      <Table>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={keys}>
              <Table.Td>
                <Kbd>{keys}</Kbd>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function step(by: 1 | -1): void {
  const entries = [...document.querySelectorAll<HTMLElement>(`main ${ENTRY}`)];
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : entries.length - 1) : at + by;
  entries[next]?.focus();
}

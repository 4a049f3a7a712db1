/** A table that scrolls sideways where there is no room, also by the keyboard. */

import { Table } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  columns: readonly string[];
  /** Pixels below which it scrolls. */
  minWidth: number;
  children: ReactNode;
}

/** A cell for what others have named: however long that is, it leaves room for the rest. */
export function NameCell({ children }: { children: ReactNode }) {
  return (
    <Table.Td miw={120} style={{ overflowWrap: "anywhere" }}>
      <bdi>{children}</bdi>
    </Table.Td>
  );
}

export function WideTable({ label, columns, minWidth, children }: Props) {
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "region", "aria-label": label } }}>
      <Table aria-label={label} style={{ overflowWrap: "break-word" }}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

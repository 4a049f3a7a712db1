/** The lines as a table of any length, newest first. */

import { Text, UnstyledButton } from "@mantine/core";
import { createColumnHelper, tableFeatures, useTable, type Row } from "@tanstack/react-table";
import { useMemo } from "react";

import { LongList } from "../../parts/LongList";
import { Time } from "../../parts/Time";
import { useWords } from "../../words";
import type { Line } from "./ask";
import { Level } from "./Level";
import styles from "./Lines.module.css";
import { words } from "./words";

const features = tableFeatures({});
const column = createColumnHelper<typeof features, Line>();

interface Props {
  lines: Line[];
  chosen: string | null;
  onChoose: (one: Line) => void;
  onEnd: () => void;
}

export function Lines({ lines, chosen, onChoose, onEnd }: Props) {
  const say = useWords(words);
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor("at", { header: say("time"), cell: (cell) => <Time at={cell.getValue()} /> }),
        column.accessor("level", { header: say("level"), cell: (cell) => <Level is={cell.getValue()} /> }),
        column.accessor("client", { header: say("client"), cell: (cell) => <bdi>{cell.getValue()}</bdi> }),
        column.accessor("type", { header: say("type"), cell: (cell) => say(cell.getValue()) }),
        column.accessor((one) => (one.element ? `${one.element}: ${one.message}` : one.message), {
          id: "message",
          header: say("message"),
          cell: (cell) => (
            <Text size="sm" lineClamp={3} component="bdi">
              {cell.getValue()}
            </Text>
          ),
        }),
      ]),
    [say],
  );
  const table = useTable({ features, columns, data: lines, getRowId: (one) => one.id });
  const [heads] = table.getHeaderGroups();
  const draw = (row: Row<typeof features, Line>) => (
    <UnstyledButton
      className={styles.row ?? ""}
      onClick={() => onChoose(row.original)}
      aria-current={row.id === chosen ? "true" : undefined}
      fz="sm"
      data-entry
    >
      {row.getAllCells().map((cell) => (
        <span key={cell.id}>
          <table.FlexRender cell={cell} />
        </span>
      ))}
    </UnstyledButton>
  );
  return (
    <>
      <div className={`${styles.row} ${styles.head}`} aria-hidden>
        {heads?.headers.map((header) => (
          <span key={header.id}>
            <table.FlexRender header={header} />
          </span>
        ))}
      </div>
      <LongList
        items={table.getRowModel().rows}
        label={say("lines")}
        idOf={(row) => row.id}
        rowHeight={36}
        height="max(320px, calc(100dvh - 360px))"
        draw={draw}
        onEnd={onEnd}
      />
    </>
  );
}

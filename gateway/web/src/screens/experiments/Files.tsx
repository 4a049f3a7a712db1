/** Components with two versions each; what lies between the two opens below. */

import { Anchor, Code, Group, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { LongList } from "../../parts/LongList";
import { useWords } from "../../words";
import { placeOf, short } from "../components/api";
import { HashDiff } from "../components/HashDiff";
import styles from "./rows.module.css";
import { words } from "./words";

export interface Pair {
  path: string;
  before: string | null;
  after: string | null;
}

interface Props<Item extends Pair> {
  pairs: readonly Item[];
  label: string;
  /** What the two sides are, such as the names of two experiments. */
  beforeName: string;
  afterName: string;
  open: string | null;
  onOpen: (path: string | null) => void;
  /** What stands behind a component's name. */
  note?: (pair: Item) => ReactNode;
  height?: string;
}

const ROW = 46;

export function Files<Item extends Pair>({ pairs, label, beforeName, afterName, open, onOpen, note, height }: Props<Item>) {
  return (
    <LongList
      items={pairs}
      label={label}
      idOf={({ path }) => path}
      rowHeight={ROW}
      height={height ?? "max(280px, calc(100dvh - 320px))"}
      draw={(pair) => (
        <>
          <Head pair={pair} isOpen={pair.path === open} onToggle={() => onOpen(pair.path === open ? null : pair.path)}>
            {note?.(pair)}
          </Head>
          {pair.path === open && <Between pair={pair} beforeName={beforeName} afterName={afterName} />}
        </>
      )}
    />
  );
}

function Head({ pair, isOpen, onToggle, children }: { pair: Pair; isOpen: boolean; onToggle: () => void; children: ReactNode }) {
  const say = useWords(words);
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  const nameOf = (hash: string | null) => (hash ? short(hash) : say("noVersion"));
  return (
    <UnstyledButton className={styles.row} onClick={onToggle} aria-expanded={isOpen} title={pair.path} data-entry>
      <Group gap="xs" wrap="wrap">
        <Icon size={16} aria-hidden />
        <Text span truncate style={{ flex: "1 1 160px", minWidth: 0 }}>
          <bdi>{pair.path}</bdi>
        </Text>
        <Code>{pair.before === pair.after ? nameOf(pair.before) : say("fromTo", nameOf(pair.before), nameOf(pair.after))}</Code>
        {children}
      </Group>
    </UnstyledButton>
  );
}

function Between({ pair, beforeName, afterName }: { pair: Pair; beforeName: string; afterName: string }) {
  const say = useWords(words);
  const asked = new URLSearchParams({ from: pair.before ?? "0", ...(pair.after && { to: pair.after }) });
  return (
    <div className={styles.between}>
      <HashDiff before={pair.before} after={pair.after} beforeName={beforeName} afterName={afterName} />
      <Anchor component={Link} to={placeOf(pair.path, asked.toString())} size="sm">
        {say("inHistory")}
      </Anchor>
    </div>
  );
}

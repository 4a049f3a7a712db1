import { Badge, Code, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconBolt, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Link } from "react-router";

import { useWords } from "../../words";
import { placeOf, short, type Summary } from "./api";
import styles from "./Tree.module.css";
import { words } from "./words";

interface CategoryProps {
  category: string;
  count: number;
  isClosed: boolean;
  onToggle: () => void;
}

export function CategoryRow({ category, count, isClosed, onToggle }: CategoryProps) {
  const Icon = isClosed ? IconChevronRight : IconChevronDown;
  return (
    <UnstyledButton className={styles.row} onClick={onToggle} aria-expanded={!isClosed}>
      <Icon size={16} aria-hidden />
      <Text fw={600} span>
        {category}
      </Text>
      <Text size="sm" span>
        {count}
      </Text>
    </UnstyledButton>
  );
}

interface ComponentProps {
  one: Summary;
  /** What of the address stays when another component is picked. */
  keep: string;
  isPicked: boolean;
  isFresh: boolean;
}

export function ComponentRow({ one, keep, isPicked, isFresh }: ComponentProps) {
  const say = useWords(words);
  const hash = one.active_hash ? short(one.active_hash) : say("deleted");
  const versions = say("versions", one.version_count);
  return (
    <UnstyledButton
      component={Link}
      to={placeOf(one.path, keep)}
      className={`${styles.row} ${styles.component}`}
      aria-current={isPicked ? "page" : undefined}
      title={one.name}
      data-entry
      data-fresh={isFresh || undefined}
    >
      <bdi className={styles.name}>{one.name}</bdi>
      <VisuallyHidden>
        {say("row", versions, hash)}
        {isFresh && `, ${say("fresh")}`}
      </VisuallyHidden>
      {isFresh && <IconBolt size={14} aria-hidden />}
      <Badge variant="default" size="sm" circle={one.version_count < 10} aria-hidden>
        {one.version_count}
      </Badge>
      <Code aria-hidden>{hash}</Code>
    </UnstyledButton>
  );
}

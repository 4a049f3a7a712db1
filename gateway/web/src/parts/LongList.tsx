/** A list of any length: only what is seen is drawn. Its entries answer to `j` and `k`. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, type ReactNode } from "react";

interface Props<Item> {
  items: readonly Item[];
  label: string;
  idOf: (item: Item) => string;
  /** Pixels of a row, roughly. */
  rowHeight: number;
  height: number | string;
  draw: (item: Item, index: number) => ReactNode;
  /** Called when the end comes into sight. */
  onEnd?: () => void;
  /** Told whether the beginning is in sight, as that changes. */
  onMoved?: (isAtStart: boolean) => void;
}

export function LongList<Item>({ items, label, idOf, rowHeight, height, draw, onEnd, onMoved }: Props<Item>) {
  const place = useRef<HTMLDivElement>(null);
  const isAtStart = useRef(true);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => place.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : idOf(item);
    },
    overscan: 12,
    onChange: ({ range }) => {
      if (onEnd && range && range.endIndex >= items.length - 5) onEnd();
    },
  });
  return (
    <div
      ref={place}
      role="list"
      aria-label={label}
      tabIndex={0}
      style={{ height, overflow: "auto", contain: "strict" }}
      onScroll={() => {
        const isNow = (place.current?.scrollTop ?? 0) < rowHeight / 2;
        if (isNow !== isAtStart.current) onMoved?.((isAtStart.current = isNow));
      }}
    >
      <div style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map(({ key, index, start }) => {
          const item = items[index];
          return (
            <div
              key={key}
              role="listitem"
              aria-setsize={items.length}
              aria-posinset={index + 1}
              data-index={index}
              ref={list.measureElement}
              style={{ position: "absolute", top: 0, left: 0, width: "100%", transform: `translateY(${start}px)` }}
            >
              {item !== undefined && draw(item, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A stretch of the log without a gap: what the archive has of it, and, at its newer end, what comes live. */

import { useEffect, useMemo, useSyncExternalStore } from "react";

import { call, type Query } from "../api/client";
import type { LogEvent } from "../api/types";
import { feed } from "./feed";
import { fitting, queryOf, type Fits, type Wanted } from "./wanted";

/** Events that are kept while new ones come; older ones can be asked for again. */
const KEPT = 50_000;
const PAGE = 200;
/** Milliseconds for which live events are gathered: nobody reads faster. */
const CALM = 200;
/** How often, and how many milliseconds apart, the archive is asked for what came just before the first live event. */
const TRIES = 4, APART = 500;

export interface Stretch {
  /** The newest first. */
  events: readonly LogEvent[];
  hasOlder: boolean;
  isLoading: boolean;
  error: Error | null;
}

const NOTHING: Stretch = { events: [], hasOlder: true, isLoading: false, error: null };

export class Ledger {
  private stretch = NOTHING;
  private waiting: LogEvent[] = [];
  private timer = 0;
  /** Of the oldest event that came live: the archive has what is before. */
  private joint = 0;
  private opened = 0;
  private readonly fits: Fits;
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly wanted: Wanted,
    /** The newest event of a stretch that does not follow the log; null: it follows. */
    private readonly at: number | null,
    private readonly page = PAGE,
  ) {
    this.fits = fitting(wanted);
  }

  readonly look = (): Stretch => this.stretch;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  open(): () => void {
    const turn = ++this.opened;
    this.stretch = NOTHING;
    this.joint = 0;
    const end = this.at === null ? this.follow() : () => undefined;
    void this.older().then(() => this.joinUp(turn, 0));
    return () => {
      this.opened++;
      clearTimeout(this.timer);
      this.timer = 0;
      end();
    };
  }

  async older(): Promise<void> {
    const { events, hasOlder, isLoading } = this.stretch;
    if (isLoading || !hasOlder) return;
    const oldest = events.at(-1);
    const before = oldest ? Number(oldest.sequence) : this.at === null ? this.joint || undefined : this.at + 1;
    await this.load({ before, newest_first: true, limit: this.page }, (found) => found.length === this.page);
  }

  /** What came after a stretch that does not follow the log. */
  async newer(): Promise<void> {
    await this.load({ after: this.top, limit: this.page });
  }

  private get top(): number {
    return Number(this.stretch.events[0]?.sequence ?? this.at ?? 0);
  }

  private async load(query: Query, hasOlder?: (found: LogEvent[]) => boolean): Promise<LogEvent[]> {
    const turn = this.opened;
    this.tell({ isLoading: true, error: null });
    try {
      const found = await call<LogEvent[]>("/api/events", { query: { ...queryOf(this.wanted), ...query } });
      if (turn !== this.opened) return [];
      const events = merged(this.stretch.events, found);
      this.tell({ events, isLoading: false, ...(hasOlder ? { hasOlder: hasOlder(found) } : {}) });
      return found;
    } catch (error) {
      if (turn === this.opened) this.tell({ isLoading: false, error: error as Error });
      return [];
    }
  }

  private follow(): () => void {
    this.joint = Number(feed.recent[0]?.sequence ?? 0);
    this.tell({ events: feed.recent.filter(this.fits).reverse() });
    return feed.listen((events) => {
      this.joint ||= Number(events[0]?.sequence ?? 0);
      this.waiting.push(...events.filter(this.fits));
      this.timer ||= window.setTimeout(() => this.hand(), CALM);
    });
  }

  private hand(): void {
    this.timer = 0;
    const fresh = this.waiting.filter((event) => Number(event.sequence) > this.top).reverse();
    this.waiting = [];
    const events = [...fresh, ...this.stretch.events];
    if (events.length > KEPT) this.tell({ events: events.slice(0, KEPT), hasOlder: true });
    else if (fresh.length) this.tell({ events });
  }

  /** The archive is a moment behind the log: what it did not have yet when it was asked lies between. */
  private async joinUp(turn: number, tries: number): Promise<void> {
    if (this.at !== null || turn !== this.opened || tries === TRIES) return;
    if (!this.joint) {
      const end = feed.listen(() => {
        end();
        void this.joinUp(turn, tries);
      });
      return;
    }
    const below = this.stretch.events.find((event) => Number(event.sequence) < this.joint);
    const after = Number(below?.sequence ?? 0);
    const missing = this.joint - after - 1;
    if (missing <= 0) return;
    const found = await this.load({ after, before: this.joint, limit: 1000 });
    if (found.length >= missing) return;
    await new Promise((resolve) => setTimeout(resolve, APART));
    await this.joinUp(turn, tries + 1);
  }

  private tell(news: Partial<Stretch>): void {
    this.stretch = { ...this.stretch, ...news };
    this.watchers.forEach((watcher) => watcher());
  }
}

/** Both, each event once, the newest first. */
function merged(some: readonly LogEvent[], others: readonly LogEvent[]): LogEvent[] {
  const bySequence = new Map([...others, ...some].map((event) => [event.sequence, event]));
  return [...bySequence.values()].sort((one, other) => Number(other.sequence) - Number(one.sequence));
}

export function useLedger({ type = "", subject = "", project = "" }: Wanted, at: number | null, page?: number): [Stretch, Ledger] {
  const ledger = useMemo(() => new Ledger({ type, subject, project }, at, page), [type, subject, project, at, page]);
  useEffect(() => ledger.open(), [ledger]);
  return [useSyncExternalStore(ledger.subscribe, ledger.look), ledger];
}

/** A stretch of the log without a gap: what the archive has of it, and, at its newer end, what comes live. */

import { useEffect, useMemo, useSyncExternalStore } from "react";

import { answered, type Query } from "../api/client";
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
  /** The number of the oldest event that was looked at; 0: of none yet. */
  lookedTo: number;
  isLoading: boolean;
  error: Error | null;
}

const NOTHING: Stretch = { events: [], hasOlder: true, lookedTo: 0, isLoading: false, error: null };

export class Ledger {
  private stretch = NOTHING;
  private waiting: LogEvent[] = [];
  private timer = 0;
  /** Of the oldest event that came live: the archive has what is before. */
  private joint = 0;
  /** Up to where a stretch that does not follow the log was looked through. */
  private top = 0;
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
    this.top = this.at ?? 0;
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
    const { events, hasOlder, lookedTo, isLoading } = this.stretch;
    if (isLoading || !hasOlder) return;
    const known = this.wanted.text ? 0 : Number(events.at(-1)?.sequence ?? this.joint);
    const first = this.at === null ? known || undefined : this.at + 1;
    await this.load({ before: lookedTo || first, newest_first: true, limit: this.page }, (next) => ({ hasOlder: next > 0, lookedTo: next }));
  }

  /** What came after a stretch that does not follow the log. */
  async newer(): Promise<void> {
    await this.load({ after: this.top, limit: this.page }, (next, found) => {
      this.top = next || Number(found.at(-1)?.sequence ?? this.top);
      return {};
    });
  }

  /** Ask the archive. What `then` makes of where its answer ends is told along with the events. */
  private async load(query: Query, then?: (next: number, found: LogEvent[]) => Partial<Stretch>): Promise<LogEvent[]> {
    const turn = this.opened;
    this.tell({ isLoading: true, error: null });
    try {
      const { data: found, next } = await answered<LogEvent[]>("/api/events", { query: { ...queryOf(this.wanted), ...query } });
      if (turn !== this.opened) return [];
      const events = merged(this.stretch.events, found);
      this.tell({ events, isLoading: false, ...then?.(Number(next ?? 0), found) });
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
    const newest = Number(this.stretch.events[0]?.sequence ?? 0);
    const fresh = this.waiting.filter((event) => Number(event.sequence) > newest).reverse();
    this.waiting = [];
    const events = [...fresh, ...this.stretch.events];
    const last = events[KEPT - 1];
    if (last && events.length > KEPT) this.tell({ events: events.slice(0, KEPT), hasOlder: true, lookedTo: Number(last.sequence) });
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
    const after = Math.max(Number(below?.sequence ?? 0), this.stretch.lookedTo - 1);
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

export function useLedger(wanted: Wanted, at: number | null, page?: number): [Stretch, Ledger] {
  const said = JSON.stringify(queryOf(wanted));
  const ledger = useMemo(() => new Ledger(JSON.parse(said) as Wanted, at, page), [said, at, page]);
  useEffect(() => ledger.open(), [ledger]);
  return [useSyncExternalStore(ledger.subscribe, ledger.look), ledger];
}

/**
 * One connection to the log for the whole page. It names the last event it has seen when it comes back, so that nothing
 * is missed, and tells its listeners once for each frame that is drawn, however many events there were.
 */

import { address } from "../api/client";
import type { LogEvent } from "../api/types";

export const KEPT = 2000;
/** Seconds without a sign of life after which what is shown may be old. Heartbeats come more often. */
const SILENCE = 30;

export interface Link {
  state: "connecting" | "live" | "away";
  /** When the server was last heard, in milliseconds since 1970. */
  asOf: number;
  /** Whether the server itself hears the log. */
  serverHears: boolean;
  /** How proofs stand: another word whenever one has begun or ended. */
  proofs: string;
  /** The same of replays into the log, whenever one has got on. */
  replays: string;
}

interface Beat {
  type: "heartbeat";
  sequence: string;
  live: boolean;
  proofs: string;
  replays: string;
}

type Listener = (events: LogEvent[]) => void;

class Feed {
  link: Link = { state: "connecting", asOf: 0, serverHears: true, proofs: "", replays: "" };
  /** The newest events, oldest first. */
  recent: readonly LogEvent[] = [];
  private socket: WebSocket | null = null;
  private sequence = "";
  private waiting: LogEvent[] = [];
  private failures = 0;
  private timer = 0;
  private frame = 0;
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();

  /** Hear what came behind the event that was heard last, or behind `after` where none was. */
  open(after: string): void {
    if (this.socket) return;
    this.sequence ||= after;
    const url = new URL(address("/ws/sync", { heartbeat: 1, after: this.sequence }), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.onmessage = (message) => this.take(JSON.parse(message.data));
    this.socket.onclose = () => this.lost();
    this.watch();
  }

  close(): void {
    clearTimeout(this.timer);
    if (!this.socket) return;
    this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  /** Be told of events as they come; the answer ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Be told when the link or the recent events change; for `useSyncExternalStore`. */
  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private take(message: LogEvent | Beat): void {
    this.failures = 0;
    this.sequence = message.sequence;
    const { live, proofs, replays } = "live" in message ? message : { ...this.link, live: true };
    const beat = { serverHears: live, proofs, replays };
    this.tell({ ...this.link, ...beat, state: "live", asOf: Date.now() });
    this.watch();
    if ("live" in message) return;
    this.waiting.push(message);
    this.frame ||= requestAnimationFrame(() => this.hand());
  }

  private hand(): void {
    this.frame = 0;
    const events = this.waiting;
    this.waiting = [];
    this.recent = [...this.recent, ...events].slice(-KEPT);
    this.listeners.forEach((listener) => listener(events));
    this.watchers.forEach((watcher) => watcher());
  }

  private lost(): void {
    this.socket = null;
    this.tell({ ...this.link, state: "away" });
    const wait = Math.min(10_000, 250 * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(this.sequence), wait);
  }

  /** A link that is silent for too long is none, whatever the browser says. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.socket?.close(), SILENCE * 1000);
  }

  private tell(link: Link): void {
    const { state, serverHears, proofs, replays } = this.link;
    const isTold = link.proofs !== proofs || link.replays !== replays;
    const isNews = link.state !== state || link.serverHears !== serverHears || isTold;
    const isOlder = link.asOf - this.link.asOf > 500;
    if (!isNews && !isOlder) return;
    this.link = link;
    this.watchers.forEach((watcher) => watcher());
  }
}

export const feed = new Feed();

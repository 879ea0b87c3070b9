/**
 * When monitors are polled. Each has its own, stable place within its interval, spread over all of it, so that load is
 * even and a restart changes nothing. One timer for all; entries wait in a binary heap. Times are monotonic.
 */
import type { Clock } from '../lib/clock.ts';
import { tickAt } from '../lib/tick.ts';

export interface ScheduleEntry {
  readonly id: string;
  readonly intervalMs: number;
  /** Called when the entry is due; `dueMs` is when it should have been. */
  readonly run: (dueMs: number) => void;
}

interface Slot {
  readonly entry: ScheduleEntry;
  dueMs: number;
  place: number;
}

/** A first poll need not wait for its place in a long interval. */
const FIRST_WITHIN_MS = 10_000;
/** Few monitors at once, as when a person adds a device, are polled soon. */
const FEW = 50;
const FIRST_OF_FEW_WITHIN_MS = 1000;
/** First polls are much work (recognition, whole tables): so many monitors begin in a second at most. */
const FIRST_PER_SECOND = 250;

export class Schedule {
  readonly #clock: Clock;
  readonly #heap: Slot[] = [];
  readonly #slots = new Map<string, Slot>();
  #cancelTimer: (() => void) | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Adds entries; one with a known ID is replaced and keeps its next time if its interval is the same. */
  add(entries: readonly ScheduleEntry[]): void {
    const nowMs = this.#clock.monotonicMs();
    const spread = Math.max(FIRST_WITHIN_MS, (entries.length / FIRST_PER_SECOND) * 1000);
    const within = entries.length <= FEW ? FIRST_OF_FEW_WITHIN_MS : spread;
    for (const entry of entries) {
      const known = this.#slots.get(entry.id);
      const keeps = known && known.entry.intervalMs === entry.intervalMs;
      if (known) this.remove(entry.id);
      const first = nowMs + fraction(entry.id) * within;
      const slot: Slot = { entry, dueMs: keeps ? known.dueMs : first, place: this.#heap.length };
      this.#slots.set(entry.id, slot);
      this.#heap.push(slot);
      this.#up(slot);
    }
    this.#arm();
  }

  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (!slot) return;
    this.#slots.delete(id);
    const last = this.#heap.pop()!;
    if (last === slot) return;
    last.place = slot.place;
    this.#heap[last.place] = last;
    this.#up(last);
    this.#down(last);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#heap.length = 0;
    this.#slots.clear();
  }

  #arm(): void {
    const next = this.#heap[0];
    if (!next || next.dueMs >= this.#timerDueMs) return;
    this.#cancelTimer?.();
    this.#timerDueMs = tickAt(next.dueMs);
    this.#cancelTimer = this.#clock.after(Math.max(0, Math.ceil(this.#timerDueMs - this.#clock.monotonicMs())), () =>
      this.#fire(),
    );
  }

  #fire(): void {
    const nowMs = this.#clock.monotonicMs();
    // Timers may come a little early: what is due by their time must not wake the thread once more.
    const untilMs = Math.max(nowMs, this.#timerDueMs);
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    for (let slot = this.#heap[0]; slot && slot.dueMs <= untilMs; slot = this.#heap[0]) {
      const { dueMs, entry } = slot;
      slot.dueMs = nextDue(entry, dueMs, nowMs);
      this.#down(slot);
      entry.run(dueMs);
    }
    this.#arm();
  }

  #up(slot: Slot): void {
    const heap = this.#heap;
    const { dueMs } = slot;
    let { place } = slot;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1]!;
      if (parent.dueMs <= dueMs) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(slot, place);
  }

  #down(slot: Slot): void {
    const heap = this.#heap;
    const { length } = heap;
    const { dueMs } = slot;
    let { place } = slot;
    for (let next = 2 * place + 1; next < length; next = 2 * place + 1) {
      if (next + 1 < length && heap[next + 1]!.dueMs < heap[next]!.dueMs) next++;
      const child = heap[next]!;
      if (child.dueMs >= dueMs) break;
      this.#put(child, place);
      place = next;
    }
    this.#put(slot, place);
  }

  #put(slot: Slot, place: number): void {
    this.#heap[place] = slot;
    slot.place = place;
  }
}

/**
 * The next time: on the monitor's own grid, so that the distance to the first poll (sooner than the interval) and
 * delays do not move it. Times that were missed, as when the machine slept, are not made up for.
 */
function nextDue(entry: ScheduleEntry, dueMs: number, nowMs: number): number {
  const { intervalMs } = entry;
  const place = fraction(entry.id) * intervalMs;
  const after = Math.max(dueMs, nowMs - intervalMs);
  const next = (Math.floor((after - place) / intervalMs) + 1) * intervalMs + place;
  // Never closer than half an interval to the one before.
  return next - dueMs < intervalMs / 2 ? next + intervalMs : next;
}

/** A stable number in [0, 1) of an ID (FNV-1a, then mixed so that neighbouring IDs lie far apart). */
export function fraction(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

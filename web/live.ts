/**
 * The live channel: one WebSocket for all pages. It reconnects by itself with growing, jittered pauses, subscribes again
 * and tells every listener, because messages were missed meanwhile.
 */
import { useEffect, useRef, useState } from './html.ts';

export type LiveState = 'connecting' | 'open' | 'lost';

interface LiveMessage {
  readonly type: string;
  readonly payload: unknown;
}

type Handler = (payload: unknown) => void;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

const handlers = new Map<string, Set<Handler>>();
const stateListeners = new Set<(state: LiveState) => void>();
const reconnectListeners = new Set<() => void>();
let socket: WebSocket | undefined;
let state: LiveState = 'connecting';
let isWanted = false;
let wasOpen = false;
let attempts = 0;
let timer: number | undefined;

/** Pause before attempt `attempt` (from 0), `random` in [0, 1). */
export function reconnectPauseMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return Math.round(full * (0.5 + random / 2));
}

function setLiveState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of [...stateListeners]) listener(next);
}

/** Opens the channel and keeps it open. */
export function startLive(): void {
  if (isWanted) return;
  isWanted = true;
  connect();
}

/** Closes the channel: nobody is logged in. */
export function stopLive(): void {
  isWanted = false;
  wasOpen = false;
  window.clearTimeout(timer);
  socket?.close();
  socket = undefined;
  setLiveState('connecting');
}

function connect(): void {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const opened = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
  socket = opened;
  opened.addEventListener('open', () => {
    attempts = 0;
    setLiveState('open');
    subscribe([...handlers.keys()]);
    if (wasOpen) for (const listener of [...reconnectListeners]) listener();
    wasOpen = true;
  });
  opened.addEventListener('message', (event) => {
    const message = readMessage(event.data);
    if (message) for (const handler of [...(handlers.get(message.type) ?? [])]) handler(message.payload);
  });
  opened.addEventListener('close', () => {
    if (socket !== opened || !isWanted) return;
    setLiveState('lost');
    timer = window.setTimeout(connect, reconnectPauseMs(attempts++, Math.random()));
  });
}

function readMessage(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined;
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null && 'type' in value ? (value as LiveMessage) : undefined;
}

function subscribe(topics: readonly string[]): void {
  if (topics.length > 0 && socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ type: 'subscribe', topics }));
  }
}

/** Calls `handler` with the payload of every message of a topic, until the returned function is called. */
export function listen(topic: string, handler: Handler): () => void {
  const set = handlers.get(topic) ?? new Set<Handler>();
  const isNew = set.size === 0;
  set.add(handler);
  handlers.set(topic, set);
  if (isNew) subscribe([topic]);
  return () => void set.delete(handler);
}

/** Calls `listener` when the channel is back after a loss. */
export function onReconnect(listener: () => void): () => void {
  reconnectListeners.add(listener);
  return () => void reconnectListeners.delete(listener);
}

/** Hears a topic while the component is shown. */
export function useLive<T>(topic: string, handler: (payload: T) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => listen(topic, (payload) => latest.current(payload as T)), [topic]);
}

export function useLiveState(): LiveState {
  const [value, setValue] = useState(state);
  useEffect(() => {
    stateListeners.add(setValue);
    setValue(state);
    return () => void stateListeners.delete(setValue);
  }, []);
  return value;
}

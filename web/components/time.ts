/** A moment: relative in the text, absolute in the title. All of them tick together. */
import { absoluteTime, parseTime, relativeTime } from '../format/time.ts';
import { NOTHING } from '../format/units.ts';
import { html, useEffect, useState, type VNode } from '../html.ts';

const TICK_MS = 5000;
const tickers = new Set<(nowMs: number) => void>();
let timer: number | undefined;

/** The present, renewed every five seconds. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    tickers.add(setNowMs);
    timer ??= window.setInterval(() => {
      for (const ticker of [...tickers]) ticker(Date.now());
    }, TICK_MS);
    return () => {
      tickers.delete(setNowMs);
      if (tickers.size === 0) {
        window.clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return nowMs;
}

export function RelativeTime({ at, never = NOTHING }: { readonly at: string | null; readonly never?: string }): VNode {
  const nowMs = useNow();
  const timeMs = parseTime(at);
  if (timeMs === undefined) return html`<span class="muted">${never}</span>`;
  return html`<time class="nowrap" datetime=${at} title=${absoluteTime(timeMs)}>${relativeTime(timeMs, nowMs)}</time>`;
}

/** Keeps a chart's frames fresh: reads while the chart is on screen, every 10 s when its window moves. */
import { type RefObject, useEffect, useRef, useState } from '../html.ts';
import type { Frame } from './frame.ts';
import { type ChartQuery, readFrames } from './query.ts';
import type { TimeRange } from './range.ts';

const REFRESH_MS = 10_000;

export interface FramesState {
  readonly frames: readonly Frame[] | undefined;
  readonly warnings: readonly string[];
  readonly error: Error | undefined;
}

export interface FramesInput {
  readonly queries: readonly ChartQuery[];
  readonly range: TimeRange;
  readonly intervalS: number;
  readonly widthPx: number;
}

const NOTHING_YET: FramesState = { frames: undefined, warnings: [], error: undefined };

export function useFrames(
  host: RefObject<HTMLElement | null>,
  input: FramesInput,
): FramesState & { readonly retry: () => void } {
  const [state, setState] = useState(NOTHING_YET);
  const [round, setRound] = useState(0);
  const kept = useRef<readonly Frame[] | undefined>(undefined);
  const queries = useRef(input.queries);
  queries.current = input.queries;
  const isOnScreen = useOnScreen(host);
  const { range, intervalS, widthPx } = input;
  // Every value that changes what is asked; the functions in the queries do not.
  const asked = JSON.stringify([input.queries.map((query) => query.expression), range, intervalS]);

  useEffect(() => {
    kept.current = undefined;
    setState((old) => ({ ...old, error: undefined }));
  }, [asked]);

  useEffect(() => {
    if (!isOnScreen || widthPx === 0) return;
    const abort = new AbortController();
    let isBusy = false;
    const read = async (): Promise<void> => {
      if (isBusy || document.hidden) return;
      isBusy = true;
      try {
        const request = { queries: queries.current, range, widthPx, intervalS };
        const answer = await readFrames(request, kept.current, Date.now() / 1000, abort.signal);
        kept.current = answer.frames;
        setState({ frames: answer.frames, warnings: answer.warnings, error: undefined });
      } catch (error) {
        if (!abort.signal.aborted) setState((old) => ({ ...old, error: error as Error }));
      } finally {
        isBusy = false;
      }
    };
    void read();
    const again = () => void read();
    const timer = range.kind === 'last' ? window.setInterval(again, REFRESH_MS) : undefined;
    document.addEventListener('visibilitychange', again);
    return () => {
      abort.abort();
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [asked, widthPx, isOnScreen, round]);

  return { ...state, retry: () => setRound((value) => value + 1) };
}

/** Whether an element is on the screen or nearly so. */
function useOnScreen(host: RefObject<HTMLElement | null>): boolean {
  const [isOnScreen, setOnScreen] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setOnScreen(entries.at(-1)!.isIntersecting), {
      rootMargin: '200px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return isOnScreen;
}

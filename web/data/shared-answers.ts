/**
 * Answers of the server by path, shared by all that show them: one request however many look, none begun while another is
 * under way, and at most one a second, so that a thousand live messages in a moment are a few requests and not a thousand.
 */
export type Fetch<T> = (path: string, signal: AbortSignal) => Promise<T>;

/** Told when the answer, or the error, changed. */
type Watcher = () => void;

interface Shown {
  readonly watchers: Set<Watcher>;
  readonly fetchPath: Fetch<unknown>;
  request: AbortController | undefined;
  timer: unknown;
  /** When the last request was begun. */
  beganMs: number;
  isAskedAgain: boolean;
  error: Error | undefined;
}

export interface SharedAnswersOptions {
  readonly nowMs: () => number;
  readonly after: (ms: number, action: () => void) => unknown;
  readonly cancel: (timer: unknown) => void;
}

const LEAST_PAUSE_MS = 1000;
/** Answers that are not shown any more but kept, so that a page that was seen before shows at once. */
const KEPT_LIMIT = 200;

const inBrowser: SharedAnswersOptions = {
  nowMs: () => performance.now(),
  after: (ms, action) => setTimeout(action, ms),
  cancel: (timer) => clearTimeout(timer as number),
};

export class SharedAnswers {
  readonly #options: SharedAnswersOptions;
  readonly #kept = new Map<string, unknown>();
  readonly #shown = new Map<string, Shown>();

  constructor(options: SharedAnswersOptions = inBrowser) {
    this.#options = options;
  }

  /** The last good answer, also while a newer one is awaited or has failed. */
  answer(path: string): unknown {
    return this.#kept.get(path);
  }

  error(path: string): Error | undefined {
    return this.#shown.get(path)?.error;
  }

  /** Asks, and tells the watcher of every change until the returned function is called. */
  watch<T>(path: string, fetchPath: Fetch<T>, watcher: Watcher): () => void {
    const shown = this.#shown.get(path) ?? newlyShown(fetchPath);
    this.#shown.set(path, shown);
    shown.watchers.add(watcher);
    this.ask(path);
    return () => {
      shown.watchers.delete(watcher);
      if (shown.watchers.size > 0) return;
      shown.request?.abort();
      this.#options.cancel(shown.timer);
      if (this.#shown.get(path) === shown) this.#shown.delete(path);
    };
  }

  /** Asks again: at once, or as soon as the last question is a second old and answered. */
  ask(path: string): void {
    const shown = this.#shown.get(path);
    if (!shown || shown.timer !== undefined) return;
    if (shown.request) {
      shown.isAskedAgain = true;
      return;
    }
    const waitMs = shown.beganMs + LEAST_PAUSE_MS - this.#options.nowMs();
    if (waitMs <= 0) this.#send(path, shown);
    else {
      shown.timer = this.#options.after(waitMs, () => {
        shown.timer = undefined;
        this.#send(path, shown);
      });
    }
  }

  /** Asks again for all that is shown. */
  askAll(): void {
    for (const path of [...this.#shown.keys()]) this.ask(path);
  }

  /** Renews what is shown of the paths that begin so, at once; what is kept but not shown is forgotten. */
  invalidate(prefixes: readonly string[]): void {
    const isMeant = (path: string) => prefixes.some((prefix) => path.startsWith(prefix));
    for (const path of [...this.#kept.keys()]) if (isMeant(path) && !this.#shown.has(path)) this.#kept.delete(path);
    for (const [path, shown] of [...this.#shown]) {
      if (!isMeant(path)) continue;
      // What is under way may have been asked before the change.
      shown.request?.abort();
      this.#options.cancel(shown.timer);
      shown.timer = undefined;
      this.#send(path, shown);
    }
  }

  /** Changes a kept answer in place of a request, e.g. from a live message. */
  amend<T>(path: string, change: (value: T) => T): void {
    const value = this.#kept.get(path);
    if (value === undefined) return;
    this.#kept.set(path, change(value as T));
    tellAll(this.#shown.get(path));
  }

  /** Another person has logged in. */
  forgetAll(): void {
    this.#kept.clear();
  }

  #send(path: string, shown: Shown): void {
    const request = new AbortController();
    shown.request = request;
    shown.beganMs = this.#options.nowMs();
    shown.isAskedAgain = false;
    const end = (change: () => void) => {
      if (request.signal.aborted) return;
      shown.request = undefined;
      change();
      tellAll(shown);
      if (shown.isAskedAgain) this.ask(path);
    };
    shown.fetchPath(path, request.signal).then(
      (value) =>
        end(() => {
          shown.error = undefined;
          this.#keep(path, value);
        }),
      (error: unknown) =>
        end(() => {
          shown.error = error as Error;
        }),
    );
  }

  #keep(path: string, value: unknown): void {
    this.#kept.delete(path);
    this.#kept.set(path, value);
    if (this.#kept.size > KEPT_LIMIT) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

const newlyShown = (fetchPath: Fetch<unknown>): Shown => ({
  watchers: new Set(),
  fetchPath,
  request: undefined,
  timer: undefined,
  beganMs: Number.NEGATIVE_INFINITY,
  isAskedAgain: false,
  error: undefined,
});

function tellAll(shown: Shown | undefined): void {
  for (const watcher of [...(shown?.watchers ?? [])]) watcher();
}

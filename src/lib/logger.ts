/**
 * The logging interface that every room takes as an option. `src/app.ts` gives the pino one of the main thread;
 * other threads get one that posts to main (see `lib/thread-log.ts`); tests pass `silentLogger`.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

/** `err` is printed as type, message and stack; never put secrets here. */
export type LogFields = Readonly<Record<string, unknown>>;

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

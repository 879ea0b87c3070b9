/**
 * Logging from other threads: they post their lines to main, which writes them through its own logger. Errors travel as
 * plain records, because their classes do not.
 */
import type { LogFields, Logger } from './logger.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export interface LogMessage {
  readonly kind: 'log';
  readonly level: (typeof LEVELS)[number];
  readonly fields: LogFields;
  readonly message: string;
}

/** A logger for a thread that hands lines to `post`. */
export function threadLogger(post: (message: LogMessage) => void, always: LogFields = {}): Logger {
  const write = (level: LogMessage['level']) => (fields: LogFields, message: string) =>
    post({ kind: 'log', level, fields: portable({ ...always, ...fields }), message });
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => threadLogger(post, { ...always, ...fields }),
  };
}

/** Writes a line of another thread. */
export function writeThreadLog(log: Logger, { level, fields, message }: LogMessage): void {
  const { err } = fields;
  log[level](isErrorRecord(err) ? { ...fields, err: revive(err) } : fields, message);
}

interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

function portable(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      if (!(value instanceof Error)) return [key, value];
      return [key, { name: value.name, message: value.message, stack: value.stack ?? '' } satisfies ErrorRecord];
    }),
  );
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value && 'name' in value;
}

function revive({ name, message, stack }: ErrorRecord): Error {
  return Object.assign(new Error(message), { name, stack });
}

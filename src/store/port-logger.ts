/** A logger that posts its lines to main, which owns the process's log. */
import type { LogFields, Logger } from '../lib/logger.ts';
import type { StoreAnswer } from './messages.ts';

type Level = Extract<StoreAnswer, { kind: 'log' }>['level'];

export interface LogPort {
  postMessage(message: StoreAnswer): void;
}

export function portLogger(port: LogPort, context: LogFields = { thread: 'store' }): Logger {
  const log = (level: Level) => (fields: LogFields, message: string) => {
    port.postMessage({ kind: 'log', level, fields: plain({ ...context, ...fields }), message });
  };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => portLogger(port, { ...context, ...fields }),
  };
}

/** Errors lose their class on the way, and some values cannot travel: keep what a log line shows. */
function plain(fields: LogFields): LogFields {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    out[name] = value instanceof Error ? describeError(value) : typeof value === 'function' ? String(value) : value;
  }
  return out;
}

function describeError(error: Error): object {
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { type: error.name, message: error.message, stack: error.stack, ...cause };
}

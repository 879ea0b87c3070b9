/** Prints warnings and errors, for scripts and benchmarks. */
import type { Logger } from '../../src/lib/logger.ts';

export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
  child: () => consoleLogger,
};

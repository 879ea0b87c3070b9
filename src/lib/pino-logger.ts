/** The process's log (sole user of pino): JSON lines or pretty ones on standard output, and JSON lines in a rotated file. */
import pino from 'pino';
import type { Logger } from './logger.ts';
import { RotatingFile } from './rotating-file.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'auto' | 'json' | 'pretty';
  /** Folder of the rotated files; absent: none. */
  readonly folder: string | undefined;
}

export interface ProcessLog {
  readonly logger: Logger;
  close(): void;
}

const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** Values that must never reach a log, wherever they stand in a line's fields. */
const SECRET_FIELDS = [
  'password',
  'community',
  'token',
  'api_key',
  'auth_password',
  'priv_password',
  'authorization',
  'cookie',
];

export function openLog(options: LogOptions): ProcessLog {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY === true);
  const file = options.folder
    ? new RotatingFile({
        path: `${options.folder}/telltale.log`,
        maxSizeBytes: 10e6,
        maxCount: 10,
        onError: (error) => process.stderr.write(`telltale: log files cannot be written: ${error.message}\n`),
      })
    : undefined;
  const write = (line: string) => {
    process.stdout.write(pretty ? prettyLine(line) : line);
    file?.write(line);
  };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    { write },
  );
  return { logger: logger as Logger, close: () => file?.close() };
}

function prettyLine(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line);
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = `\x1b[${COLOURS[level] ?? 0}m${time.slice(11, 19)} ${level.padEnd(5)}\x1b[0m ${msg}`;
  const tail = fields.length > 0 ? ` \x1b[90m${fields.join(' ')}\x1b[0m` : '';
  return `${head}${tail}${err?.stack ? `\n${err.stack}` : ''}\n`;
}

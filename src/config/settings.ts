/**
 * Every setting once: its key in the YAML file is also its flag (`--disk-budget`) and its environment variable
 * (`TELLTALE_DISK_BUDGET`). A new setting is a new entry here and a field in `Config`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseDurationMs } from '../lib/duration.ts';
import { fileProblem } from '../lib/file-problem.ts';
import { parseSizeBytes } from '../lib/size.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export type TlsSetting =
  | { readonly kind: 'auto' }
  | { readonly kind: 'off' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string };

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;

/** The value, or a sentence that says what is wrong and what would be right. */
export type Parsed<T> = { readonly value: T } | { readonly error: string };

export interface Setting<T> {
  readonly help: string;
  /** How the value is written in the help text; absent for switches. */
  readonly placeholder?: string;
  readonly repeatable?: boolean;
  parse(texts: readonly string[]): Parsed<T>;
}

const oneOf = <T extends string>(values: readonly T[], help: string): Setting<T> => ({
  help,
  placeholder: values.join('|'),
  parse: ([text]) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { error: `must be one of ${values.join(', ')}, not "${text}"` } : { value };
  },
});

const text = (help: string, placeholder: string): Setting<string> => ({
  help,
  placeholder,
  parse: ([value]) => (value ? { value } : { error: 'must not be empty' }),
});

const size = (help: string, leastBytes: number): Setting<number> => ({
  help,
  placeholder: 'SIZE',
  parse: ([value = '']) => {
    const bytes = parseSizeBytes(value);
    if (bytes === undefined) return { error: `"${value}" is not a size; write for example 500MB or 10GiB` };
    return bytes < leastBytes ? { error: `must be at least ${leastBytes} bytes` } : { value: bytes };
  },
});

const duration = (help: string): Setting<number> => ({
  help,
  placeholder: 'DURATION',
  parse: ([value = '']) => {
    const ms = parseDurationMs(value);
    if (!ms) return { error: `"${value}" is not a duration; write for example 30s, 5m or 7d` };
    return { value: ms };
  },
});

const count = (help: string, least: number, most = Number.MAX_SAFE_INTEGER): Setting<number> => ({
  help,
  placeholder: 'N',
  parse: ([value = '']) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return { value: number };
    const range = most < Number.MAX_SAFE_INTEGER ? `${least} to ${most}` : `at least ${least}`;
    return { error: `must be a whole number of ${range}, not "${value}"` };
  },
});

const toggle = (help: string, placeholder?: string): Setting<boolean> => ({
  help,
  ...(placeholder === undefined ? {} : { placeholder }),
  parse: ([value = 'true']) => {
    if (/^(true|yes|on|1)$/i.test(value)) return { value: true };
    if (/^(false|no|off|0)$/i.test(value)) return { value: false };
    return { error: `must be on or off, not "${value}"` };
  },
});

/** `HOST:PORT`, `[::1]:8080` or `:8080`. */
export function parseListen(value: string): Parsed<ListenAddress> {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(value);
  const port = match ? Number(match[3]) : -1;
  if (!match || port > 65535) {
    return { error: `"${value}" is not HOST:PORT; write for example 0.0.0.0:8443 or [::1]:8080` };
  }
  return { value: { host: match[1] ?? (match[2] || '0.0.0.0'), port } };
}

const listen: Setting<readonly ListenAddress[]> = {
  help: 'Address to serve on; may be given more than once. Replaces both defaults.',
  placeholder: 'HOST:PORT',
  repeatable: true,
  parse: (values) => {
    const addresses: ListenAddress[] = [];
    for (const value of values.flatMap((entry) => entry.split(','))) {
      const parsed = parseListen(value.trim());
      if ('error' in parsed) return parsed;
      addresses.push(parsed.value);
    }
    return { value: addresses };
  },
};

const tls: Setting<TlsSetting> = {
  help: 'auto: a certificate made at first start. off: plain HTTP, for loopback or behind a proxy. Or your own files.',
  placeholder: 'auto|off|CERT.pem,KEY.pem',
  parse: ([value = '']) => {
    if (value === 'auto' || value === 'off') return { value: { kind: value } };
    const [certificate, key, ...rest] = value.split(',').map((part) => part.trim());
    if (!certificate || !key || rest.length > 0) {
      return { error: `must be auto, off, or CERT.pem,KEY.pem, not "${value}"` };
    }
    for (const file of [certificate, key]) {
      try {
        fs.accessSync(file, fs.constants.R_OK);
        if (!fs.statSync(file).isFile()) return { error: `${path.resolve(file)}: it is not a file` };
      } catch (error) {
        return { error: `${path.resolve(file)}: ${fileProblem(error)}` };
      }
    }
    return { value: { kind: 'files', certificate: path.resolve(certificate), key: path.resolve(key) } };
  },
};

export const SETTINGS = {
  data: text('Folder for everything Telltale keeps.', 'DIR'),
  listen,
  tls,
  disk_budget: size('Ceiling of the metric store. Default: 10 GiB or a tenth of the disk, whichever is less.', 16e6),
  open: toggle('Open the browser when ready.'),
  log_level: oneOf(LOG_LEVELS, 'Least severe log lines to print.'),
  log_format: oneOf(LOG_FORMATS, 'Log lines as JSON, or pretty for people (auto: pretty on a terminal).'),
  log_files: toggle('Also keep rotated log files (10 × 10 MB) in the data folder.', 'on|off'),
  retention_raw: duration('How long raw samples are kept, disk budget permitting.'),
  retention_5m: duration('How long 5-minute aggregates are kept.'),
  retention_1h: duration('How long 1-hour aggregates are kept.'),
  fsync: oneOf(
    ['group', 'always'] as const,
    'group: sync the write-ahead log once a second. always: before every answer.',
  ),
  max_series: count('Active series that the metric store accepts.', 1000),
  max_query_samples: count('Samples that one query may read.', 1000),
  max_answer_size: size('Largest answer of one query.', 1e6),
  max_query_time: duration('Time that one query may take.'),
  max_query_series: count('Series that one selector of a query may match.', 1000),
  max_concurrent_queries: count('Queries that run at the same time; more of them wait.', 1),
  max_waiting_queries: count('Queries that may wait for their turn; more are refused.', 1),
  max_ahead: duration('How far ahead of the clock a row may be.'),
  max_body_size: size('Largest body of samples that is taken, as it comes over the wire.', 1e6),
  max_unpacked_size: size('Largest body of samples after it was unpacked.', 1e6),
  max_batch_records: count('Records of one NDJSON batch.', 1),
  max_line_size: size('Longest line of line protocol or NDJSON.', 1000),
  max_fields: count('Fields of one row, and of all rows with the same tags.', 1, 10_000),
  max_tags: count('Tags of one row.', 1),
  max_name_size: size('Longest name of a measurement, tag or field.', 16),
  max_label_size: size('Longest value of a tag.', 16),
} as const;

export type SettingKey = keyof typeof SETTINGS;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type SettingValues = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

export const flagOf = (key: string): string => `--${key.replaceAll('_', '-')}`;
export const variableOf = (key: string): string => `TELLTALE_${key.toUpperCase()}`;

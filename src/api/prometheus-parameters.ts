/** Parameters of the Prometheus HTTP API: how they are written, and the sentences that Prometheus has for wrong ones. */
import { parseDurationMs } from '../lib/duration.ts';

/** A parameter is wrong; the message goes to the client as `bad_data`. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/** Steps from start to end; one more point, as in Prometheus. */
const MAX_STEPS = 11_000;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
/** Prometheus' words for the beginning and the end of time. */
const MIN_TIME = '-292273086-05-16T16:47:06Z';
const MAX_TIME = '+292277025-08-18T07:12:54.999999999Z';
const LONGEST_MS = 2 ** 63 / 1e6;

/** Milliseconds of Unix seconds (with fraction) or RFC 3339; undefined for anything else. */
function parseTimeMs(text: string): number | undefined {
  if (isNumber(text)) return Math.round(Number(text) * 1000);
  if (text === MIN_TIME) return Number.MIN_SAFE_INTEGER;
  if (text === MAX_TIME) return Number.MAX_SAFE_INTEGER;
  const ms = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** A time that must be there. @throws ParameterError */
function readTimeMs(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  const ms = parseTimeMs(text);
  if (ms === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return ms;
}

/** A time that may be absent. @throws ParameterError */
export function readOptionalTimeMs(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (!text) return undefined;
  const ms = parseTimeMs(text);
  if (ms !== undefined) return ms;
  throw invalid(name, `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`);
}

/** Milliseconds of seconds (with fraction) or a duration such as `1m30s`. @throws ParameterError */
function parseWidthMs(text: string): number {
  if (isNumber(text)) {
    const ms = Number(text) * 1000;
    if (Math.abs(ms) > LONGEST_MS)
      throw new ParameterError(`cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
    return Math.round(ms);
  }
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new ParameterError(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  return ms;
}

/** A duration that may be absent. @throws ParameterError */
export function readDurationMs(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (!text) return undefined;
  try {
    return parseWidthMs(text);
  } catch (error) {
    if (error instanceof ParameterError) throw invalid(name, error.message);
    throw error;
  }
}

/** 0 when absent: no limit. @throws ParameterError */
export function readLimit(parameters: URLSearchParams): number {
  const text = parameters.get('limit');
  if (!text) return 0;
  if (!/^[+-]?\d+$/.test(text)) throw invalid('limit', `cannot parse ${JSON.stringify(text)} to a valid limit`);
  const limit = Number(text);
  if (limit < 0) throw invalid('limit', 'limit must be non-negative');
  return limit;
}

/** -1 when absent; 0 is a limit here. @throws ParameterError */
export function readMetadataLimit(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name);
  if (!text) return -1;
  if (!/^[+-]?\d+$/.test(text)) throw new ParameterError(`${name} must be a number`);
  return Number(text);
}

/**
 * The name that `U__…` stands for: `__` is an underscore, `_HEX_` the character with this code. That is how clients put
 * names beyond `[a-zA-Z0-9_]` into a path (Prometheus 3, value encoding). What is no such form is a name as it is.
 */
export function unescapeName(name: string): string {
  if (!/^U__(?:[^_]|__|_[0-9a-f]{1,6}_)*$/i.test(name)) return name;
  let text = '';
  for (const [part] of name.slice(3).matchAll(/__|_[0-9a-f]+_|[^_]+/gi)) {
    const code = /^_./.test(part) && part !== '__' ? Number.parseInt(part.slice(1, -1), 16) : undefined;
    if (code !== undefined && (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))) return name;
    text += code !== undefined ? String.fromCodePoint(code) : part === '__' ? '_' : part;
  }
  return text;
}

export interface RangeParameters {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Start, end and step of a range query. @throws ParameterError */
export function readRange(parameters: URLSearchParams): RangeParameters {
  const startMs = readTimeMs(parameters, 'start');
  const endMs = readTimeMs(parameters, 'end');
  if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time');
  const text = parameters.get('step') ?? '';
  let stepMs: number;
  try {
    stepMs = parseWidthMs(text);
  } catch (error) {
    if (error instanceof ParameterError) throw invalid('step', error.message);
    throw error;
  }
  if (stepMs <= 0) {
    throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if (Math.floor((endMs - startMs) / stepMs) > MAX_STEPS) {
    throw new ParameterError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs };
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text)) && !/^[+-]?0[xob]/i.test(text);
}

function invalid(name: string, reason: string): ParameterError {
  return new ParameterError(`invalid parameter ${JSON.stringify(name)}: ${reason}`);
}

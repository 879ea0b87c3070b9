/** Places in a query text: half-open ranges of UTF-16 offsets, shown to people as `line:column`, both from 1. */
import { PromqlError } from './promql-error.ts';

export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

/** `line:column` of an offset. */
export function lineColumn(text: string, offset: number): string {
  let line = 1;
  let lineBreak = -1;
  for (let i = 0; i < offset && i < text.length; i++) {
    if (text.charCodeAt(i) === 10) {
      line++;
      lineBreak = i;
    }
  }
  return `${line}:${offset - lineBreak}`;
}

/** An error in the query text, worded as Prometheus words it. */
export function parseError(text: string, offset: number, message: string): PromqlError {
  return new PromqlError('bad_data', `${lineColumn(text, offset)}: parse error: ${message}`);
}

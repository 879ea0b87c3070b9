/** Sentences for rows that the engine or a limit refuses. */
import { ConflictError, LimitError } from '../model/limit-error.ts';
import type { RowRefusal, RowSink } from '../model/row-sink.ts';
import { RowSyntaxError } from './key.ts';

/** Why the engine refused a row, with its time. */
export function refusalReason(sink: RowSink, refusal: RowRefusal, timeMs: number): string {
  const time = Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`;
  return `${sink.explain(refusal)} (time ${time})`;
}

/** Why a row was refused by an error; undefined for failures that concern more than this row. */
export function errorReason(error: unknown): string | undefined {
  if (error instanceof LimitError || error instanceof ConflictError || error instanceof RowSyntaxError)
    return error.message;
  return undefined;
}

/** Instant answers of the Prometheus API: one value a series. */
import { withQuery } from '../api.ts';
import { type Resource, useResource } from './resource.ts';

export interface InstantSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface InstantAnswer {
  readonly data: { readonly resultType: string; readonly result: readonly InstantSample[] };
  readonly warnings?: readonly string[];
}

/** `undefined` asks nothing. */
export function useInstant(query: string | undefined, refreshMs = 10_000): Resource<InstantAnswer> {
  return useResource<InstantAnswer>(query === undefined ? undefined : withQuery('/query', { query }), refreshMs);
}

/** Values by one label. */
export function byLabel(answer: InstantAnswer | undefined, label: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const sample of answer?.data.result ?? []) {
    const key = sample.metric[label];
    if (key !== undefined) values.set(key, Number(sample.value[1]));
  }
  return values;
}

/** The only value, e.g. of a sum. */
export function onlyValue(answer: InstantAnswer | undefined): number | undefined {
  const sample = answer?.data.result[0];
  return sample === undefined ? undefined : Number(sample.value[1]);
}

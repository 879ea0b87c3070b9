/** Reads the samples out of an instant query's answer (Prometheus HTTP API). */
import type { PrometheusAnswer } from '../store/store.ts';
import type { RuleSample } from './rule.ts';

export type InstantAnswer =
  | { readonly kind: 'samples'; readonly samples: readonly RuleSample[] }
  | { readonly kind: 'failed'; readonly reason: string };

interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A scalar result counts as one sample without labels when it is not zero, as `vector(x) != 0` would. */
export function readInstantAnswer(answer: PrometheusAnswer): InstantAnswer {
  const body = JSON.parse(Buffer.from(answer.body).toString('utf8'));
  if (body.status !== 'success') return { kind: 'failed', reason: body.error ?? `status ${answer.status}` };
  const { resultType, result } = body.data;
  if (resultType === 'vector') {
    return {
      kind: 'samples',
      samples: (result as VectorSample[]).map(({ metric, value }) => ({
        labels: metric,
        value: parseNumber(value[1]),
      })),
    };
  }
  if (resultType === 'scalar') {
    const value = parseNumber(result[1]);
    return { kind: 'samples', samples: value !== 0 ? [{ labels: {}, value }] : [] };
  }
  return {
    kind: 'failed',
    reason: `a rule needs an instant vector or a scalar, this expression gives a ${resultType}`,
  };
}

function parseNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** Errors in the shape of the Prometheus HTTP API. */
import type { PrometheusAnswer } from './store.ts';

/** `errorType` of the Prometheus API to its HTTP status. */
const STATUS = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 503,
  unavailable: 503,
  internal: 500,
} as const;
export type PrometheusErrorType = keyof typeof STATUS;

const encoder = new TextEncoder();

export function prometheusError(errorType: PrometheusErrorType, error: string): PrometheusAnswer {
  return { status: STATUS[errorType], body: encoder.encode(JSON.stringify({ status: 'error', errorType, error })) };
}

/** What a stored field is, so that charts, tiers and `/api/v1/metadata` treat it rightly. */
export const FIELD_KINDS = ['counter', 'gauge', 'state', 'unknown'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** Declared by templates, probes and remote write. `unit` is a word of the contract (`bytes`, `celsius`, `ratio`, …) or ''. */
export interface FieldMetadata {
  readonly measurement: string;
  /** '' for a Prometheus metric, whose whole name is the measurement. */
  readonly field: string;
  readonly kind: FieldKind;
  readonly unit: string;
  readonly help: string;
}

/** The PromQL name of a field: `measurement_field`, or the measurement alone when the field is empty. */
export function metricName(measurement: string, field: string): string {
  return field === '' ? measurement : `${measurement}_${field}`;
}
